/**
 * The worker side of media-sealing.ts: the product's media worker, LiveKit's own E2EE worker and bare WebCrypto, each
 * given the same encoded frames. Both workers are the files that ship, run in this one: what a script transform would
 * hand them, they are handed here. Runs in a worker in Chromium; sees random bytes.
 */
import { type Handlers, handlersOf, tellPage } from "./caught-handlers.ts";
import "../../widget/media/room-main.ts";
import "livekit-client/e2ee-worker";
import { openFrame, sealFrame } from "../../widget/seal/media-frame.ts";
import { kidOf } from "../../widget/seal/media-frame-header.ts";
import { deriveFrameKey, type FrameKey } from "../../widget/seal/media-frame-key.ts";
import type { Bytes } from "../../widget/wire/bytes.ts";
import { MEDIA_KINDS } from "../../widget/wire/group-media.ts";
import { type Rivals, takeTurns } from "./rounds.ts";

export interface FramesTask {
  /** of each frame */
  readonly bytes: number;
  /** of one round */
  readonly frames: number;
  readonly rounds: number;
}
/** `cipher`: our sealing without a stream; `raw`: WebCrypto alone; `bare`: WebCrypto in a stream */
type Rival = "ours" | "livekit" | "bare" | "cipher" | "raw";
/** µs per frame, of each round */
export type FrameTimes = Record<`${"seal" | "open"} ${Rival}`, number[]>;
/** what a frame grows by, bytes */
export type Growth = Record<"ours" | "livekit", number>;
export type FramesAnswer = { readonly times: FrameTimes; readonly growth: Growth } | { readonly failure: string };

type Frame = RTCEncodedVideoFrame;
/** LiveKit's types know no constructor. */
type Copying = new (original: Frame) => Frame;

const SUITE = "AES_256_GCM_SHA512_128";
const EPOCH = 9;
const [OWN_LEAF, SENDER_LEAF] = [3, 4];
/** Clear bytes of the frames: delta frames of VP8, ours. */
const CLEAR = 1;
/** Frames of a real encoder that are kept as models of all others. */
const MODELS = 16;

const baseKey = (): Bytes => new Uint8Array(32).fill(7);

/** One way through a worker: frames in, frames out, one after the other. */
class Path {
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Frame>;
  #in!: ReadableStreamDefaultController<Frame>;
  #out: Frame[] = [];
  #whenAll: (() => void) | undefined;
  #wanted = 0;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#in = controller;
      },
    });
    this.writable = new WritableStream({
      write: (frame) => {
        if (this.#out.push(frame) === this.#wanted) this.#whenAll?.();
      },
    });
  }

  async pass(frames: readonly Frame[]): Promise<{ frames: Frame[]; us: number }> {
    this.#out = [];
    this.#wanted = frames.length;
    const all = new Promise<void>((resolve) => {
      this.#whenAll = resolve;
    });
    const began = performance.now();
    for (const frame of frames) this.#in.enqueue(frame);
    await all;
    return { frames: this.#out, us: ((performance.now() - began) * 1000) / frames.length };
  }
}

interface Paths {
  readonly seal: Path;
  readonly open: Path;
}

function oursIn({ onmessage, onrtctransform }: Handlers): Paths {
  const keys = new MessageChannel();
  onmessage({ data: { type: "keys" }, ports: [keys.port2] } as unknown as MessageEvent);
  const baseKeys = Object.fromEntries(MEDIA_KINDS.map((kind) => [kind, baseKey()]));
  const senders = [OWN_LEAF, SENDER_LEAF].map((leaf) => [leaf, `leaf ${leaf}`]);
  const epoch = { type: "epoch", epoch: EPOCH, suite: SUITE, baseKeys, senders, ownLeaf: OWN_LEAF, dropOlder: false };
  keys.port2.onmessage?.(new MessageEvent("message", { data: epoch }));
  const track = { type: "track", id: 1, identity: `leaf ${SENDER_LEAF}`, kind: "video", codec: "vp8" };
  onmessage({ data: track } as MessageEvent);
  const [seal, open] = [new Path(), new Path()];
  const start = (path: Path, options: object) =>
    onrtctransform({ transformer: { readable: path.readable, writable: path.writable, options } });
  start(seal, { side: "seal", track: { kind: "video", codec: "vp8" } });
  start(open, { side: "open", id: 1 });
  return { seal, open };
}

