/**
 * The browser's half of the playback tests: records clips with MediaRecorder and plays them through the modules under
 * test. Runs in a page under the frame's policy; sees test clips only.
 */
import { playClip } from "../../../widget/frame/clip/playback/play-clip.ts";
import { loadTransmuxer } from "../../../widget/frame/clip/playback/play-progressive.ts";
import { present } from "../../../widget/frame/clip/playback/playback.ts";
import { mp4Type, probePlayback } from "../../../widget/frame/clip/playback/probe.ts";
import { type Recipe, recordClip } from "./record-clip.ts";

interface Clip {
  readonly mime: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** How the chunks of a clip arrive, and what is asked of its playback. */
export interface Arrival {
  readonly chunkBytes?: number;
  /** The first chunk is of another size. */
  readonly firstBytes?: number;
  /** Hand over this many chunks (from the end, if negative), then wait for the first picture. */
  readonly gateAfter?: number;
  /** Damaged from this chunk on; negative: counted from the end. */
  readonly damagedAt?: number;
  /** The damage waits for the first picture and this many ms more. */
  readonly damageAfterMs?: number;
  /** Another mime than the recorder's. */
  readonly mime?: string;
  /** Stop this many ms after the first picture. */
  readonly stopAfterMs?: number;
}

export interface Played {
  /** `ended`, or the error's code, name or message. */
  readonly outcome: string;
  /** Pictures decoded. */
  readonly frames: number;
  /** seconds */
  readonly position: number;
  /** Times that the source was opened. */
  readonly opened: number;
  /** Chunks handed over by the time of the first picture, and half a second later. */
  readonly chunksAtStart: number;
  readonly chunksSoon: number;
  readonly chunks: number;
  /** ms from the click to the first picture */
  readonly firstMs: number;
  /** Whether the element was left without source and picture. */
  readonly emptied: boolean;
}

const clips = new Map<string, Clip>();
const violations: string[] = [];
addEventListener("securitypolicyviolation", (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI}`),
);

/** A first picture that does not come fails a test by what it finds, not by its hanging. */
const PATIENCE_MS = 15_000;

const after = (ms = 0) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function clipOf(name: string): Clip {
  const found = clips.get(name);
  if (!found) throw new Error(`no clip ${name}`);
  return found;
}

function cut({ bytes }: Clip, { chunkBytes: size = 32 * 1024, firstBytes = size }: Arrival) {
  const chunks: Uint8Array<ArrayBuffer>[] = [bytes.slice(0, firstBytes)];
  for (let at = firstBytes; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}

/** Counts the decoded pictures of an element until told to stop. */
function watch(element: HTMLMediaElement): () => number {
  let frames = 0;
  const look = () => {
    frames = Math.max(frames, (element as Partial<HTMLVideoElement>).getVideoPlaybackQuality?.().totalVideoFrames ?? 0);
  };
  // Before the player's own listener, which empties the element.
  element.addEventListener("ended", look);
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    return frames;
  };
}

function gatedSource(chunks: Uint8Array<ArrayBuffer>[], arrival: Arrival, firstSeen: Promise<void>) {
  const at = (index: number | undefined) => (index !== undefined && index < 0 ? chunks.length + index : index);
  const [gate, damage] = [at(arrival.gateAfter), at(arrival.damagedAt)];
  const counts = { opened: 0, handed: 0 };
  async function* source() {
    counts.opened++;
    for (const [index, chunk] of chunks.entries()) {
      if (index === gate) await firstSeen;
      if (index === damage && arrival.damageAfterMs !== undefined)
        await firstSeen.then(() => after(arrival.damageAfterMs));
      if (index === damage) throw new Error("damaged");
      counts.handed++;
      yield chunk;
    }
  }
  return { source, counts };
}

async function play(name: string, arrival: Arrival = {}): Promise<Played> {
  const clip = clipOf(name);
  const mime = arrival.mime ?? clip.mime;
  const chunks = cut(clip, arrival);
  const element = document.createElement(mime.startsWith("audio/") ? "audio" : "video");
  document.documentElement.append(element);
  const frames = watch(element);
  let seen = () => {};
  const firstSeen = new Promise<void>((resolve) => {
    seen = resolve;
    setTimeout(resolve, PATIENCE_MS);
  });
  const { source, counts } = gatedSource(chunks, arrival, firstSeen);
  const clicked = performance.now();
  let [firstMs, chunksAtStart, chunksSoon] = [Number.NaN, 0, 0];
  const playback = playClip({ mime, element, source });
  const starting = playback.started.then(async () => {
    firstMs = performance.now() - clicked;
    chunksAtStart = counts.handed;
    seen();
    if (arrival.stopAfterMs !== undefined) setTimeout(() => playback.stop(), arrival.stopAfterMs);
    await after(500);
    chunksSoon = counts.handed;
  });
  const outcome = await playback.ended.then(() => "ended", nameOf);
  await starting.catch(() => {});
  // The element lets go of its source in a task of its own.
  await after(0);
  const emptied = !element.hasAttribute("src") && element.networkState === element.NETWORK_EMPTY && element.paused;
  element.remove();
  const { opened } = counts;
  const position = playback.position();
  return {
    outcome,
    frames: frames(),
    position,
    opened,
    chunksAtStart,
    chunksSoon,
    chunks: chunks.length,
    firstMs,
    emptied,
  };
}

function nameOf(error: Error & { code?: unknown }): string {
  if (typeof error.code === "string") return error.code;
  return error.name === "Error" ? error.message : error.name;
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

/** Plays a clip of which MediaSource is never told that it is over, so that it stalls at its end. */
async function stall(name: string, durationAfterEndS: number, withinMs: number): Promise<string> {
  const { mime, bytes } = clipOf(name);
  const element = document.createElement("video");
  document.documentElement.append(element);
  let end = 0;
  const options = {
    mime,
    element,
    async *source() {},
    get duration() {
      return end + durationAfterEndS;
    },
  };
  const playback = present(options, async () => {
    const media = new MediaSource();
    element.src = URL.createObjectURL(media);
    void element.play();
    await new Promise((resolve) => media.addEventListener("sourceopen", resolve, { once: true }));
    const type = mp4Type(mime) ?? "";
    const buffer = media.addSourceBuffer(type);
    const transmux = await loadTransmuxer(mime);
    for await (const fragment of transmux(once(bytes), type)) {
      buffer.appendBuffer(fragment.bytes);
      await new Promise((resolve) => buffer.addEventListener("updateend", resolve, { once: true }));
    }
    end = buffer.buffered.end(buffer.buffered.length - 1);
  });
  const outcome = await Promise.race([
    playback.ended.then(() => "ended", nameOf),
    after(withinMs).then(() => "playing"),
  ]);
  playback.stop();
  element.remove();
  return outcome;
}

const kit = {
  async record(recipes: Recipe[]): Promise<void> {
    await Promise.all(recipes.map(async (recipe) => clips.set(recipe.name, await recordClip(recipe))));
  },
  /** A clip of bytes that no recorder wrote, base64. */
  keep(name: string, mime: string, base64: string): void {
    clips.set(name, { mime, bytes: Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)) });
  },
  take(name: string): { mime: string; base64: string } {
    const { mime, bytes } = clipOf(name);
    let binary = "";
    for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return { mime, base64: btoa(binary) };
  },
  play,
  playAll: (names: string[], arrival?: Arrival) => Promise.all(names.map((name) => play(name, arrival))),
  stall,
  probe: (mimes: string[]) => mimes.map(probePlayback),
  canRecord: (mime: string) => MediaRecorder.isTypeSupported(mime),
  violations: () => violations,
};
export type Kit = typeof kit;
(globalThis as unknown as { kit: Kit }).kit = kit;
