/**
 * Rooms of 2, 5 and 50 (or of SIZES) in any weather for SOAK_S seconds, all at once; in those of five and more, two of
 * them in browsers. Not among the tests of `npm test`: run by soak-run.ts. Source: product.md R2; protocol.md §5.
 */
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { addressOf } from "../../support/room-address.ts";
import { codeIn, enterRoom, sayInRoom, textsIn, untilSaid } from "../../widget/views/open-room.ts";
import { openWorld, type World } from "../world.ts";
import { SEED, type Storm, type Witness, weathers } from "./storm.ts";

const SOAK_S = Number(process.env.SOAK_S);
/** Fifty on one machine want most of a core for their heartbeats alone: a slower one takes fewer. */
const SIZES = (process.env.SIZES ?? "2,5,50").split(",").map(Number);
const BROWSERS = 2;
/** People of whom two are in browsers. */
const WITNESSED_MIN = 5;
/** ms between two things that somebody in a browser says. */
const SAYS_EVERY_MS = 5_000;

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld();
});
after(() => world.close());

/** Somebody who comes in by the link in a browser of their own. */
async function comeInBrowser({ room }: Storm, name: string): Promise<Witness & { readonly page: Page }> {
  const page = await enterRoom(world, addressOf(room.link, world.api.origin), name);
  return {
    name,
    page,
    untilSaid: (text) => untilSaid(page, text),
    texts: () => textsIn(page),
    code: () => codeIn(page),
  };
}

/** Says something now and then, until it is told to stop. @returns what it said */
async function talk({ page, name }: { page: Page; name: string }, goesOn: () => boolean): Promise<string[]> {
  const said: string[] = [];
  while (goesOn()) {
    said.push(`${said.length} by ${name}`);
    await sayInRoom(page, said.at(-1) as string);
    await new Promise((resolve) => setTimeout(resolve, SAYS_EVERY_MS));
  }
  return said;
}

describe(`for ${SOAK_S} s (seed ${SEED})`, { concurrency: true }, () => {
  for (const size of SIZES) {
    const browsers = size < WITNESSED_MIN ? 0 : BROWSERS;
    test(`${size}, ${browsers} of them in browsers, see one room, and hear the same in the same order`, async (t) => {
      const relay = `http://127.0.0.1:${world.api.port}`;
      await weathers({ relay, size: size - browsers, seed: SEED + size }, t, async (storm) => {
        const pages = [];
        for (let i = 0; i < browsers; i++) pages.push(await comeInBrowser(storm, `browser ${i}`));
        storm.witnesses.push(...pages);
        const end = Date.now() + SOAK_S * 1_000;
        const goesOn = () => Date.now() < end;
        const [, ...said] = await Promise.all([storm.rage(goesOn), ...pages.map((page) => talk(page, goesOn))]);
        const { host } = storm.room;
        for (const text of said.flat()) await host.untilHeard(text);
      });
    });
  }
});
