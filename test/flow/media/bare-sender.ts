/**
 * A member of a LiveKit room that seals nothing, by LiveKit's own client: the control of `npm run prove`. Test support.
 */
import {
  AudioFrame,
  AudioSource,
  dispose,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
} from "@livekit/rtc-node";
import { AccessToken } from "livekit-server-sdk";
import type { SfuAccess } from "../../../sfu-config/livekit.ts";

const [WIDTH, HEIGHT] = [320, 240];
const [RATE, PIECE] = [48_000, 480];

/** Of a room of its own, as any LiveKit room has them. */
export async function bareToken({ key, secret }: SfuAccess, room: string, identity: string): Promise<string> {
  const token = new AccessToken(key, secret, { identity, ttl: 600 });
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true });
  return token.toJwt();
}

export class BareSender {
  readonly room = new Room();
  readonly #video = new VideoSource(WIDTH, HEIGHT);
  readonly #audio = new AudioSource(RATE, 1);
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** Sends a moving pattern and a tone. */
  async send({ url }: SfuAccess, token: string): Promise<void> {
    await this.room.connect(url, token, { autoSubscribe: false, dynacast: false });
    const { localParticipant: self } = this.room;
    const as = (source: TrackSource) => new TrackPublishOptions({ source });
    const [picture, tone] = [
      LocalVideoTrack.createVideoTrack("picture", this.#video),
      LocalAudioTrack.createAudioTrack("tone", this.#audio),
    ];
    await self?.publishTrack(picture, as(TrackSource.SOURCE_CAMERA));
    await self?.publishTrack(tone, as(TrackSource.SOURCE_MICROPHONE));
    let shift = 0;
    this.#timer = setInterval(() => this.#video.captureFrame(stripes(shift++)), 66);
    void this.#sing();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.room.disconnect();
    await dispose();
  }

  async #sing(): Promise<void> {
    for (let at = 0; !this.#isOver; at += PIECE) {
      const samples = Int16Array.from(
        { length: PIECE },
        (_, i) => 8_000 * Math.sin((2 * Math.PI * 440 * (at + i)) / RATE),
      );
      await this.#audio.captureFrame(new AudioFrame(samples, RATE, 1, PIECE)).catch(() => undefined);
    }
  }
}

function stripes(shift: number): VideoFrame {
  const data = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data.fill(((i + shift * 4) % 64) * 4, i * 4, i * 4 + 3);
  return new VideoFrame(data, WIDTH, HEIGHT, VideoBufferType.RGBA);
}
