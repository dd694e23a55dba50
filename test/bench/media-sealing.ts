/**
 * What sealing and opening one encoded frame costs in Chromium, in a worker: the product's media worker against WebCrypto
 * on the same bytes and against LiveKit's own E2EE worker on the same frames; and by how much a frame grows.
 * Source: protocol.md §4.
 */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { sealFrame } from "../../widget/seal/media-frame.ts";
import { kidOf } from "../../widget/seal/media-frame-header.ts";
import { deriveFrameKey } from "../../widget/seal/media-frame-key.ts";
import { askWorker, openBundledWorker } from "./bundled-worker.ts";
import type { FramesAnswer, FramesTask, FrameTimes, Growth } from "./media-sealing-worker.ts";
import { median, medianRatio } from "./rounds.ts";
import { format, type Row } from "./rows.ts";

/** bytes of a frame: sound and small pictures, pictures, key frames */
const SIZES = [100, 1_000, 10_000, 100_000];
/** of one round: few, so that a round is short and a busy moment hits few of them */
const FRAMES = { small: 100, large: 30 };
const ROUNDS = 31;
const SUITE = "AES_256_GCM_SHA512_128";
/** of raw WebCrypto's speed, from this size on */
const RAW_GOAL = { ratio: 0.85, from: 10_000 };
const LIVEKIT_GOAL = 1;
const GROWTH_GOAL = 24;
/** Frames of a day at 60 a second: headers grow with the counter. */
const DAY = 60n * 86_400n;

export async function benchMediaSealing(): Promise<Row[]> {
  const worker = await openBundledWorker(join(import.meta.dirname, "media-sealing-worker.ts"));
  try {
    await giveFrames(worker.page);
    const rows: Row[] = [];
    let growth: Growth | undefined;
    for (const bytes of SIZES) {
      const answer = await ask(worker.page, {
        bytes,
        frames: bytes < 50_000 ? FRAMES.small : FRAMES.large,
        rounds: ROUNDS,
      });
      if ("failure" in answer) throw new Error(answer.failure);
      rows.push(...rowsOf(bytes, answer.times));
      growth = answer.growth;
    }
    return [...rows, await growthRow(growth)];
  } finally {
    await worker.close();
  }
}

/** A camera of noise, sent to nowhere but this page: the worker keeps a few of its encoded frames. */
async function giveFrames(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { worker } = globalThis as unknown as { worker: Worker };
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 180];
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    setInterval(() => {
      context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`;
      context.fillRect(Math.random() * 300, Math.random() * 160, 40, 40);
    }, 33);
    const [out, back] = [new RTCPeerConnection(), new RTCPeerConnection()];
    out.onicecandidate = ({ candidate }) => void back.addIceCandidate(candidate ?? undefined);
    back.onicecandidate = ({ candidate }) => void out.addIceCandidate(candidate ?? undefined);
    const [track] = canvas.captureStream(30).getVideoTracks();
    const { sender } = out.addTransceiver(track as MediaStreamTrack, { direction: "sendonly" });
    sender.transform = new RTCRtpScriptTransform(worker, {});
    await out.setLocalDescription();
    await back.setRemoteDescription(out.localDescription as RTCSessionDescription);
    await back.setLocalDescription();
    await out.setRemoteDescription(back.localDescription as RTCSessionDescription);
  });
}

function ask(page: Page, given: FramesTask): Promise<FramesAnswer> {
  return askWorker(page, given);
}

function rowsOf(bytes: number, times: FrameTimes): Row[] {
  const size = bytes < 1000 ? `${bytes} B` : `${bytes / 1000} KB`;
  return (["seal", "open"] as const).flatMap((verb): Row[] => {
    const of = (rival: "ours" | "livekit" | "bare" | "cipher" | "raw") => times[`${verb} ${rival}`];
    const us = (rival: Parameters<typeof of>[0]) => `${format(median(of(rival)))} µs`;
    const name = `${verb} a frame of ${size}`;
    // Times stand below the line, so the ratio of speeds is the rival's ÷ ours.
    const speed = (value: number, goal: number | null, row: { name: string; against: string }): Row => {
      return { value, unit: "×", goal, better: "higher", ...row };
    };
    const least = `WebCrypto in a stream: ${us("bare")}; LiveKit's worker: ${us("livekit")}`;
    return [
      { name, value: median(of("ours")), unit: "µs", goal: null, better: "lower", against: least },
      speed(medianRatio(of("livekit"), of("ours")), LIVEKIT_GOAL, {
        name: `${name}, speed ÷ LiveKit's worker`,
        against: "the same frames through both workers",
      }),
      speed(medianRatio(of("raw"), of("cipher")), bytes >= RAW_GOAL.from ? RAW_GOAL.ratio : null, {
        name: `${name}, cipher's speed ÷ WebCrypto`,
        against: `one after the other, without a stream: ${us("cipher")}; WebCrypto alone: ${us("raw")}`,
      }),
    ];
  });
}

/** The longest header there is: the last leaf of the largest room, after a day. */
async function growthRow(growth: Growth | undefined): Promise<Row> {
  const kid = kidOf({ kind: "screen-audio", leaf: 1023, epoch: 255 });
  const key = await deriveFrameKey(SUITE, new Uint8Array(32), kid);
  const value = (await sealFrame(key, DAY, new Uint8Array(100), 1)).length - 100;
  const against = `at most, after a day at 60 frames/s; in this run ${growth?.ours} B; LiveKit's ${growth?.livekit} B`;
  return { name: "a sealed frame is longer by", value, unit: "B", goal: GROWTH_GOAL, better: "lower", against };
}
