/**
 * What can be read of a sealed frame without a key, and a drawing of its bytes. Pure.
 * Realm: frame; sees what the relay carries. Source: protocol.md §3, §4 (Frames); RFC 9605 §4.3.
 */
import { decodeHeader, type KidParts, partsOfKid } from "../../../seal/media-frame-header.ts";

/** What stands in front of the SFrame header, in the clear: of VP8 ten bytes of a key frame, else one; of VP9 none. */
function clearBytes(codec: string, isKey: boolean): number {
  if (codec === "vp9") return 0;
  return isKey ? 10 : 1;
}

/** Where the parts of a frame end, in bytes, and what its header says. */
export interface FrameParts {
  readonly clear: number;
  /** 0 long if it is no SFrame header: then the frame was not sealed by this room's members */
  readonly header: number;
  readonly kid: KidParts | null;
  readonly ctr: bigint;
}

/** @param codec `vp8`, `vp9` */
export function partsOf(bytes: Uint8Array, codec: string, isKey: boolean): FrameParts {
  const clear = clearBytes(codec, isKey);
  const header = decodeHeader(bytes.subarray(clear));
  if (!header) return { clear, header: 0, kid: null, ctr: 0n };
  return { clear, header: header.length, kid: partsOfKid(header.kid), ctr: header.ctr };
}

/** Part of a frame that a byte is of. */
export type Part = "clear" | "header" | "sealed";

export function partAt(at: number, { clear, header }: FrameParts): Part {
  if (at < clear) return "clear";
  return at < clear + header ? "header" : "sealed";
}

/** Dots of the drawing. */
export const DRAWING = { width: 96, height: 54 } as const;

type Colour = readonly [red: number, green: number, blue: number];
const CLEAR: Colour = [255, 197, 122];
const HEADER: Colour = [79, 220, 192];
/** Of a sealed byte, from 0 to 255. */
const DARK: Colour = [6, 12, 14];
const LIGHT: Colour = [206, 226, 222];

/**
 * Draws a frame, a dot a byte, over the drawing from `at` on, round and round. @param rgba of a DRAWING
 * @returns where the next one begins
 */
export function drawBytes(rgba: Uint8ClampedArray, bytes: Uint8Array, parts: FrameParts, at: number): number {
  const dots = DRAWING.width * DRAWING.height;
  for (const [i, byte] of bytes.entries()) {
    const part = partAt(i, parts);
    const [red, green, blue] = part === "clear" ? CLEAR : part === "header" ? HEADER : shade(byte / 255);
    const dot = ((at + i) % dots) * 4;
    rgba.set([red, green, blue, 255], dot);
  }
  return (at + bytes.length) % dots;
}

function shade(value: number): Colour {
  const mix = (i: 0 | 1 | 2) => DARK[i] + (LIGHT[i] - DARK[i]) * value;
  return [mix(0), mix(1), mix(2)];
}
