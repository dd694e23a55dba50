/**
 * What a sender vouches for inside the group, each second: the counters of the frames that it sealed, with a digest of
 * each. Realm-free; nothing of the frames. Source: protocol.md §4 (Insider check), docs/decisions/0049.
 *
 *   | answers, 1 B | answer … | list … |          answer: | leaf, 2 B | id, 4 B |
 *   list: | KID, 4 B | first CTR, 8 B | next CTR, 8 B | count, 2 B | digest, 8 B × count |
 *
 * The digests are those of `first`, `first` + 1, …; zero for a counter that was used and not sent. Whatever bears this KID
 * and a counter from `next` on had not been sealed by its sender when the list was made. An answer says that it was made
 * after a doubt of that leaf had come. All lists of a message are of one leaf. Big-endian.
 */
import type { Bytes } from "./bytes.ts";

/** Digests in one message at most: a camera in three layers, a screen and sound, for three seconds. */
export const DIGESTS_MAX = 1_024;
/** As many as there are answers, each with the next counter of its KID, and what was listed lately. */
export const LISTS_MAX = 32;
export const ANSWERS_MAX = 16;
/** Of a frame that was not sent. */
export const NOT_SENT = 0n;
/** Kind, leaf, epoch mod 256. */
export const KID_MAX = 0xf_ffff;

const ANSWER_BYTES = 6;
const LIST_BYTES = 22;
const DIGEST_BYTES = 8;

export interface FrameList {
  readonly kid: number;
  readonly first: number;
  readonly next: number;
  readonly digests: readonly bigint[];
}

/** Whose doubt it is, and its number there. */
export interface Answer {
  readonly leaf: number;
  readonly id: number;
}

export interface FrameLists {
  readonly answers: readonly Answer[];
  readonly lists: readonly FrameList[];
}

export function encodeFrameLists({ answers, lists }: FrameLists): Bytes {
  const digests = lists.reduce((sum, list) => sum + list.digests.length, 0);
  const bytes = new Uint8Array(1 + answers.length * ANSWER_BYTES + lists.length * LIST_BYTES + digests * DIGEST_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, answers.length);
  let at = 1;
  for (const { leaf, id } of answers) {
    view.setUint16(at, leaf);
    view.setUint32(at + 2, id);
    at += ANSWER_BYTES;
  }
  for (const list of lists) {
    view.setUint32(at, list.kid);
    view.setBigUint64(at + 4, BigInt(list.first));
    view.setBigUint64(at + 12, BigInt(list.next));
    view.setUint16(at + 20, list.digests.length);
    at += LIST_BYTES;
    for (const digest of list.digests) {
      view.setBigUint64(at, digest);
      at += DIGEST_BYTES;
    }
  }
  return bytes;
}

/** Null for anything that encodeFrameLists would not have written of what a member can have sealed. */
export function decodeFrameLists(bytes: Uint8Array): FrameLists | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes[0];
  let at = 1 + (count ?? 0) * ANSWER_BYTES;
  if (count === undefined || count > ANSWERS_MAX || at > bytes.length) return null;
  const answers = Array.from({ length: count }, (_, i) => {
    const place = 1 + i * ANSWER_BYTES;
    return { leaf: view.getUint16(place), id: view.getUint32(place + 2) };
  });
  const lists: FrameList[] = [];
  let digests = 0;
  while (at < bytes.length) {
    const read = readList(view, at);
    if (!read || lists.length === LISTS_MAX) return null;
    lists.push(read.list);
    digests += read.list.digests.length;
    at = read.end;
  }
  return digests > DIGESTS_MAX ? null : { answers, lists };
}

function readList(view: DataView, at: number): { list: FrameList; end: number } | null {
  if (at + LIST_BYTES > view.byteLength) return null;
  const kid = view.getUint32(at);
  const [first, next] = [Number(view.getBigUint64(at + 4)), Number(view.getBigUint64(at + 12))];
  const count = view.getUint16(at + 20);
  const end = at + LIST_BYTES + count * DIGEST_BYTES;
  const isSound = kid <= KID_MAX && Number.isSafeInteger(next) && first + count <= next && end <= view.byteLength;
  if (!isSound) return null;
  const digests = Array.from({ length: count }, (_, i) => view.getBigUint64(at + LIST_BYTES + i * DIGEST_BYTES));
  return { list: { kid, first, next, digests }, end };
}
