/**
 * The SFrame header: KID and CTR, each in its shortest form. Realm-free. Source: RFC 9605 §4.3.
 *
 *   | X:1 | K:3 | Y:1 | C:3 | KID, 0–8 B | CTR, 0–8 B |
 *   X = 0: K is the KID; X = 1: the KID has K + 1 bytes. Y and C the same for the CTR. Big-endian.
 *
 * And what a KID of ours says (protocol.md §3; RFC 9605 §5.2): | kind:2 | leaf:10 | epoch mod 256:8 |
 */
import type { Bytes } from "../wire/bytes.ts";
import { MEDIA_KINDS, type MediaKind } from "../wire/group-media.ts";

const LEAF_BITS = 10n;
const EPOCH_BITS = 8n;
/** Bytes of a header at most. */
export const HEADER_MAX_BYTES = 17;

export interface KidParts {
  readonly kind: MediaKind;
  readonly leaf: number;
  /** epoch mod 256 */
  readonly epoch: number;
}

/** @param epoch whole; its low 8 bits are used @throws RangeError for a leaf of 1,024 or more */
export function kidOf({ kind, leaf, epoch }: KidParts): bigint {
  if (!Number.isInteger(leaf) || leaf < 0 || leaf >= 1 << Number(LEAF_BITS)) throw new RangeError("leaf has 10 bits");
  const context = BigInt(MEDIA_KINDS.indexOf(kind));
  return (((context << LEAF_BITS) | BigInt(leaf)) << EPOCH_BITS) | BigInt(epoch & 0xff);
}

/** Null for a KID with more bits than ours have. */
export function partsOfKid(kid: bigint): KidParts | null {
  const kind = MEDIA_KINDS[Number(kid >> (LEAF_BITS + EPOCH_BITS))];
  if (kind === undefined) return null;
  return { kind, leaf: Number((kid >> EPOCH_BITS) & 0x3ffn), epoch: Number(kid & 0xffn) };
}

/** Where a header is written, after room for a value's leading zeros: 64 bits are set at once, the later ones first. */
const LEAD = 8;
const draft = new Uint8Array(LEAD + HEADER_MAX_BYTES);
const draftView = new DataView(draft.buffer);

/** @param kid below 2^64 @param ctr below 2^64 */
export function encodeHeader(kid: bigint, ctr: bigint): Bytes {
  const [k, c] = [sizeOf(kid), sizeOf(ctr)];
  draftView.setBigUint64(1 + k + c, ctr);
  draftView.setBigUint64(1 + k, kid);
  draft[LEAD] = (nibble(kid, k) << 4) | nibble(ctr, c);
  return draft.slice(LEAD, LEAD + 1 + k + c);
}

/** Null for anything that encodeHeader would not have written: one header has one spelling. */
export function decodeHeader(bytes: Uint8Array): { kid: bigint; ctr: bigint; length: number } | null {
  const config = bytes[0];
  if (config === undefined) return null;
  const kid = read(bytes, 1, config >> 4);
  const ctr = kid && read(bytes, kid.end, config & 0x0f);
  return kid && ctr ? { kid: kid.value, ctr: ctr.value, length: ctr.end } : null;
}

/** Bytes; 0 for a value below 8: it stands in the config byte. */
function sizeOf(value: bigint): number {
  if (value < 8n) return 0;
  const high = Number(value >> 32n);
  if (high > 0xffff_ffff) throw new RangeError("KID and CTR have 64 bits");
  return high > 0 ? 8 - (Math.clz32(high) >> 3) : 4 - (Math.clz32(Number(value)) >> 3);
}

function nibble(value: bigint, size: number): number {
  return size === 0 ? Number(value) : 0x8 | (size - 1);
}

function read(bytes: Uint8Array, at: number, config: number): { value: bigint; end: number } | null {
  if ((config & 0x8) === 0) return { value: BigInt(config), end: at };
  const end = at + (config & 0x7) + 1;
  if (end > bytes.length) return null;
  let [high, low] = [0, 0];
  for (let i = at; i < end; i++) {
    if (end - i > 4) high = high * 256 + (bytes[i] ?? 0);
    else low = low * 256 + (bytes[i] ?? 0);
  }
  const value = high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
  const isShortest = value >= 8n && bytes[at] !== 0;
  return isShortest ? { value, end } : null;
}
