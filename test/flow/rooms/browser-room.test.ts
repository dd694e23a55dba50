/**
 * A room as people share it: several browser profiles, in an element on a page with a strict policy or on the room's own
 * page, and members without a browser; one relay on the run's Redis. What everyone sees, and what they see when something
 * breaks. Source: product.md R2, R8, R9, R16.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { parseRoomLink } from "../../../widget/seal/room-link.ts";
import { untilInSight } from "../../shots/covers.ts";
import {
  button,
  codeIn,
  enterRoom,
  heardBy,
  inviteOf,
  nameField,
  openRoomPage,
  sayInRoom,
  startRoom,
  textsIn,
  untilPhase,
  untilSaid,
} from "../../widget/views/open-room.ts";
import { openWorld, type World } from "../world.ts";
import { openCable } from "./cable.ts";
import { Headless } from "./headless.ts";

type Scope = FrameLocator | Page;

/** Somebody with a browser. */
interface Someone {
  readonly name: string;
  readonly page: Page;
  /** where their room is: the page itself, or the element's frame */
  readonly room: Scope;
}

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld();
});
after(() => world.close());

/** Starts a room in an element on the customer's page. */
async function begin(): Promise<Someone & { readonly link: string }> {
  const { page, within } = await openRoomPage(world, "<whatping-room></whatping-room>");
  await startRoom(within, "Mara");
  return { name: "Mara", page, room: within, link: await inviteOf(within) };
}

/** Opens the link on the room's own page. */
async function come(link: string, name: string): Promise<Someone> {
  const page = await enterRoom(world, link, name);
  return { name, page, room: page };
}

/** Opens the customer's page, which has the link. */
async function comeEmbedded(link: string, name: string): Promise<Someone> {
  const { page, within } = await openRoomPage(world, `<whatping-room link="${link}"></whatping-room>`);
  await untilPhase(within, "pre-join");
  await nameField(within).fill(name);
  await untilInSight(within);
  await button(within, "Enter").click();
  await untilPhase(within, "in");
  return { name, page, room: within };
}

async function comeHeadless(link: string, name: string): Promise<Headless> {
  const headless = await Headless.begin({
    relay: `http://127.0.0.1:${world.api.port}`,
    link: parseRoomLink(link),
    name,
  });
  await headless.until(() => headless.phase === "in", "inside");
  return headless;
}

const namesIn = (room: Scope): Promise<string[]> => room.locator(".person .name").allTextContents();
const notesIn = (room: Scope): Promise<string[]> => room.locator(".lines .note > span").allTextContents();

async function untilPeople(room: Scope, count: number): Promise<void> {
  await room
    .locator(".person")
    .nth(count - 1)
    .waitFor();
  await room.locator(".person").nth(count).waitFor({ state: "detached" });
}

/** Everyone sees these people and no others, and the same 30 digits. */
async function assertOneGroup(names: readonly string[], people: readonly Someone[], headless: readonly Headless[]) {
  const sorted = [...names].sort();
  await Promise.all([
    ...people.map(({ room }) => untilPeople(room, names.length)),
    ...headless.map((one) => one.untilPeople(names.length)),
  ]);
  for (const { room } of people) assert.deepEqual((await namesIn(room)).sort(), sorted);
  for (const one of headless) assert.deepEqual(one.names, sorted);
  const codes = [...(await Promise.all(people.map(({ room }) => codeIn(room)))), ...headless.map(({ code }) => code)];
  assert.match(codes[0] ?? "", /^\d{30}$/);
  assert.deepEqual(new Set(codes).size, 1, `codes differ: ${codes}`);
}

/** Everyone says three things at once; each arrives once at everyone, in one order, each person's own in theirs. */
async function assertOneTalk(people: readonly Someone[], headless: readonly Headless[]) {
  const before = headless[0]?.heard.length ?? 0;
  await Promise.all([
    ...people.map(async ({ room, name }) => {
      for (const n of [1, 2, 3]) await sayInRoom(room, `${name} ${n}`);
    }),
    ...headless.map(async (one) => {
      for (const n of [1, 2, 3]) await one.say(`${one.name} ${n}`);
    }),
  ]);
  const names = [...people, ...headless].map(({ name }) => name);
  await Promise.all([
    ...people.map(({ room }) => Promise.all(names.map((name) => untilSaid(room, `${name} 3`)))),
    ...headless.flatMap((one) => names.map((name) => one.untilHeard(`${name} 3`))),
  ]);
  const heard = headless[0]?.heard.slice(before) ?? [];
  assert.equal(heard.length, 3 * names.length);
  for (const one of headless) assert.deepEqual(one.heard.slice(-heard.length), heard);
  for (const { room } of people) assert.deepEqual((await textsIn(room)).slice(-heard.length), heard);
  for (const name of names) {
    const own = heard.filter((text) => text.startsWith(`${name} `));
    assert.deepEqual(
      own,
      [1, 2, 3].map((n) => `${name} ${n}`),
    );
  }
}

