/**
 * What is sealed beside a clip: how to play it, for whom it is. Opened by the viewer before any lease, so that a
 * device that can't play the clip burns nothing. Realm-free; plaintext of one clip's metadata.
 * Source: protocol.md §6.
 */
import type { Bytes } from "../wire/bytes.ts";
import { CLIP_MAX_BYTES, METADATA_MAX_BYTES, TAG_BYTES } from "../wire/clip-limits.ts";
import { CodedError } from "../wire/errors.ts";

export interface ClipMetadata {
  readonly v: 1;
  /** exact container and codecs, e.g. `video/webm;codecs=vp9,opus` */
  readonly mime: string;
  readonly kind: "video" | "voice";
  /** seconds */
  readonly duration: number;
  /** plaintext bytes */
  readonly bytes: number;
  /** whom it is for, shown over the picture; at most 320 characters (an e-mail address fits, RFC 5321 §4.5.3.1) */
  readonly recipient?: string;
}

export const RECIPIENT_MAX_CHARS = 320;

/** @throws RangeError if it does not fit the box. */
export function encodeMetadata(metadata: ClipMetadata): Bytes {
  const bytes = new TextEncoder().encode(JSON.stringify(metadata));
  if (bytes.length > METADATA_MAX_BYTES - TAG_BYTES) throw new RangeError("metadata too long");
  return bytes;
}

/** @throws CodedError `clip-damaged`: the sender's client wrote something that this one can't read. */
export function decodeMetadata(bytes: Bytes): ClipMetadata {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (isMetadata(value)) return value;
  } catch {
    // Falls through: a parse error quotes the plaintext, so it goes no further.
  }
  throw new CodedError("clip-damaged", "This clip's description can't be read. It may come from a newer version.");
}

function isMetadata(value: unknown): value is ClipMetadata {
  if (typeof value !== "object" || value === null) return false;
  const { v, mime, kind, duration, bytes, recipient } = value as Record<string, unknown>;
  return (
    v === 1 &&
    typeof mime === "string" &&
    /^(audio|video)\/[a-z0-9.+-]+(;\s*codecs="?[\w.,\s-]+"?)?$/i.test(mime) &&
    (kind === "video" || kind === "voice") &&
    isAmount(duration, 24 * 3600) &&
    isAmount(bytes, CLIP_MAX_BYTES) &&
    (recipient === undefined || (typeof recipient === "string" && recipient.length <= RECIPIENT_MAX_CHARS))
  );
}

function isAmount(value: unknown, max: number): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= max;
}
