/**
 * A headless member's media worker, in this process: the very code of the worker, on a port of the member's, with frames
 * that the test carries from one to the other as an SFU would. Test support.
 */
import { after } from "node:test";
import { type EncodedFrame, openEncoded, sealEncoded } from "../../../widget/media/frame-transform.ts";
import { Vouching } from "../../../widget/media/vouching.ts";
import { fromBase64url } from "../../../widget/wire/bytes.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import type { FromRoomMedia, GroupToMedia, Verdict } from "../../../widget/wire/group-media.ts";
import type { Headless } from "./headless.ts";

const TRACK = { kind: "video", codec: "vp8" } as const;

const running = new Set<HeadlessMedia>();
after(() => {
  for (const one of running) one.end();
});

export class HeadlessMedia {
  readonly member: Headless;
  /** what the frame would hear */
  readonly told: FromRoomMedia[] = [];
  readonly #media: Vouching;
  readonly #port: MessagePort;
  #sending: ReturnType<typeof setInterval> | undefined;

  constructor(member: Headless) {
    const { port1, port2 } = new MessageChannel();
    this.member = member;
    this.#port = port2;
    this.#media = new Vouching({
      tell: (message) => this.told.push(message),
      post: (message) => port2.postMessage(message),
    });
    port2.onmessage = ({ data }: MessageEvent<GroupToMedia>) => this.#media.take(data);
    member.member.media.takePort(port1);
    running.add(this);
  }

  /** At the SFU. */
  async identity(): Promise<string> {
    const own = this.member.people.find(({ self }) => self)?.id ?? "";
    return pseudonym(fromBase64url(own) ?? new Uint8Array());
  }

  verdicts(identity: string): Verdict[] {
    return this.told.flatMap((one) => (one.type === "judged" && one.identity === identity ? one.verdict : []));
  }

  /** A sealed frame; null if nothing may be sealed now. */
  async send(): Promise<Uint8Array | null> {
    const frame = encoded(crypto.getRandomValues(new Uint8Array(500)));
    const passed = await sealEncoded(frame, this.#media.keyring, TRACK);
    if (typeof passed === "string") return null;
    this.#media.sealed(passed)();
    return new Uint8Array(frame.data);
  }

  /** Thirty frames a second. @param sfu who gets them */
  sendTo(...sfu: HeadlessMedia[]): void {
    this.#sending = setInterval(async () => {
      const frame = await this.send();
      const identity = await this.identity();
      if (frame) for (const one of sfu) void one.receive(frame, identity);
    }, 33);
  }

  async receive(frame: Uint8Array, identity: string): Promise<void> {
    const track = { ...TRACK, identity };
    const passed = await openEncoded(encoded(frame), this.#media.keyring, track);
    if (typeof passed !== "string" && !this.#media.isForged(track)) this.#media.opened(passed, track);
  }

  end(): void {
    if (!running.delete(this)) return;
    clearInterval(this.#sending);
    this.#media.take({ type: "end" });
    this.#port.close();
  }
}

function encoded(bytes: Uint8Array): EncodedFrame {
  return { data: bytes.slice().buffer as ArrayBuffer, type: "delta", getMetadata: () => ({}) };
}
