/**
 * Somebody with a token for LiveKit and no keys, in a Chromium of its own, who reads every frame where SRTP is off and
 * writes what it likes in place of its own: what an SFU, or anybody who got in there, can do. Test support; sees
 * ciphertext, and its own test pictures.
 */
import type { Page } from "playwright-core";
import { decodeHeader, partsOfKid } from "../../../widget/seal/media-frame-header.ts";
import type { MediaKind } from "../../../widget/wire/group-media.ts";
import type { World } from "../world.ts";
import { openEmpty } from "./call-page.ts";

export type Source = "camera" | "microphone" | "screen_share" | "screen_share_audio";

const SOURCES: Readonly<Record<MediaKind, Source>> = {
  video: "camera",
  audio: "microphone",
  screen: "screen_share",
  "screen-audio": "screen_share_audio",
};

/** A frame as it passed. */
export interface Carried {
  readonly identity: string;
  readonly source: Source;
  /** as the browser names it: `video/VP8` */
  readonly mimeType: string;
  /** `key` or `delta`; none for sound */
  readonly type?: string;
  readonly bytes: Buffer;
  /** ms since the epoch */
  readonly at: number;
}

interface Kept extends Omit<Carried, "bytes"> {
  readonly base64: string;
}

interface Transformer {
  readonly options: { readonly side: "in"; readonly id: number } | { readonly side: "out" };
  readonly readable: ReadableStream<RTCEncodedVideoFrame>;
  readonly writable: WritableStream<RTCEncodedVideoFrame>;
}

type Named = Pick<Carried, "identity" | "source">;

/** In the page. */
interface Attack {
  join(way: { url: string; token: string }): Promise<void>;
  publish(source: Source, codec: string): Promise<string>;
  unpublish(): Promise<void>;
  ask(message: object): Promise<unknown>;
}

/** Its transforms: they keep what comes, and send what they are told, or what they are given. Runs in a worker. */
function transforms(): void {
  const kept: Kept[] = [];
  const names = new Map<number, Named>();
  let outgoing: Uint8Array[] | undefined;
  let ending = new Uint8Array();
  let wrote = 0;
  const base64 = (bytes: Uint8Array) => (bytes as unknown as { toBase64(): string }).toBase64();
  self.onmessage = ({ data, ports }) => {
    const { cut, name, write, end } = data as {
      cut?: number;
      name?: [number, Named];
      write?: string[] | null;
      end?: string;
    };
    const fromBase64 = (text: string) =>
      (Uint8Array as unknown as { fromBase64(text: string): Uint8Array<ArrayBuffer> }).fromBase64(text);
    const answer: unknown = cut === undefined ? wrote : kept.slice(cut);
    if (name) names.set(...name);
    if (write !== undefined) {
      wrote = 0;
      outgoing = write?.map(fromBase64);
      ending = fromBase64(end ?? "");
    }
    ports[0]?.postMessage(answer);
  };
  Object.assign(self, {
    onrtctransform({ transformer }: { transformer: Transformer }) {
      const { options } = transformer;
      const through = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
        transform(frame, controller) {
          if (options.side === "in") {
            const { mimeType = "" } = frame.getMetadata() as { mimeType?: string };
            const { data, type } = frame;
            const named = names.get(options.id) ?? { identity: "", source: "camera" };
            kept.push({ ...named, mimeType, type, base64: base64(new Uint8Array(data)), at: Date.now() });
          } else if (outgoing) {
            const next = outgoing.shift();
            if (!next) return;
            frame.data = next.slice().buffer;
            wrote++;
          } else {
            const { data } = frame;
            const ended = new Uint8Array(data.byteLength + ending.length);
            ended.set(new Uint8Array(data));
            ended.set(ending, data.byteLength);
            frame.data = ended.buffer;
            wrote++;
          }
          controller.enqueue(frame);
        },
      });
      void transformer.readable.pipeThrough(through).pipeTo(transformer.writable);
    },
  });
}

/** Runs in the page. */
function install(code: string): void {
  const { LivekitClient } = globalThis as unknown as { LivekitClient: typeof import("livekit-client") };
  const worker = new Worker(URL.createObjectURL(new Blob([`(${code})()`], { type: "text/javascript" })));
  let room = new LivekitClient.Room();
  let lastId = 0;
  const ids = new Map<RTCRtpReceiver | undefined, number>();
  // At once: Chromium passes everything by a transform that comes later.
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener("track", ({ receiver }) => {
        ids.set(receiver, lastId++);
        receiver.transform = new RTCRtpScriptTransform(worker, { side: "in", id: ids.get(receiver) });
      });
    }
  };
  const attack: Attack = {
    async join({ url, token }) {
      // Whoever has a device shows its real addresses, and is connected at once.
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      await room.disconnect();
      room = new LivekitClient.Room({ singlePeerConnection: false });
      room.on(LivekitClient.RoomEvent.TrackSubscribed, (track, { source }, { identity }) => {
        worker.postMessage({ name: [ids.get(track.receiver), { identity, source }] });
        document.body.append(track.attach());
      });
      await room.connect(url, token);
      for (const track of stream.getTracks()) track.stop();
    },
    async publish(source, videoCodec) {
      const isSound = source.endsWith("audio") || source === "microphone";
      const stream = await navigator.mediaDevices.getUserMedia(
        isSound ? { audio: true } : { video: { width: 640, height: 480 } },
      );
      const options = { source, simulcast: false, red: false, dtx: false, videoCodec, backupCodec: false };
      room.localParticipant.once(LivekitClient.ParticipantEvent.LocalSenderCreated, (sender: RTCRtpSender) => {
        sender.transform = new RTCRtpScriptTransform(worker, { side: "out" });
      });
      const [track] = stream.getTracks() as [MediaStreamTrack];
      const { trackSid } = await room.localParticipant.publishTrack(track, options as object);
      return trackSid;
    },
    async unpublish() {
      for (const { track } of room.localParticipant.trackPublications.values()) {
        if (track) await room.localParticipant.unpublishTrack(track, true);
      }
    },
    ask(message) {
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data);
      });
      worker.postMessage(message, [port2]);
      return answer;
    },
  };
  Object.assign(globalThis, { attack });
}

