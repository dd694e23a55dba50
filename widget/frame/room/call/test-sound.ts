/**
 * Two soft tones, to hear whether the speaker is the right one. Realm: frame. Made here: nothing is loaded.
 */

/** Hz, one after the other. */
const TONES = [523.25, 783.99];
/** seconds each */
const TONE_S = 0.45;
const LOUDNESS = 0.2;

/** Resolves when it was played. @param speaker id of the device; absent: the browser's choice */
export async function playTestSound(speaker?: string): Promise<void> {
  const context = new AudioContext();
  try {
    if (speaker !== undefined && "setSinkId" in context) {
      await (context as AudioContext & { setSinkId(id: string): Promise<void> }).setSinkId(speaker);
    }
    await context.resume();
    await Promise.all(TONES.map((pitch, i) => tone(context, pitch, context.currentTime + i * TONE_S)));
  } finally {
    await context.close();
  }
}

/** Swells and fades, so that nothing clicks. */
function tone(context: AudioContext, pitch: number, start: number): Promise<void> {
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(LOUDNESS, start + TONE_S / 8);
  gain.gain.linearRampToValueAtTime(0, start + TONE_S);
  gain.connect(context.destination);
  const oscillator = new OscillatorNode(context, { frequency: pitch });
  oscillator.connect(gain);
  oscillator.start(start);
  oscillator.stop(start + TONE_S);
  return new Promise((resolve) => oscillator.addEventListener("ended", () => resolve()));
}
