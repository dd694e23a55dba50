/**
 * What exactly is signed where the relay checks a signature too: one function per statement, label first.
 * Realm-free; public bytes only. Source: protocol.md §2; every list of parts is length-prefixed, so that no two
 * statements have the same bytes.
 *
 *   label (UTF-8) ‖ 0x00 ‖ for each part: u32 length ‖ bytes
 */
import type { Bytes } from "./bytes.ts";

const encoder = new TextEncoder();

/** The charter key, about a version of the room's link: who may enter with which token, and the sealed charter. */
export interface LinkStatement {
  /** 16 B */
  readonly roomId: Uint8Array;
  /** link version, from 1 */
  readonly v: number;
  /** SHA-256 of the relay token, 32 B */
  readonly relayTokenHash: Uint8Array;
  /** SHA-256 of the sealed charter, 32 B */
  readonly sealedCharterHash: Uint8Array;
}

export function linkStatement({ roomId, v, relayTokenHash, sealedCharterHash }: LinkStatement): Bytes {
  return statement("whatping/1 link", [roomId, u32(v), relayTokenHash, sealedCharterHash]);
}

/** The charter key, about the key that knocks are sealed to. @param json as group/lobby-key writes it */
export function lobbyStatement(json: Uint8Array): Bytes {
  return statement("whatping/1 lobby", [json]);
}

/** The post key, when it starts a generation on this connection. */
export function foundStatement(connectionNonce: Uint8Array, groupId: Uint8Array): Bytes {
  return statement("whatping/1 found", [connectionNonce, groupId]);
}

/** The charter key, when whoever has the host link ends the generation that lives, and begins this one in its place. */
export function anewStatement(connectionNonce: Uint8Array, groupId: Uint8Array, postKey: Uint8Array): Bytes {
  return statement("whatping/1 anew", [connectionNonce, groupId, postKey]);
}

/** The post key, when it asks to be let in on this connection. */
export function askStatement(connectionNonce: Uint8Array, reference: Uint8Array): Bytes {
  return statement("whatping/1 ask", [connectionNonce, reference]);
}

/** The post key, when it comes back on a new connection. */
export function resumeStatement(connectionNonce: Uint8Array, groupId: Uint8Array): Bytes {
  return statement("whatping/1 resume", [connectionNonce, groupId]);
}

/** The post key, about a commit it posts: evidence against its poster if the commit is bad. */
export function commitStatement(groupId: Uint8Array, commitHash: Uint8Array): Bytes {
  return statement("whatping/1 commit", [groupId, commitHash]);
}

/** The post key, about a commit that it can't open or finds invalid (protocol.md §5). */
export function complaintStatement(groupId: Uint8Array, commitHash: Uint8Array): Bytes {
  return statement("whatping/1 complaint", [groupId, commitHash]);
}

/**
 * group_id = SHA-256 of this: room, number of the generation, what its creator chose, and where the audit trail stood.
 * @param previousHead hash of the signed head (AuditHead.hash), 32 B
 */
export function groupIdStatement(
  roomId: Uint8Array,
  n: number,
  creatorNonce: Uint8Array,
  previousHead: Uint8Array,
): Bytes {
  return statement("whatping/1 group", [roomId, u32(n), creatorNonce, previousHead]);
}

export function statement(label: string, parts: readonly Uint8Array[]): Bytes {
  const start = encoder.encode(`${label}\0`);
  const bytes = new Uint8Array(start.length + parts.reduce((sum, part) => sum + 4 + part.length, 0));
  bytes.set(start);
  let at = start.length;
  for (const part of parts) {
    bytes.set(u32(part.length), at);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
