/**
 * Fifty changes of the group during a call: somebody comes, somebody goes, again and again; the picture goes on.
 * Source: protocol.md §5, product.md R7.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../rooms/headless.ts";
import type { World } from "../world.ts";
import { countPictures, longestGap, picturesOf, reportsOf } from "./call-page.ts";
import { Caller, openCall } from "./caller.ts";

const CHANGES = 50;
/** ms without a picture that a person notices. */
const VISIBLE_MS = 1_000;
/** Of all changes, how many may have such a gap on a machine that does much else: its own stops are counted too. */
const SHARE_MAX = 0.1;

let world: World;
let room: Room;
let anna: Caller;
let ben: Caller;

before(async () => {
  await buildIfStale(() => undefined);
  ({ world, room } = await openCall());
  anna = await Caller.enter(world, room, "Anna", "camera", "microphone");
  ben = await Caller.enter(world, room, "Ben");
  await ben.untilSees(["Anna"]);
});
after(async () => {
  await world.close();
  await room.host.member.leave();
});

const epochsSealedIn = async (): Promise<number> => {
  const sealed = (await reportsOf(anna.frame)).flatMap((report) => (report.type === "sealed" ? report.epoch : []));
  return new Set(sealed).size;
};

/** ms without a picture while something happens, and a second after. */
async function gapDuring(change: () => Promise<void>): Promise<number> {
  const from = await ben.frame.evaluate(() => performance.now());
  await change();
  const until = await ben.frame.evaluate(() => performance.now());
  await ben.frame.waitForFunction((end) => {
    const { pictures } = (globalThis as unknown as { seen: { pictures: number[] } }).seen;
    return (pictures.at(-1) ?? 0) > end;
  }, until);
  const times = await picturesOf(ben.frame);
  const first = times.findLastIndex((time) => time <= from);
  return longestGap(times.slice(Math.max(0, first)));
}

const middle = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

test(`${CHANGES} changes of who is in the room leave no visible gap`, async (t) => {
  await countPictures(ben.frame);
  await ben.frame.waitForFunction(
    () => (globalThis as unknown as { seen: { pictures: number[] } }).seen.pictures.length > 20,
  );
  const atRest = longestGap(await picturesOf(ben.frame));
  const before = await epochsSealedIn();
  const gaps: number[] = [];
  for (let i = 0; i < CHANGES / 2; i++) {
    const [guest] = [await room.invite(`guest ${i}`)];
    gaps.push(await gapDuring(() => guest.untilPeople(4)));
    gaps.push(
      await gapDuring(async () => {
        await guest.member.leave();
        await room.host.untilPeople(3);
      }),
    );
  }
  gaps.sort((a, b) => a - b);
  const visible = gaps.filter((gap) => gap > VISIBLE_MS).length;
  const epochs = (await epochsSealedIn()) - before;
  t.diagnostic(
    `longest gaps: median ${middle(gaps).toFixed(0)} ms, most ${gaps.at(-1)?.toFixed(0)} ms, ${visible} visible; ` +
      `at rest ${atRest.toFixed(0)} ms; sealed in ${epochs} epochs more`,
  );
  assert.ok(epochs >= CHANGES * 0.8, `${epochs} epochs`);
  assert.ok(middle(gaps) < VISIBLE_MS, `median ${middle(gaps)} ms`);
  assert.ok(visible <= CHANGES * SHARE_MAX, `${visible} visible gaps`);
});