async function leave(...everyone: (Someone | Headless)[]): Promise<void> {
  await Promise.all(everyone.map((one) => (one instanceof Headless ? one.member.leave() : one.page.context().close())));
}

describe("one group", () => {
  test("two browsers and two members without one: the same people, code and talk, and a line for each who comes or goes", async () => {
    const mara = await begin();
    const anna = await comeEmbedded(mara.link, "Anna");
    const [hana, hugo] = [await comeHeadless(mara.link, "Hana"), await comeHeadless(mara.link, "Hugo")];
    await assertOneGroup(["Mara", "Anna", "Hana", "Hugo"], [mara, anna], [hana, hugo]);
    await assertOneTalk([mara, anna], [hana, hugo]);
    await hugo.member.leave();
    await assertOneGroup(["Mara", "Anna", "Hana"], [mara, anna], [hana]);
    assert.deepEqual(await notesIn(mara.room), ["Anna came in", "Hana came in", "Hugo came in", "Hugo left"]);
    assert.deepEqual(await notesIn(anna.room), ["Hana came in", "Hugo came in", "Hugo left"]);
    for (const { page } of [mara, anna]) {
      assert.deepEqual(
        (await heardBy(page)).filter(({ name }) => name === "violation"),
        [],
      );
    }
    await leave(mara, anna, hana);
  });

  test("five browsers, four of which come at once, and two members without one: the same", async () => {
    const mara = await begin();
    const guests = await Promise.all([
      come(mara.link, "Anna"),
      come(mara.link, "Ben"),
      comeEmbedded(mara.link, "Cleo"),
      comeEmbedded(mara.link, "Dora"),
    ]);
    const headless = await Promise.all([comeHeadless(mara.link, "Hana"), comeHeadless(mara.link, "Hugo")]);
    const people = [mara, ...guests];
    await assertOneGroup(["Mara", "Anna", "Ben", "Cleo", "Dora", "Hana", "Hugo"], people, headless);
    await assertOneTalk(people, headless);
    await leave(...people, ...headless);
  });
});

describe("hosts", () => {
  test("send somebody away: they read what happened, their link is dead, and the rest go on with a new one", async () => {
    const mara = await begin();
    const anna = await comeEmbedded(mara.link, "Anna");
    const ben = await come(mara.link, "Ben");
    const hana = await comeHeadless(mara.link, "Hana");
    await assertOneGroup(["Mara", "Anna", "Ben", "Hana"], [mara, anna, ben], [hana]);
    await mara.room.locator(".person", { hasText: "Anna" }).click();
    await button(mara.room, "Remove").click();
    await mara.room.getByRole("dialog", { name: "Remove Anna?" }).getByRole("button", { name: "Remove" }).click();

    await untilPhase(anna.room, "removed");
    await anna.room.getByRole("heading", { name: "A host sent you away" }).waitFor();
    assert.equal(await anna.room.locator(".said, .person, input[data-link]").count(), 0);
    await assertOneGroup(["Mara", "Ben", "Hana"], [mara, ben], [hana]);
    assert.deepEqual((await notesIn(ben.room)).at(-1), "Mara removed Anna");
    await anna.page.reload();
    await nameField(anna.room).fill("Anna");
    await untilInSight(anna.room);
    await button(anna.room, "Enter").click();
    await anna.room.getByRole("heading", { name: "This link has been replaced" }).waitFor();

    const dora = await come(await untilOtherInvite(ben.room, mara.link), "Dora");
    await assertOneGroup(["Mara", "Ben", "Hana", "Dora"], [mara, ben, dora], [hana]);
    await assertOneTalk([mara, ben, dora], [hana]);
    await leave(mara, anna, ben, dora, hana);
  });

  test("renew the link: who is inside stays, the old link is dead, and any member's invitation is the new one", async () => {
    const mara = await begin();
    const anna = await come(mara.link, "Anna");
    await button(mara.room, "More").click();
    await button(mara.room, "New link").click();
    await button(mara.room, "Make a new link").click();
    const link = await untilOtherInvite(anna.room, mara.link);
    assert.equal(await untilOtherInvite(mara.room, mara.link), link);
    const late = await world.newProfile();
    await late.goto(mara.link);
    await nameField(late).fill("Late");
    await button(late, "Enter").click();
    await late.getByRole("heading", { name: "This link has been replaced" }).waitFor();
    const hana = await comeHeadless(link, "Hana");
    await assertOneGroup(["Mara", "Anna", "Hana"], [mara, anna], [hana]);
    await late.context().close();
    await leave(mara, anna, hana);
  });
});

