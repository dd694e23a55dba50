/**
 * Records a clip in the browser with MediaRecorder: camera, still screen, noise; a voice that may pause or break off.
 * Runs in the tests' page; fake devices only.
 */

export interface Recipe {
  readonly name: string;
  readonly mime: string;
  /** At least. */
  readonly ms: number;
  /** At least: a busy machine records less in the same time. */
  readonly bytes?: number;
  /** `still` is drawn once; `slides` changes for a second and then stays; `noise` needs many bytes. */
  readonly picture?: "camera" | "still" | "slides" | "noise";
  /** `gap` is silent from 1 s to 2 s without packets; `unplugged` ends after 1 s. */
  readonly sound?: "voice" | "gap" | "unplugged" | "none";
  /** Pause at this many ms, for as long again. */
  readonly pauseAt?: number;
  readonly timesliceMs?: number;
  readonly bitsPerSecond?: number;
  /** ms from key frame to key frame; MP4 has 1000 */
  readonly keyFrameMs?: number;
}

const SLICE_MS = 250;
const PATIENCE_MS = 20_000;
const WIDTH = 320;
const HEIGHT = 240;

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function recordClip(recipe: Recipe): Promise<{ mime: string; bytes: Uint8Array<ArrayBuffer> }> {
  const ending = new AbortController();
  const tracks = [...(await picture(recipe, ending.signal)), ...(await sound(recipe))];
  const keyFrameMs = recipe.keyFrameMs ?? (recipe.mime.includes("mp4") ? 1000 : undefined);
  const options = {
    mimeType: recipe.mime,
    ...(recipe.bitsPerSecond ? { videoBitsPerSecond: recipe.bitsPerSecond } : {}),
    ...(keyFrameMs ? { videoKeyFrameIntervalDuration: keyFrameMs } : {}),
  };
  const recorder = new MediaRecorder(new MediaStream(tracks), options);
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const stopped = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = reject;
  });
  recorder.start(recipe.timesliceMs ?? SLICE_MS);
  if (recipe.pauseAt) {
    await after(recipe.pauseAt);
    recorder.pause();
    await after(recipe.pauseAt);
    recorder.resume();
  }
  await after(recipe.ms - (recipe.pauseAt ?? 0));
  const recorded = () => parts.reduce((sum, part) => sum + part.size, 0);
  for (let waited = 0; recorded() < (recipe.bytes ?? 0) && waited < PATIENCE_MS; waited += SLICE_MS)
    await after(SLICE_MS);
  recorder.stop();
  await stopped;
  ending.abort();
  for (const track of tracks) track.stop();
  return { mime: recorder.mimeType, bytes: new Uint8Array(await new Blob(parts).arrayBuffer()) };
}

async function picture({ picture: kind }: Recipe, ending: AbortSignal): Promise<MediaStreamTrack[]> {
  if (!kind) return [];
  if (kind === "camera") {
    return (await navigator.mediaDevices.getUserMedia({ video: { width: WIDTH, height: HEIGHT } })).getVideoTracks();
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const paint = () => context.putImageData(noise(), 0, 0);
  paint();
  if (kind !== "still") {
    const timer = setInterval(paint, kind === "noise" ? 40 : 100);
    ending.addEventListener("abort", () => clearInterval(timer));
    if (kind === "slides") setTimeout(() => clearInterval(timer), 1000);
  }
  return canvas.captureStream(30).getVideoTracks();
}

function noise(): ImageData {
  const image = new ImageData(WIDTH, HEIGHT);
  for (let at = 0; at < image.data.length; at += 65_536) crypto.getRandomValues(image.data.subarray(at, at + 65_536));
  for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
  return image;
}

async function sound({ sound: kind }: Recipe): Promise<MediaStreamTrack[]> {
  if (kind === "none") return [];
  const voice = await navigator.mediaDevices.getUserMedia({ audio: true });
  if (kind !== "gap" && kind !== "unplugged") return voice.getAudioTracks();
  const context = new AudioContext();
  const through = context.createMediaStreamDestination();
  context.createMediaStreamSource(voice).connect(through);
  const tracks = through.stream.getAudioTracks();
  if (kind === "unplugged") setTimeout(() => tracks[0]?.stop(), 1000);
  else {
    setTimeout(() => void context.suspend(), 1000);
    setTimeout(() => void context.resume(), 2000);
  }
  return tracks;
}