async function livekitIn({ onmessage, onrtctransform }: Handlers): Promise<Paths> {
  const participantIdentity = "somebody";
  const tell = (kind: string, data: object) => onmessage({ data: { kind, data } } as MessageEvent);
  // Its own defaults, but a key that all have: nothing is derived anew while we measure.
  const keyProviderOptions = {
    ...{ sharedKey: true, ratchetSalt: "LKFrameEncryptionKey", ratchetWindowSize: 0, failureTolerance: 10 },
    ...{ keyringSize: 16, keySize: 128 },
  };
  tell("init", { keyProviderOptions, loglevel: 5 });
  tell("enable", { enabled: true, participantIdentity });
  const key = await crypto.subtle.importKey("raw", baseKey(), "PBKDF2", false, ["deriveBits", "deriveKey"]);
  tell("setKey", { key, keyIndex: 0, isPublisher: true, updateCurrentKeyIndex: true });
  const [seal, open] = [new Path(), new Path()];
  const start = (path: Path, kind: "encode" | "decode") => {
    const options = { kind, participantIdentity, trackId: kind, codec: "vp8", hasPacketTrailer: false };
    onrtctransform({ transformer: { readable: path.readable, writable: path.writable, options } });
  };
  start(seal, "encode");
  start(open, "decode");
  return { seal, open };
}

/** Copies of real frames, each with these bytes. */
function framesOf(models: readonly Frame[], all: readonly Uint8Array[]): Frame[] {
  const Copy = RTCEncodedVideoFrame as unknown as Copying;
  return all.map((bytes, i) => {
    const frame = new Copy(models[i % models.length] as Frame);
    frame.data = bytes.slice().buffer as ArrayBuffer;
    return frame;
  });
}

const dataOf = (frames: readonly Frame[]): Uint8Array[] => frames.map(({ data }) => new Uint8Array(data));

/** Of raw calls: as much beside the bytes as ours has. */
const parameters = () => ({ name: "AES-GCM", iv: new Uint8Array(12), additionalData: new Uint8Array(8) });

/** The least that a transform can do. */
function bare(call: (bytes: Bytes) => Promise<ArrayBuffer>): Path {
  const path = new Path();
  const transform = async (frame: Frame, controller: TransformStreamDefaultController<Frame>) => {
    frame.data = await call(new Uint8Array(frame.data));
    controller.enqueue(frame);
  };
  void path.readable.pipeThrough(new TransformStream({ transform })).pipeTo(path.writable);
  return path;
}

/** @returns µs for each */
async function oneByOne(contents: readonly Uint8Array[], call: (bytes: Bytes) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (const bytes of contents) await call(bytes as Bytes);
  return ((performance.now() - began) * 1000) / contents.length;
}

class Match {
  readonly #models: readonly Frame[];
  readonly #ours: Paths;
  readonly #livekit: Paths;
  readonly #sender: FrameKey;
  #ctr = 0n;

  constructor(models: readonly Frame[], parts: { ours: Paths; livekit: Paths; sender: FrameKey }) {
    this.#models = models;
    this.#ours = parts.ours;
    this.#livekit = parts.livekit;
    this.#sender = parts.sender;
  }

  static async begin(models: readonly Frame[], ours: Handlers, livekit: Handlers): Promise<Match> {
    const kid = kidOf({ kind: "video", leaf: SENDER_LEAF, epoch: EPOCH });
    const sender = await deriveFrameKey(SUITE, baseKey(), kid);
    return new Match(models, { ours: oursIn(ours), livekit: await livekitIn(livekit), sender });
  }

