/**
 * Recomputes a clip's SHA-256 over all stored pieces, after the link is out: a mismatch marks the clip broken.
 * Realm: server; sees ciphertext, a chunk at a time. Source: protocol.md §6.
 */
import { createHash } from "node:crypto";
import { pieceKey } from "../blobs/blobs.ts";
import type { Clip, Content } from "./clip.ts";
import type { Storage } from "./deletion.ts";

/**
 * Does the job and notes its end; storage that fails is no verdict, and the job comes back later.
 * @returns the clip as it is then
 */
export async function checkHash({ records, blobs }: Storage, id: string, content: Content): Promise<Clip | null> {
  const sha256 = await hashPieces(blobs, id, content.pieces).catch(() => null);
  const event =
    sha256 === null
      ? ({ type: "check-failed" } as const)
      : ({ type: "checked", intact: sha256 === content.sha256 } as const);
  return (await records.change(id, event))?.clip ?? null;
}

/** SHA-256 of the pieces in their order, base64url; "" if one is not there. */
async function hashPieces(blobs: Storage["blobs"], id: string, pieces: number): Promise<string> {
  const hash = createHash("sha256");
  for (let index = 0; index < pieces; index++) {
    const piece = await blobs.get(pieceKey(id, index));
    if (!piece) return "";
    for await (const chunk of piece.body) hash.update(chunk as Uint8Array);
  }
  return hash.digest("base64url");
}