/** Resolves with the invitation once it is no longer the old one. */
async function untilOtherInvite(room: Scope, old: string): Promise<string> {
  const field = room.locator('input[data-link="invite"]');
  return field.evaluate(
    (input, known) =>
      new Promise<string>((resolve) => {
        const look = () => {
          const { value } = input as HTMLInputElement;
          if (value !== "" && value !== known) resolve(value);
          else requestAnimationFrame(look);
        };
        look();
      }),
    old,
  );
}

describe("what breaks", () => {
  test("a tab that is killed: its person comes back by the link, and is one person to all the time", async () => {
    const mara = await begin();
    const anna = await come(mara.link, "Anna");
    const hana = await comeHeadless(mara.link, "Hana");
    await assertOneGroup(["Mara", "Anna", "Hana"], [mara, anna], [hana]);
    const code = hana.code;
    const crashed = new Promise((resolve) => anna.page.once("crash", resolve));
    await anna.page.goto("chrome://crash").catch(() => undefined);
    await crashed;
    await anna.page.close();

    const page = await anna.page.context().newPage();
    await page.goto(mara.link);
    await nameField(page).fill("Anna");
    await button(page, "Enter").click();
    await untilPhase(page, "in");
    await sayInRoom(page, "here again");
    await untilSaid(mara.room, "here again");
    const back = { name: "Anna", page, room: page };
    // The old leaf goes when the relay has not heard of it for long enough: nobody is told that Anna was lost.
    await hana.until(
      () => hana.people.length === 3 && hana.all("roster").some(({ people }) => people.length === 4),
      "three leaves again",
    );
    await assertOneGroup(["Mara", "Anna", "Hana"], [mara, back], [hana]);
    assert.equal(hana.code, code);
    assert.deepEqual(await notesIn(mara.room), ["Anna came in", "Hana came in"]);
    await leave(mara, back, hana);
  });

  test("one person's network: they are told, write on, and resume by themselves; nothing is lost or doubled", async () => {
    const mara = await begin();
    const cable = await openCable();
    const page = await (await world.browser.newContext({ proxy: cable.proxy })).newPage();
    await page.goto(mara.link);
    await nameField(page).fill("Cleo");
    await button(page, "Enter").click();
    await untilPhase(page, "in");
    const cleo = { name: "Cleo", page, room: page };
    await assertOneGroup(["Mara", "Cleo"], [mara, cleo], []);

    cable.pull();
    await untilPhase(page, "reconnecting");
    await page.getByText("The connection is lost.").first().waitFor();
    await sayInRoom(page, "from the tunnel");
    await page.getByText("Not sent yet").waitFor();
    await sayInRoom(mara.room, "meanwhile");
    await untilSaid(mara.room, "meanwhile");
    cable.plug();
    await untilPhase(page, "in");
    await untilSaid(mara.room, "from the tunnel");
    await untilSaid(page, "meanwhile");
    assert.deepEqual(await textsIn(mara.room), ["meanwhile", "from the tunnel"]);
    assert.deepEqual(await textsIn(page), ["meanwhile", "from the tunnel"]);
    assert.deepEqual(await notesIn(mara.room), ["Cleo came in"]);
    await assertOneGroup(["Mara", "Cleo"], [mara, cleo], []);
    await leave(mara, cleo);
    await cable.close();
  });

  test("the relay: everyone is told and writes on; when it is back, all of it arrives, in one order", async () => {
    const mara = await begin();
    const anna = await come(mara.link, "Anna");
    const hana = await comeHeadless(mara.link, "Hana");
    await assertOneGroup(["Mara", "Anna", "Hana"], [mara, anna], [hana]);
    const code = hana.code;
    const startAgain = await world.stopApi();
    for (const { name, room } of [mara, anna]) {
      await untilPhase(room, "reconnecting");
      await room.getByText("We come back by ourselves.").first().waitFor();
      await sayInRoom(room, `${name} in the dark`);
      await room.getByText("Not sent yet").waitFor();
    }
    await startAgain();
    await Promise.all(
      [mara, anna].flatMap(({ room }) => ["Mara in the dark", "Anna in the dark"].map((text) => untilSaid(room, text))),
    );
    await hana.untilHeard("Mara in the dark");
    await hana.untilHeard("Anna in the dark");
    for (const { room } of [mara, anna]) {
      await untilPhase(room, "in");
      assert.deepEqual(await textsIn(room), hana.heard);
    }
    await assertOneGroup(["Mara", "Anna", "Hana"], [mara, anna], [hana]);
    assert.equal(hana.code, code);
    assert.deepEqual(hana.faults, []);
    assert.deepEqual(await notesIn(mara.room), ["Anna came in", "Hana came in"]);
    await leave(mara, anna, hana);
  });
});
