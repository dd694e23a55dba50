/**
 * The frame's end of a room's media worker: hands it the group worker's port, and puts its transforms where frames flow.
 * Realm: frame. Keys pass on a port of their own and are never seen here.
 */
import roomMediaUrl from "../../../media/room-main.ts?worker&url";
import type { FrameToRoomMedia, SealedTrack, TransformOptions } from "../../../wire/frame-room-media.ts";
import type { FromRoomMedia, MediaKind } from "../../../wire/group-media.ts";
import { startWorker } from "../../worker-url.ts";

/** What a track is, as LiveKit says. */
export interface TrackNote {
  readonly sid: string;
  readonly identity: string;
  readonly kind: MediaKind;
  /** `vp8`, `opus` */
  readonly codec: string;
}

export class MediaWorker {
  /** for the group worker, which must get it once and by transfer */
  readonly keyPort: MessagePort;
  readonly #worker = startWorker(roomMediaUrl);
  readonly #ids = new WeakMap<RTCRtpReceiver, number>();
  /** sid of what each carries, as was said last */
  readonly #sids = new WeakMap<RTCRtpReceiver, string>();
  readonly #senders = new Set<RTCRtpSender>();
  #lastId = 0;

  /** @param on hears `failed` if the worker breaks: its keys are gone, and the room has to be entered anew */
  constructor(on: (report: FromRoomMedia) => void) {
    const { port1, port2 } = new MessageChannel();
    this.keyPort = port1;
    this.#worker.onmessage = ({ data }: MessageEvent<FromRoomMedia>) => {
      if (data.type === "key-frames") this.#askForKeyFrames();
      else on(data);
    };
    this.#worker.onerror = () => {
      this.end();
      on({ type: "failed", code: "internal" });
    };
    this.#tell({ type: "keys" }, [port2]);
  }

  /** Before the sender's first frame: from now on only sealed ones leave it. @param track null: nothing leaves it */
  seal(sender: RTCRtpSender, track: SealedTrack | null): void {
    this.#senders.add(sender);
    sender.transform = this.#transform({ side: "seal", track });
  }

  /** Before the receiver's first frame: nothing comes out of it until `announce` says whose it is. */
  open(receiver: RTCRtpReceiver): void {
    // LiveKit tells of a track in either order: it may be announced already.
    if (this.#ids.has(receiver)) return;
    const id = ++this.#lastId;
    this.#ids.set(receiver, id);
    receiver.transform = this.#transform({ side: "open", id });
  }

  announce(receiver: RTCRtpReceiver, { sid, ...note }: TrackNote): void {
    this.open(receiver);
    this.#sids.set(receiver, sid);
    this.#tell({ type: "track", id: this.#ids.get(receiver) as number, ...note });
  }

  /**
   * Nothing comes out of it any more; for the next track on it there is another transform. Who publishes anew may be
   * announced on the same receiver before the track that was there is taken back.
   */
  forget(receiver: RTCRtpReceiver, sid: string): void {
    if (this.#sids.get(receiver) !== sid) return;
    const id = this.#ids.get(receiver);
    this.#ids.delete(receiver);
    if (id !== undefined) this.#tell({ type: "no-track", id });
  }

  /** Nothing is sealed while this holds. */
  hush(isHushed: boolean): void {
    this.#tell({ type: "hush", isHushed });
  }

  /** Ends the worker, its keys, and with them every transform. */
  end(): void {
    this.#worker.terminate();
  }

  #askForKeyFrames(): void {
    for (const sender of this.#senders) {
      // Its connection is closed, or it has been taken off the air.
      if (!sender.track || sender.transport?.state === "closed") this.#senders.delete(sender);
      else if (sender.track.kind === "video") void askForKeyFrame(sender);
    }
  }

  #transform(options: TransformOptions): RTCRtpScriptTransform {
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  #tell(message: FrameToRoomMedia, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

/** W3C WebRTC Extensions §5.1. Where it fails, whoever can't go on asks through the SFU a moment later. */
async function askForKeyFrame(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
  const set = sender.setParameters as (all: RTCRtpSendParameters, options: object) => Promise<void>;
  await set.call(sender, parameters, { encodingOptions }).catch(() => undefined);
}
