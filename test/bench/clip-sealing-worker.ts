/**
 * The worker side of clip-sealing.ts: the product's own sealing and opening against WebCrypto in one call.
 * Runs in a worker in Chromium; sees random bytes.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { ClipOpener } from "../../widget/media/clip-opener.ts";
import { ClipSealer } from "../../widget/media/clip-sealer.ts";
import { generateClipKey, generateIv, openSegment, sealSegment } from "../../widget/seal/clip.ts";
import type { Bytes } from "../../widget/wire/bytes.ts";
import { SEGMENT_BYTES } from "../../widget/wire/clip-limits.ts";
import type { SealedSegment } from "../../widget/wire/frame-media.ts";
import { type Rivals, takeTurns, timed } from "./rounds.ts";

export interface SealingTask {
  readonly what: "cipher" | "path";
  readonly bytes: number;
  readonly rounds: number;
}
/** ms per round and rival */
export type CipherTimes = Record<"sealAtOnce" | "sealSegments" | "openAtOnce" | "openSegments", number[]>;
export type PathTimes = Record<"seal" | "open" | "noble" | "digest", number[]>;

/** The recorder's own piece: 250 ms at 1.5 Mbit/s and a voice. */
const CHUNK_BYTES = 48 * 1024;

function randomFile(bytes: number): Bytes {
  const file = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(file.subarray(at, at + 65_536));
  return file;
}

function pieces(file: Bytes, size: number): Bytes[] {
  return Array.from({ length: Math.ceil(file.length / size) }, (_, i) => file.subarray(i * size, (i + 1) * size));
}

/** Every rival keeps all of its output until it is done, as the one call does. */
async function cipherRivals(file: Bytes): Promise<Rivals<keyof CipherTimes>> {
  const key = await generateClipKey();
  const iv = generateIv();
  const gcm = { name: "AES-GCM", iv };
  const segments = pieces(file, SEGMENT_BYTES);
  const place = (index: number) => ({ index, more: index + 1 < segments.length });
  const sealAll = async () => {
    const sealed: Bytes[] = [];
    for (const [index, segment] of segments.entries()) sealed.push(await sealSegment(key, iv, place(index), segment));
    return sealed;
  };
  const openAll = async (sealed: Bytes[]) => {
    const opened: Bytes[] = [];
    for (const [index, segment] of sealed.entries()) opened.push(await openSegment(key, iv, place(index), segment));
    return opened;
  };
  const sealedAtOnce = await crypto.subtle.encrypt(gcm, key, file);
  const sealedSegments = await sealAll();
  return {
    sealAtOnce: () => timed(() => crypto.subtle.encrypt(gcm, key, file)),
    sealSegments: () => timed(sealAll),
    openAtOnce: () => timed(() => crypto.subtle.decrypt(gcm, key, sealedAtOnce)),
    openSegments: () => timed(() => openAll(sealedSegments)),
  };
}

async function sealClip(file: Bytes): Promise<{ opener: ClipOpener; segments: SealedSegment[] }> {
  const sealer = await ClipSealer.begin();
  const segments: SealedSegment[] = [];
  for (const chunk of pieces(file, CHUNK_BYTES)) segments.push(...(await sealer.push(chunk)));
  const end = await sealer.finish();
  const opener = await ClipOpener.withKey(await sealer.exportKey());
  opener.begin({ iv: sealer.iv, ...end.clip });
  return { opener, segments: [...segments, ...end.segments] };
}

/** The product's whole path, SHA-256 included, and both SHA-256 alone. */
function pathRivals(file: Bytes): Rivals<keyof PathTimes> {
  let clip: Awaited<ReturnType<typeof sealClip>> | undefined;
  return {
    seal: () =>
      timed(async () => {
        clip = await sealClip(file);
      }),
    open: () =>
      timed(async () => {
        for (const { index, sealed } of clip?.segments ?? []) await clip?.opener.open(index, sealed);
      }),
    noble: () =>
      timed(() => {
        const hash = sha256.create();
        for (const segment of pieces(file, SEGMENT_BYTES)) hash.update(segment);
        hash.digest();
      }),
    digest: () => timed(() => crypto.subtle.digest("SHA-256", file)),
  };
}

self.onmessage = async ({ data }: MessageEvent<SealingTask>) => {
  const { what, bytes, rounds } = data;
  const file = randomFile(bytes);
  self.postMessage(
    await takeTurns<string>(what === "cipher" ? await cipherRivals(file) : pathRivals(file), { rounds }),
  );
};
