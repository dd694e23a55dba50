/**
 * Who a browser is in rooms: a key that nobody can read, the same after every reload, another one on every site; and what
 * the person is told where the browser keeps nothing. Real Chromium, the built frame. Source: product.md R1, R9.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { openChromium } from "../../support/chromium.ts";
import { button, enterRoom, inviteOf, startRoom, untilPhase } from "../../widget/views/open-room.ts";
import { sealedFrame } from "../recorder-driver.ts";
import { openWorld, underName, type World } from "../world.ts";

const ROOM = "<whatping-room></whatping-room>";
const OTHER_SITE = "blog.localhost";
const FORMATS = ["pkcs8", "jwk", "raw"] as const;

type Scope = FrameLocator | Page;

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true, hostNames: [OTHER_SITE] });
  world.host.show(ROOM);
});
after(() => world.close());

/** What the frame's own database says of its identity key. */
async function storedIdentity(room: Scope): Promise<{ publicKey: string; outcomes: string[] }> {
  return room.locator("whatping-room-view").evaluate(async (_view, formats) => {
    const answer = <T>(asked: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
    const database = await answer(indexedDB.open("whatping"));
    const [pair] = (await answer(database.transaction("identity").objectStore("identity").getAll())) as CryptoKeyPair[];
    database.close();
    if (!pair) throw new Error("no identity is stored");
    const tries = formats.map((format) =>
      crypto.subtle.exportKey(format, pair.privateKey).then(
        () => `${format} READABLE`,
        (error: DOMException) => `${format} ${error.name}`,
      ),
    );
    const outcomes = [`extractable ${pair.privateKey.extractable}`, ...(await Promise.all(tries))];
    const bytes = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
    return { publicKey: String(bytes), outcomes };
  }, FORMATS);
}

/** Identity key of the one inside, as the group has it. */
const ownIdentity = (room: Scope): Promise<string> =>
  room.locator("whatping-room-view").evaluate((view) => {
    const { people } = (view as unknown as { room: { people: { self: boolean; identity: string }[] } }).room;
    return people.find(({ self }) => self)?.identity ?? "";
  });

async function begin(page: Page, origin: string): Promise<FrameLocator> {
  await page.goto(origin);
  const room = sealedFrame(page, "whatping-room");
  await startRoom(room);
  return room;
}

test("the private key can't be exported in any format, not by the frame's own code either", async () => {
  const page = await world.newProfile();
  const room = await begin(page, world.host.origin);
  const { outcomes } = await storedIdentity(room);
  assert.deepEqual(outcomes, ["extractable false", ...FORMATS.map((format) => `${format} InvalidAccessError`)]);
  await page.context().close();
});

test("it is the same one after a reload and in another room, and another one in another profile", async () => {
  const page = await world.newProfile();
  const room = await begin(page, world.host.origin);
  const [first, stored] = [await ownIdentity(room), await storedIdentity(room)];
  assert.match(first, /^[\w-]{43}$/);
  await button(room, "Leave").click();
  await untilPhase(room, "left");
  await begin(page, world.host.origin);
  assert.equal(await ownIdentity(room), first);
  assert.deepEqual(await storedIdentity(room), stored);
  const other = await world.newProfile();
  assert.notEqual(await ownIdentity(await begin(other, world.host.origin)), first);
  await other.context().close();
  await page.context().close();
});

test("each embedding site sees another one, and the room's own page yet another", async () => {
  const page = await world.newProfile();
  const first = await begin(page, world.host.origin);
  const [here, stored] = [await ownIdentity(first), await storedIdentity(first)];
  const there = await ownIdentity(await begin(page, underName(world.host, OTHER_SITE)));
  const link = await inviteOf(sealedFrame(page, "whatping-room"));
  const alone = await page.context().newPage();
  await alone.goto(link);
  await alone.getByRole("textbox", { name: "Your name" }).fill("Mara");
  await button(alone, "Enter").click();
  await untilPhase(alone, "in");
  const own = await ownIdentity(alone);
  assert.equal(new Set([here, there, own]).size, 3);
  // And the first site's is still what it was.
  await page.goto(world.host.origin);
  await untilPhase(first, "pre-join");
  assert.deepEqual(await storedIdentity(first), stored);
  await page.context().close();
});

test("where the browser keeps nothing, the person reads it before Enter and inside, and is somebody new next time", async (t) => {
  const strict = await openStrictChromium();
  t.after(() => strict.close());
  const page = await strict.newPage();
  await page.goto(world.host.origin);
  const room = sealedFrame(page, "whatping-room");
  await room.getByText("this browser forgets it with this tab").waitFor();
  assert.equal(await room.getByText("whether it is the same browser as last time").count(), 0);
  await startRoom(room);
  const first = await ownIdentity(room);
  const link = await inviteOf(room);
  await button(room, "More").click();
  await room.getByRole("dialog").getByText("This browser keeps nothing for us").waitFor();
  assert.equal(await button(room, "Forget people I met").count(), 0);
  await room.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await room.locator(".person", { hasText: "You" }).click();
  await room.locator("#person").getByText("This browser keeps nothing for us").waitFor();
  // It is a room like any other.
  const anna = await enterRoom(world, link, "Anna");
  await room.getByText("Anna came in").waitFor();
  await anna.context().close();
  assert.notEqual(await ownIdentity(await begin(page, world.host.origin)), first);
});

/** A browser that denies storage to third-party frames, as some people set theirs. */
function openStrictChromium(): Promise<Browser> {
  return openChromium({ args: ["--disable-features=ThirdPartyStoragePartitioning"] });
}
