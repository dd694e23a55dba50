/**
 * Fifty people, and everything at once. Here, where nothing else runs: fifty devices on one machine want most of a core
 * for their heartbeats alone. Source: product.md R2; protocol.md §5.
 */
import { after, test } from "node:test";
import { openRelay } from "../flow/rooms/relay.ts";
import { SEED, weathers } from "../flow/rooms/storm.ts";

const relay = await openRelay("redis");
after(() => relay.close());

test(`50 come, talk, update, leave, crash and come back, and see one room in the end (seed ${SEED})`, async (t) => {
  await weathers({ relay: relay.origin, size: 50, seed: SEED + 50 }, t, (storm) => storm.gust());
});
