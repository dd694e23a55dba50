/**
 * Camera and microphone: asks, lists, switches, meters, lets go. Says in words why a device can't be had.
 * Realm: frame. Sees plaintext media as a live stream; stores nothing.
 */
import { CodedError } from "../../wire/errors.ts";
import { levelOf } from "../loudness.ts";

export type ClipMode = "camera" | "voice";

export interface DeviceChoice {
  readonly camera?: string;
  readonly microphone?: string;
}

export interface DeviceLists {
  readonly cameras: readonly MediaDeviceInfo[];
  readonly microphones: readonly MediaDeviceInfo[];
}

/**
 * Asks for the devices of a mode.
 * @throws CodedError with a sentence that names what to change.
 */
export async function openDevices(mode: ClipMode, choice: DeviceChoice = {}): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia || !("MediaRecorder" in globalThis)) {
    throw new CodedError(
      "unsupported-browser",
      "This browser can't record here. A current Chrome, Edge, Firefox or Safari can.",
    );
  }
  const audio = { echoCancellation: true, noiseSuppression: true, ...exactly(choice.microphone) };
  const video = {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
    ...exactly(choice.camera),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, ...(mode === "camera" ? { video } : {}) });
  } catch (error) {
    throw await explainRefusal(error, mode);
  }
}

/** Devices by name, once permission is there. */
export async function listDevices(): Promise<DeviceLists> {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.deviceId !== "");
  return {
    cameras: devices.filter((device) => device.kind === "videoinput"),
    microphones: devices.filter((device) => device.kind === "audioinput"),
  };
}

/** Lets go of camera and microphone: their lights go out. */
export function closeDevices(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** s: what is being said just now. */
const MOMENT_S = 0.02;
/** Samples that are kept to look at: 0.34 s at 48 kHz. */
const KEPT = 16_384;

/** Loudness of a stream, 0 to 1, read as often as one likes. */
export class LevelMeter {
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples = new Float32Array(KEPT);

  constructor(stream: MediaStream) {
    this.#analyser.fftSize = KEPT;
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
    // Some browsers start it suspended although a click opened the microphone.
    void this.#context.resume();
  }

  /**
   * The mean of what was heard, 0 to 1 (loudness).
   * @param seconds of sound up to now, 0.34 at most: whoever reads seldom must not miss what was said in between
   */
  read(seconds = MOMENT_S): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const newest = this.#samples.subarray(-Math.min(KEPT, Math.round(seconds * this.#context.sampleRate)));
    return levelOf(newest.reduce((sum, sample) => sum + sample * sample, 0) / newest.length);
  }

  close(): void {
    void this.#context.close();
  }
}

function exactly(deviceId: string | undefined): { deviceId?: ConstrainDOMString } {
  return deviceId ? { deviceId: { exact: deviceId } } : {};
}

async function explainRefusal(error: unknown, mode: ClipMode): Promise<CodedError> {
  const name = error instanceof DOMException ? error.name : "";
  const wanted = mode === "camera" ? "camera and microphone" : "microphone";
  if (name === "NotAllowedError" || name === "SecurityError") {
    if (!(await policyAllows(mode))) {
      return new CodedError(
        "permission-policy",
        `This website's Permissions-Policy header forbids the ${wanted}. Its owner has to allow them for this frame.`,
      );
    }
    return new CodedError(
      "permission-denied",
      `The browser did not allow the ${wanted}. Allow them in the address bar and try again.`,
    );
  }
  if (name === "NotFoundError" || name === "OverconstrainedError") {
    return mode === "camera"
      ? new CodedError("no-camera", "No camera was found. Plug one in, or record your voice only.")
      : new CodedError("no-microphone", "No microphone was found. Plug one in and try again.");
  }
  if (name === "NotReadableError" || name === "AbortError") {
    return new CodedError("device-in-use", `Another program is using the ${wanted}. Close it and try again.`);
  }
  return new CodedError("recording-failed", `The ${wanted} could not be opened. Try again.`);
}

/** Chromium tells whether the page's policy forbids a device; elsewhere it counts as the person's own refusal. */
async function policyAllows(mode: ClipMode): Promise<boolean> {
  const policy = (document as { featurePolicy?: { allowsFeature(name: string): boolean } }).featurePolicy;
  return policy ? policy.allowsFeature("microphone") && (mode === "voice" || policy.allowsFeature("camera")) : true;
}
