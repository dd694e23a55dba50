/**
 * What a person does with a clip link, as one state and the actions that change it: look at the invitation, watch,
 * see it gone. Views draw the state and call the actions.
 * Realm: frame. Holds the link's key until the worker has it, tokens, and plaintext only as the player's source.
 * Source: protocol.md §7.
 */

import type { ClipLink } from "../../seal/clip-link.ts";
import { type ClipMetadata, decodeMetadata } from "../../seal/clip-metadata.ts";
import { type Bytes, fromBase64url, toBase64url } from "../../wire/bytes.ts";
import type { ClipPreview } from "../../wire/client-api.ts";
import { coarseDuration, HEARTBEAT_S, TOKEN_BYTES } from "../../wire/clip-limits.ts";
import { asCoded, CodedError } from "../../wire/errors.ts";
import type { PlayerStep } from "../../wire/host-frame.ts";
import { type ClipAccess, RelayClient, RelayError } from "../relay-client.ts";
import { ClipWorker } from "./clip-worker.ts";
import { openedFile, readExpected } from "./opened-clip.ts";
import { playClip } from "./playback/play-clip.ts";
import { loadTransmuxer } from "./playback/play-progressive.ts";
import type { Playback } from "./playback/playback.ts";
import { probePlayback } from "./playback/probe.ts";
import { forget, recall, remember } from "./tab-memory.ts";

export interface ViewerState {
  readonly step: PlayerStep;
  readonly preview?: ClipPreview;
  readonly metadata?: ClipMetadata;
  /** the picture or sound, while playing or paused */
  readonly element?: HTMLMediaElement;
  /** seconds */
  readonly position: number;
  readonly reachable: boolean;
  /** the server has seen the key: `#` came as `%23` */
  readonly mangled: boolean;
  /** this tab had begun to watch before a reload */
  readonly resumable: boolean;
  readonly error?: CodedError;
}

export class Viewer {
  #state: ViewerState = { step: "loading", position: 0, reachable: true, mangled: false, resumable: false };
  readonly #onChange: (state: ViewerState) => void;
  readonly #relay = new RelayClient({ patience: 20_000, onReach: (reachable) => this.#set({ reachable }) });
  #worker: ClipWorker | undefined;
  #link: { id: string; key: Bytes } | undefined;
  #viewToken: Bytes | undefined;
  #leaseToken = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  #playback: Playback | undefined;
  /** Ends what is playing, with the reason. */
  #stop = new AbortController();

  constructor(onChange: (state: ViewerState) => void) {
    this.#onChange = onChange;
  }

  get state(): ViewerState {
    return this.#state;
  }