  async measure({ bytes, frames, rounds }: FramesTask): Promise<FramesAnswer> {
    const clear = Array.from({ length: frames }, () => random(bytes));
    const key = await crypto.subtle.importKey("raw", random(32), "AES-GCM", false, ["encrypt", "decrypt"]);
    const encrypt = (one: Bytes) => crypto.subtle.encrypt(parameters(), key, one);
    const decrypt = (one: Bytes) => crypto.subtle.decrypt(parameters(), key, one);
    const encrypted: Bytes[] = [];
    for (const one of clear) encrypted.push(new Uint8Array(await encrypt(one)));
    const [bareSeal, bareOpen] = [bare(encrypt), bare(decrypt)];
    const through = async (path: Path, contents: readonly Uint8Array[]) => (await path.pass(this.#frames(contents))).us;
    const rivals: Rivals<keyof FrameTimes> = {
      "seal raw": () => oneByOne(clear, encrypt),
      "seal cipher": () => oneByOne(clear, (one) => sealFrame(this.#sender, this.#ctr++, one, CLEAR)),
      "seal bare": () => through(bareSeal, clear),
      "seal ours": () => through(this.#ours.seal, clear),
      "seal livekit": () => through(this.#livekit.seal, clear),
      "open raw": () => oneByOne(encrypted, decrypt),
      "open cipher": async () => oneByOne(await this.#sealOurs(clear), (one) => openFrame(this.#sender, one, CLEAR)),
      "open bare": () => through(bareOpen, encrypted),
      "open ours": async () => through(this.#ours.open, await this.#sealOurs(clear)),
      "open livekit": async () => through(this.#livekit.open, await this.#sealLivekit(clear)),
    };
    return { times: await takeTurns(rivals, { rounds, warmUp: 2 }), growth: await this.#growth(clear) };
  }

  #frames(contents: readonly Uint8Array[]): Frame[] {
    return framesOf(this.#models, contents);
  }

  /** By another member: nobody opens what it has sealed itself. */
  async #sealOurs(contents: readonly Bytes[]): Promise<Bytes[]> {
    const sealed: Bytes[] = [];
    for (const bytes of contents) sealed.push(await sealFrame(this.#sender, this.#ctr++, bytes, CLEAR));
    return sealed;
  }

  async #sealLivekit(contents: readonly Bytes[]): Promise<Uint8Array[]> {
    return dataOf((await this.#livekit.seal.pass(this.#frames(contents))).frames);
  }

  async #growth(clear: readonly Bytes[]): Promise<Growth> {
    const size = clear[0]?.length ?? 0;
    const grownBy = (sealed: readonly Uint8Array[]) => Math.max(...sealed.map(({ length }) => length - size));
    const own = dataOf((await this.#ours.seal.pass(this.#frames(clear))).frames);
    return { ours: grownBy(own), livekit: grownBy(await this.#sealLivekit(clear)) };
  }
}

function random(size: number): Bytes {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** Frames of the page's own encoder, delta frames only, once its transform has been put here. */
const models = new Promise<Frame[]>((resolve) => {
  self.addEventListener("rtctransform", async (event) => {
    const { readable } = (event as unknown as { transformer: { readable: ReadableStream<Frame> } }).transformer;
    const kept: Frame[] = [];
    for await (const frame of readable as unknown as AsyncIterable<Frame>) {
      if (frame.type === "delta" && kept.push(frame) === MODELS) resolve(kept);
    }
  });
});
const match = models.then((frames) => Match.begin(frames, handlersOf(0), handlersOf(1)));
self.addEventListener("message", async ({ data }: MessageEvent<FramesTask>) => {
  tellPage(
    await match
      .then((ready) => ready.measure(data))
      .catch((error: Error): FramesAnswer => ({ failure: error.stack ?? error.message })),
  );
});