export class Attacker {
  readonly page: Page;
  readonly #kept: Carried[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  static async join(world: World, way: { readonly url: string; readonly token: string }): Promise<Attacker> {
    const page = await openEmpty(world);
    await page.evaluate(`(${install.toString()})(${JSON.stringify(transforms.toString())})`);
    const attacker = new Attacker(page);
    await attacker.rejoin(way);
    return attacker;
  }

  /** Goes in again, under another name. */
  async rejoin(way: { readonly url: string; readonly token: string }): Promise<void> {
    await this.page.evaluate((given) => (globalThis as unknown as { attack: Attack }).attack.join(given), way);
  }

  /** @returns the track's sid at LiveKit */
  publish(kind: MediaKind, codec = "vp8"): Promise<string> {
    return this.page.evaluate(
      ([source, videoCodec]) =>
        (globalThis as unknown as { attack: Attack }).attack.publish(source as Source, videoCodec as string),
      [SOURCES[kind], codec],
    );
  }

  unpublish(): Promise<void> {
    return this.page.evaluate(() => (globalThis as unknown as { attack: Attack }).attack.unpublish());
  }

  /** All that has passed and was kept. */
  async carried(): Promise<readonly Carried[]> {
    const fresh = (await this.#ask({ cut: this.#kept.length })) as Kept[];
    for (const { base64, ...frame } of fresh) this.#kept.push({ ...frame, bytes: Buffer.from(base64, "base64") });
    return this.#kept;
  }

  /** Resolves when so many frames of one that pass `ok` have passed. */
  async untilCarried(count: number, ok: (frame: Carried) => boolean): Promise<Carried[]> {
    for (;;) {
      const found = (await this.carried()).filter(ok);
      if (found.length >= count) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Sends these in place of what its own camera or microphone makes, then nothing. Resolves when they are sent. */
  async write(frames: readonly Uint8Array[]): Promise<void> {
    await this.#ask({ write: frames.map((bytes) => Buffer.from(bytes).toString("base64")) });
    await this.untilWritten(frames.length);
  }

  /** Sends what its own camera or microphone makes, plain. @param end stands behind each of them */
  async writeOwn(end: Uint8Array = new Uint8Array()): Promise<void> {
    await this.#ask({ write: null, end: Buffer.from(end).toString("base64") });
  }

  /** Resolves when so many have been sent since it was told what to send. */
  async untilWritten(count: number): Promise<void> {
    while (Number(await this.#ask({})) < count) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  #ask(message: object): Promise<unknown> {
    return this.page.evaluate((asked) => (globalThis as unknown as { attack: Attack }).attack.ask(asked), message);
  }
}

const OPUS_GUARD = Buffer.from([0x03, 0x00]);

/** What its header says, read without any key; null where there is none of ours. */
export function headerOf({ source, type, bytes, mimeType }: Carried): {
  kind: MediaKind;
  leaf: number;
  /** mod 256 */
  epoch: number;
  ctr: number;
  /** bytes before the ciphertext */
  length: number;
} | null {
  const isSound = source === "microphone" || source === "screen_share_audio";
  // Sound stands behind an Opus header of no frames.
  if (isSound && !bytes.subarray(0, 2).equals(OPUS_GUARD)) return null;
  const clear = isSound ? OPUS_GUARD.length : mimeType === "video/VP9" ? 0 : type === "key" ? 10 : 1;
  const header = bytes.length < clear ? null : decodeHeader(bytes.subarray(clear));
  const parts = header && partsOfKid(header.kid);
  if (!header || !parts || SOURCES[parts.kind] !== source) return null;
  return { ...parts, ctr: Number(header.ctr), length: clear + header.length };
}

/** What LiveKit itself puts in where a sender stops or is muted: a padded silent frame, a black picture of 8 × 8. */
export function isBlank({ bytes }: Carried): boolean {
  const hex = bytes.toString("hex");
  return hex.startsWith(`f8fffe${"00".repeat(13)}`) || hex.startsWith("1002009d012a08000800");
}