  /** Takes the link and looks at the clip without leasing it. */
  async open(link: ClipLink): Promise<void> {
    this.close();
    const remembered = recall(link.id);
    if (remembered) this.#leaseToken = remembered.leaseToken;
    this.#link = { id: link.id, key: link.key };
    this.#set({ step: "loading", mangled: link.mangled, resumable: remembered !== undefined, error: undefined });
    this.#worker = new ClipWorker();
    try {
      this.#viewToken = (await this.#worker.call("takeKey", link.key)).viewToken;
      await this.look();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Shows why there is nothing to open. */
  refuse(error: CodedError): void {
    this.close();
    this.#fail(error);
  }

  /** Asks again what the clip is and whether it can be watched now. */
  async look(): Promise<void> {
    const { access, worker } = this.#ready();
    try {
      const preview = await this.#relay.preview(access);
      if (preview.state !== "ready" && preview.state !== "leased") return this.#end(preview);
      const metadata = await openBox(worker, preview);
      if (probePlayback(metadata.mime).how === "cannot") {
        throw new CodedError(
          "cannot-play",
          "This device can't play the clip. Nothing was used up: open the link on another one.",
        );
      }
      // A click must not wait for code.
      void loadTransmuxer(metadata.mime).catch(() => undefined);
      const busy = preview.state === "leased" && !this.#state.resumable;
      this.#set({ step: busy ? "waiting" : "invitation", preview, metadata, error: undefined });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Takes the lease and plays. Call it from a real click on a visible page only. */
  async watch(): Promise<void> {
    const { access, worker } = this.#ready();
    const { preview, metadata } = this.#state;
    if (this.#state.step !== "invitation" || !preview || !metadata || !this.#link) return;
    if (document.visibilityState !== "visible" || navigator.userActivation?.isActive === false) return;
    this.#set({ step: "opening", error: undefined });
    remember(access.id, { key: this.#link.key, leaseToken: this.#leaseToken });
    try {
      const leaseTokenHash = toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", this.#leaseToken)));
      await this.#relay.takeLease(access, { leaseTokenHash });
      // From here on a clip that is leased is leased to this tab, also after an interruption.
      this.#set({ resumable: true });
      const lease: ClipAccess = { id: access.id, token: this.#leaseToken };
      this.#beat(lease, worker);
      const expected = readExpected(preview);
      this.#stop = new AbortController();
      const playback = playClip({
        mime: metadata.mime,
        duration: metadata.duration,
        source: (signal) => openedFile({ relay: this.#relay, worker, access: lease, expected }, signal),
        signal: this.#stop.signal,
        onBlocked: () => this.#set({ step: "paused" }),
      });
      this.#playback = playback;
      this.#set({ element: playback.element });
      await playback.started;
      this.#set({ step: "playing" });
      await playback.ended;
      await this.#burn(lease);
    } catch (error) {
      await this.#interrupted(error);
    }
  }

  /** Stops the picture, for instance when the page is hidden; the lease goes on. */
  pause(): void {
    if (this.#state.step !== "playing") return;
    this.#state.element?.pause();
    this.#set({ step: "paused" });
  }

  resume(): void {
    if (this.#state.step !== "paused") return;
    void this.#state.element?.play();
    this.#set({ step: "playing" });
  }

  /** Lets go of everything that is open. */
  close(): void {
    this.#playback?.stop();
    this.#playback = undefined;
    this.#worker?.end();
    this.#worker = undefined;
    this.#set({ element: undefined });
  }

  #beat(lease: ClipAccess, worker: ClipWorker): void {
    worker.onTick = () => {
      this.#relay.heartbeat(lease, { position: this.#coarsePosition() }).catch((error) => {
        if (error instanceof RelayError) this.#stop.abort(error);
      });
    };
    worker.tickEvery(HEARTBEAT_S * 1000);
  }

  /** Seconds of the duration as the relay knows it (rounded up to 10 s), so that 90 % there is 90 % here. */
  #coarsePosition(): number {
    const { duration } = this.#state.metadata ?? { duration: 0 };
    const share = duration > 0 ? Math.min(1, (this.#playback?.position() ?? 0) / duration) : 0;
    return Math.floor(share * coarseDuration(duration));
  }

  async #burn(lease: ClipAccess): Promise<void> {
    this.#forgetKey(lease.id);
    this.close();
    this.#set({ step: "gone" });
    try {
      const { state } = await this.#relay.burn(lease);
      this.#set({ preview: { ...(this.#state.preview as ClipPreview), state, endedAt: Date.now() } });
    } catch (error) {
      // The lease lapses at its end by itself, and at this position that is a burn.
      this.#set({ error: asCoded(error) });
    }
  }

  #end(preview: ClipPreview): void {
    this.#forgetKey(preview.id);
    this.close();
    this.#set({ step: "gone", preview, metadata: undefined });
  }

  async #interrupted(error: unknown): Promise<void> {
    this.#playback?.stop();
    this.#playback = undefined;
    this.#worker?.tickEvery(0);
    this.#set({ element: undefined });
    const code = error instanceof CodedError ? error.code : undefined;
    if (code === "clip-leased") {
      this.#set({ resumable: false });
      return this.look();
    }
    if (code === "clip-over") return this.look();
    this.#fail(error);
  }

  #forgetKey(id: string): void {
    forget(id);
    this.#link?.key.fill(0);
    this.#link = undefined;
  }

  #ready(): { access: ClipAccess; worker: ClipWorker } {
    if (!this.#link || !this.#viewToken || !this.#worker)
      throw new CodedError("link-malformed", "There is no link to open.");
    return { access: { id: this.#link.id, token: this.#viewToken }, worker: this.#worker };
  }

  #fail(error: unknown): void {
    this.#set({ step: "failed", error: asCoded(error) });
  }

  #set(change: { [K in keyof ViewerState]?: ViewerState[K] | undefined }): void {
    this.#state = { ...this.#state, ...change } as ViewerState;
    this.#onChange(this.#state);
  }
}

async function openBox(worker: ClipWorker, preview: ClipPreview): Promise<ClipMetadata> {
  const iv = fromBase64url(preview.metadataIv ?? "");
  const sealed = fromBase64url(preview.metadata ?? "");
  if (iv?.length !== 12 || !sealed)
    throw new CodedError("clip-damaged", "The relay's record of this clip can't be read.");
  return decodeMetadata(await worker.call("openMetadata", { iv, sealed }));
}
