/** How loud something is, on the one scale that every meter and every comparison here uses. Pure. Realm: frame. */

/** dB below full scale that count as silence. */
const SILENCE_DB = 60;

/** 0 to 1: −60 dB is 0, full scale is 1. @param power mean square of samples, full scale 1 */
export function levelOf(power: number): number {
  const decibel = 10 * Math.log10(Math.max(power, 1e-9));
  return Math.min(1, Math.max(0, (decibel + SILENCE_DB) / SILENCE_DB));
}
