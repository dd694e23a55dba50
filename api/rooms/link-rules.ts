/**
 * The room's link as the relay knows it: the hash of its token, and what the charter key signed. Pure.
 * Realm: server; sees hashes of tokens and the sealed charter. Source: protocol.md §2.
 */
import { hash } from "node:crypto";
import { fromBase64url } from "../../widget/wire/bytes.ts";
import type { NewLink } from "../../widget/wire/commit-data.ts";
import { CHARTER_MAX_BYTES } from "../../widget/wire/room-limits.ts";
import { linkStatement } from "../../widget/wire/room-signatures.ts";
import { sameHash } from "../clips/token.ts";
import type { Refused, Room } from "./room.ts";
import { isSigned } from "./signature.ts";

/** How a token stands to a room: of its link, of an older one, or neither. @param tokenHash SHA-256, base64url */
export function linkOfToken(room: Room, tokenHash: string): "current" | "replaced" | null {
  // All are compared, so that the time does not tell which one it was.
  const older = room.replaced.filter((hash) => sameHash(hash, tokenHash)).length > 0;
  if (sameHash(room.link.relayTokenHash, tokenHash)) return "current";
  return older ? "replaced" : null;
}

/** Why nobody comes in by this token. Unknown rooms and unknown tokens look alike. */
export function linkRefusal(room: Room | null, tokenHash: string): Refused | null {
  const link = room && linkOfToken(room, tokenHash);
  if (!link) return { code: "no-such-room" };
  // A host's link finds the current one by its version.
  return link === "replaced" ? { code: "link-replaced", v: room.link.v } : null;
}

/** Whether the charter key has signed this version of the link, and its charter is not too large. */
export function isCharterLink(roomId: string, charterKey: string, link: NewLink): boolean {
  const sealedCharter = fromBase64url(link.sealedCharter);
  if (!sealedCharter || sealedCharter.length > CHARTER_MAX_BYTES) return false;
  const statement = linkStatement({
    roomId: Buffer.from(roomId, "base64url"),
    v: link.v,
    relayTokenHash: Buffer.from(link.relayTokenHash, "base64url"),
    sealedCharterHash: hash("sha256", sealedCharter, "buffer"),
  });
  return isSigned(charterKey, statement, link.signature);
}
