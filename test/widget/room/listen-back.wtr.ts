/**
 * One's own microphone, recorded and played to oneself: real Chromium, its fake microphone. Nothing leaves the document.
 */
import { listenBackOn } from "../../../widget/frame/room/call/listen-back.ts";
import { playTestSound } from "../../../widget/frame/room/call/test-sound.ts";
import { equal, ok, rejects } from "../../support/browser-assert.ts";

async function openMicrophone(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  return stream.getAudioTracks()[0] as MediaStreamTrack;
}

describe("hearing oneself", () => {
  it("records, then plays, and leaves the microphone on", async function (this: { timeout(ms: number): void }) {
    this.timeout(60_000);
    const track = await openMicrophone();
    const steps: string[] = [];
    const start = performance.now();
    await listenBackOn(track)((step) => steps.push(step), new AbortController().signal);
    equal(steps.join(), "recording,playing");
    ok(performance.now() - start >= 5_000, "three seconds were recorded and played");
    equal(track.readyState, "live");
    track.stop();
  });

  it("ends at once when the person goes in, and plays nothing", async () => {
    const track = await openMicrophone();
    const steps: string[] = [];
    const over = new AbortController();
    const heard = listenBackOn(track)((step) => steps.push(step), over.signal);
    over.abort();
    await heard;
    equal(steps.join(), "recording");
    track.stop();
  });

  it("says that nothing could be recorded where the microphone is gone", async () => {
    const track = await openMicrophone();
    track.stop();
    await rejects(
      () => listenBackOn(track)(() => undefined, new AbortController().signal),
      (error) => (error as { code?: string }).code === "recording-failed",
    );
  });
});

describe("the speaker's test", () => {
  it("is over after two tones", async () => {
    const start = performance.now();
    await playTestSound();
    ok(performance.now() - start >= 800, "both tones were played");
  });
});
