/**
 * Copies of one recorded clip under ids of their own, made in the relay's stores: what is sealed does not name the id,
 * so the same key opens each. Spares a journey that is about something else the time of recording.
 */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pieceKey } from "../../api/blobs/blobs.ts";
import { nextDeadline } from "../../api/clips/clip.ts";
import { idOf } from "./recorder-driver.ts";
import type { World } from "./world.ts";

export interface SentClip {
  readonly link: string;
  readonly id: string;
}

export async function readPiece(world: World, id: string, index: number): Promise<Buffer> {
  const blob = await world.api.blobs.get(pieceKey(id, index));
  assert.ok(blob, "no such piece");
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function writePiece(world: World, piece: { id: string; index: number; bytes: Buffer }): Promise<void> {
  const { id, index, bytes } = piece;
  const sha256 = createHash("sha256").update(bytes).digest();
  await world.api.blobs.put(pieceKey(id, index), Readable.from([bytes]), { bytes: bytes.length, sha256 });
}

/**
 * A clip that was sent just now, with the bytes of another that is still ready. The relay has checked its hash already:
 * what is done to it afterwards, only whoever watches finds.
 */
export async function copyClip(world: World, link: string): Promise<SentClip> {
  const [from, id] = [idOf(link), randomBytes(16).toString("base64url")];
  const clip = await world.clip(from);
  assert.ok(clip?.content, "the original is gone");
  for (let index = 0; index < clip.content.pieces; index++) {
    await writePiece(world, { id, index, bytes: await readPiece(world, from, index) });
  }
  const now = world.clock.now();
  const { check: _done, ...checked } = clip;
  const copy = { ...checked, sentAt: now, expiresAt: now + 24 * 3_600_000 };
  await world.api.store.compareAndSet(`wisp/${id}`, null, JSON.stringify(copy), { deadline: nextDeadline(copy) });
  return { link: link.replace(from, id), id };
}
