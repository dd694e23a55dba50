/**
 * MLSMessages with a PrivateMessage of random ciphertext: the relay can't tell them from real ones.
 * Source: RFC 9420 §6, §6.3.1.
 */
import { randomBytes } from "node:crypto";
import { type CommitData, encodeCommitData } from "../../../../widget/wire/commit-data.ts";

export interface Header {
  readonly groupId: Uint8Array;
  readonly epoch: number;
  /** 1 application, 2 proposal, 3 commit */
  readonly contentType?: number;
  readonly authenticatedData?: Uint8Array;
  /** bytes of ciphertext */
  readonly size?: number;
}

export function privateMessage(header: Header): Buffer<ArrayBuffer> {
  const { groupId, epoch, contentType = 1, authenticatedData = new Uint8Array(), size = 64 } = header;
  const epochBytes = Buffer.alloc(8);
  epochBytes.writeBigUInt64BE(BigInt(epoch));
  return Buffer.concat([
    Buffer.from([0, 1, 0, 2]),
    vector(groupId),
    epochBytes,
    Buffer.from([contentType]),
    vector(authenticatedData),
    vector(randomBytes(28)),
    vector(randomBytes(size)),
  ]) as Buffer<ArrayBuffer>;
}

export function commitMessage(groupId: Uint8Array, epoch: number, data: CommitData): Buffer<ArrayBuffer> {
  return privateMessage({ groupId, epoch, contentType: 3, authenticatedData: encodeCommitData(data) });
}

/** RFC 9420 §2.1.2. */
function vector(bytes: Uint8Array): Buffer {
  const length = bytes.length;
  if (length < 64) return Buffer.concat([Buffer.from([length]), bytes]);
  if (length < 16_384) return Buffer.concat([Buffer.from([0x40 | (length >> 8), length & 255]), bytes]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(0x8000_0000 + length);
  return Buffer.concat([head, bytes]);
}
