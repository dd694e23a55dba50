/**
 * A time painted into a picture as black and white blocks, and read back from what a video element shows. In the browser.
 * Bench support.
 */

/** ms that a stamp can tell: it begins anew every four and a half hours. */
const BITS = 24;
const [WIDTH, HEIGHT] = [640, 360];
const BLOCK = WIDTH / BITS;
const ROW = 40;
const FRAME_MS = 33;

/** Pictures of a moving block, each with the time at which it was painted. */
export class StampedCamera {
  readonly track: MediaStreamTrack;
  readonly #painting: ReturnType<typeof setInterval>;

  constructor() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [WIDTH, HEIGHT];
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.#painting = setInterval(() => paint(context), FRAME_MS);
    this.track = canvas.captureStream().getVideoTracks()[0] as MediaStreamTrack;
  }

  stop(): void {
    clearInterval(this.#painting);
    this.track.stop();
  }
}

function paint(context: CanvasRenderingContext2D): void {
  const stamp = Math.round(performance.now()) % 2 ** BITS;
  context.fillStyle = `hsl(${stamp % 360} 60% 50%)`;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "white";
  context.fillRect(stamp % (WIDTH - 80), 200, 80, 80);
  for (let bit = 0; bit < BITS; bit++) {
    const isSet = (stamp >> bit) & 1;
    // A second row says the opposite: what was mangled on the way is no stamp.
    for (const [row, light] of [isSet, 1 - isSet].entries()) {
      context.fillStyle = light ? "white" : "black";
      context.fillRect(bit * BLOCK, row * ROW, BLOCK, ROW);
    }
  }
}

const looking = document.createElement("canvas");
[looking.width, looking.height] = [WIDTH, ROW * 2];

/** ms of this page's clock; undefined for a picture without a legible stamp */
export function readStamp(video: HTMLVideoElement): number | undefined {
  const context = looking.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  context.drawImage(video, 0, 0, WIDTH, HEIGHT);
  const { data } = context.getImageData(0, 0, WIDTH, ROW * 2);
  const light = (bit: number, row: number) => {
    const [x, y] = [Math.floor((bit + 0.5) * BLOCK), row * ROW + ROW / 2];
    return (data[(y * WIDTH + x) * 4 + 1] ?? 0) > 128;
  };
  let stamp = 0;
  for (let bit = 0; bit < BITS; bit++) {
    if (light(bit, 0) === light(bit, 1)) return undefined;
    if (light(bit, 0)) stamp += 2 ** bit;
  }
  return stamp;
}
