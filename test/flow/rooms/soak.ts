/**
 * Rooms of 2, 5 and 50 (or of SIZES) in any weather for SOAK_S seconds, all at once. Not among the tests of `npm test`: run by
 * soak-run.ts. Source: product.md R2; protocol.md §5.
 */
import { after, describe, test } from "node:test";
import { openRelay } from "./relay.ts";
import { SEED, weathers } from "./storm.ts";

const relay = await openRelay("redis");
after(() => relay.close());

const SOAK_S = Number(process.env.SOAK_S);
/** Fifty on one machine want most of a core for their heartbeats alone: a slower one takes fewer. */
const SIZES = (process.env.SIZES ?? "2,5,50").split(",").map(Number);

describe(`for ${SOAK_S} s (seed ${SEED})`, { concurrency: true }, () => {
  const end = Date.now() + SOAK_S * 1_000;
  for (const size of SIZES) {
    test(`${size} see one room, and hear the same in the same order`, async (t) => {
      await weathers({ relay: relay.origin, size, seed: SEED + size }, t, (storm) =>
        storm.rage(() => Date.now() < end),
      );
    });
  }
});
