/**
 * The boxes of MP4: finding them and making them. Realm: frame. Pure.
 * Source: ISO/IEC 14496-12 §4.2.
 *
 *   box       | size u32 | type 4 B | [size u64, if the first was 1] | content |
 *   full box  | box | version u8 | flags u24 | content |
 */
import type { Bytes } from "../../../../wire/bytes.ts";
import { CodedError } from "../../../../wire/errors.ts";
import { joined } from "../recording.ts";

export interface Box {
  readonly type: string;
  /** The whole box, its head included. */
  readonly bytes: Uint8Array;
  readonly content: Uint8Array;
}

export function unreadable(why: string): CodedError {
  return new CodedError("cannot-play", `The clip's file could not be read: ${why}.`);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A box's head, if all of it is there. `size` counts the head, `length` is the head alone; bytes. */
export function readHead(bytes: Uint8Array): { type: string; size: number; length: number } | undefined {
  if (bytes.length < 8) return undefined;
  const view = viewOf(bytes);
  const type = String.fromCharCode(...bytes.subarray(4, 8));
  const short = view.getUint32(0);
  if (short !== 1) {
    if (short < 8) throw unreadable("a box has no end");
    return { type, size: short, length: 8 };
  }
  if (bytes.length < 16) return undefined;
  return { type, size: Number(view.getBigUint64(8)), length: 16 };
}

/** The boxes that lie one after another in a box's content. */
export function children(content: Uint8Array): Box[] {
  const found: Box[] = [];
  for (let at = 0; at < content.length; ) {
    const head = readHead(content.subarray(at));
    if (!head || head.size < head.length || at + head.size > content.length) throw unreadable("a box is cut off");
    const bytes = content.subarray(at, at + head.size);
    found.push({ type: head.type, bytes, content: bytes.subarray(head.length) });
    at += head.size;
  }
  return found;
}

/** The first box at a path of types. */
export function find(content: Uint8Array, ...path: string[]): Box | undefined {
  let box: Box | undefined;
  for (const type of path) {
    box = children(box?.content ?? content).find((child) => child.type === type);
    if (!box) return undefined;
  }
  return box;
}

export function makeBox(type: string, ...content: readonly Uint8Array[]): Bytes {
  const box = joined([new Uint8Array(8), ...content]);
  viewOf(box).setUint32(0, box.length);
  for (let i = 0; i < 4; i++) box[4 + i] = type.charCodeAt(i);
  return box;
}

/** @param words content after version and flags, as u32 each */
export function makeFullBox(type: string, versionAndFlags: number, words: readonly number[]): Bytes {
  const content = new Uint8Array(4 + words.length * 4);
  const view = viewOf(content);
  view.setUint32(0, versionAndFlags);
  for (const [index, word] of words.entries()) view.setUint32(4 + index * 4, word);
  return makeBox(type, content);
}
