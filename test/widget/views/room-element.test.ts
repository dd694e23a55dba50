/**
 * `<whatping-room>` as a page meets it: attributes in, states out, and never a link, a name or a word; moved, reloaded,
 * misused. Real Chromium, the built element, the real API and relay. Source: product.md E2, E3, E9, protocol.md §11.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { sealedFrame } from "../../flow/recorder-driver.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { coverFromStart, untilInSight } from "../../shots/covers.ts";
import {
  button,
  codesOf,
  draft,
  enterRoom,
  heardBy,
  inviteOf,
  nameField,
  openRoomPage,
  phasesOf,
  sayInRoom,
  startRoom,
  untilPhase,
  untilSaid,
} from "./open-room.ts";

const ROOM = "<whatping-room></whatping-room>";
const ID = "A".repeat(22);
const SECRET = "A".repeat(43);

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

const setAttribute = (page: Page, name: string, value: string): Promise<void> =>
  page
    .locator("whatping-room")
    .evaluate((element, [key, text]) => element.setAttribute(key as string, text as string), [name, value]);

describe("what the page hears", () => {
  test("states and a number of people; never the link, a name or a word, whatever happens inside", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within, "Mara Geheim");
    const link = await inviteOf(within);
    const anna = await enterRoom(world, link, "Anna Geheim");
    await within.getByText("Anna Geheim came in").waitFor();
    await sayInRoom(within, "the word is swordfish");
    await untilSaid(anna, "swordfish");
    await button(anna, "Leave").click();
    await within.getByText("Anna Geheim left").waitFor();
    await page.locator("whatping-room").evaluate((element) => (element as unknown as { leave(): void }).leave());
    await untilPhase(within, "left");
    const heard = await heardBy(page);
    const counts = heard.flatMap(({ detail }) => detail?.count ?? []);
    assert.deepEqual(counts, [1, 2, 1, 0]);
    const phases = await phasesOf(page);
    assert.equal(phases[0], "start");
    assert.ok(phases.indexOf("opening") < phases.indexOf("in"));
    assert.equal(phases.at(-1), "left");
    assert.equal(heard.filter(({ name }) => name === "whatping-ready").length, 1);
    assert.doesNotMatch(JSON.stringify(heard), /Geheim|swordfish|#[hs]=|\/r\//);
    assert.ok(!JSON.stringify(heard).includes(new URL(link).hash.slice(3, 30)));
    await anna.context().close();
    await page.context().close();
  });

  test("a refusal by its code", async () => {
    const { page, within } = await openRoomPage(
      world,
      `<whatping-room link="${world.api.origin}/r/${ID}#s=${SECRET}&v=1" name="Mara"></whatping-room>`,
    );
    await untilInSight(within);
    await button(within, "Enter").click();
    await untilPhase(within, "refused");
    await within.getByRole("heading", { name: "There is no such room" }).waitFor();
    assert.deepEqual(await codesOf(page), ["no-such-room"]);
    await page.context().close();
  });

  test("a frame of the page's own origin is refused in one line, by the room's own event", async () => {
    world.host.show(`<whatping-room frame-origin="${world.host.origin}"></whatping-room>`);
    const page = await world.newProfile();
    await page.goto(world.host.origin);
    await page.locator("whatping-room").getByRole("alert").waitFor();
    assert.deepEqual(await codesOf(page), ["same-origin"]);
    assert.equal(
      (await heardBy(page)).some(({ name }) => name.startsWith("wisp-")),
      false,
    );
    await page.context().close();
  });
});

describe("attributes", () => {
  for (const link of [
    "javascript:alert(1)",
    "https://elsewhere.example/r/x#s=y&v=1",
    "nonsense",
    "",
    `data:text/html,/r/${ID}#s=${SECRET}&v=1`,
  ]) {
    test(`link=${JSON.stringify(link)} is refused, and nothing is asked of anyone`, async () => {
      const { page, within } = await openRoomPage(world, `<whatping-room link="${link}"></whatping-room>`);
      await untilPhase(within, "refused");
      await within.getByRole("heading", { name: "A piece of the link is missing" }).waitFor();
      assert.deepEqual(await codesOf(page), ["link-malformed"]);
      await page.context().close();
    });
  }

  test("a name is only what the field begins with: cut to its length, text and nothing else, the person's own wins", async () => {
    const hostile = `<img src=x onerror=alert(1)>${"x".repeat(100)}`;
    const { page, within } = await openRoomPage(world, ROOM, async (fresh) => {
      fresh.on("dialog", () => assert.fail("it ran"));
    });
    await setAttribute(page, "name", hostile);
    await within.locator("input#name").and(within.locator(":not([value=''])")).first().waitFor();
    await page.waitForFunction(() => true);
    assert.equal(await untilValue(page, hostile.slice(0, 64)), hostile.slice(0, 64));
    await nameField(within).fill("Mara");
    await setAttribute(page, "name", "Somebody else");
    await setAttribute(page, "theme", "dark");
    await within.locator('whatping-room-view[theme="dark"]').waitFor({ state: "attached" });
    assert.equal(await nameField(within).inputValue(), "Mara");
    await page.context().close();
  });

  test("what is no theme, no language and no name is ignored", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    for (const [name, value] of [
      ["theme", "url(evil)"],
      ["lang", "../../de"],
      ["lang", "constructor"],
      ["name", "x".repeat(300)],
    ] as const) {
      await setAttribute(page, name, value);
    }
    await setAttribute(page, "theme", "light");
    await within.locator('whatping-room-view[theme="light"]').waitFor({ state: "attached" });
    await within.getByRole("heading", { name: "Start a room" }).waitFor();
    assert.equal(await nameField(within).inputValue(), "");
    assert.deepEqual(await phasesOf(page), ["start"]);
    await page.context().close();
  });

  for (const [lang, title] of [
    ["de", "Raum eröffnen"],
    ["de-CH", "Raum eröffnen"],
    ["fr", "Ouvrir un salon"],
    ["IT", "Apri una stanza"],
    ["ja", "Start a room"],
  ] as const) {
    test(`lang="${lang}" says "${title}"`, async () => {
      const { page, within } = await openRoomPage(world, `<whatping-room lang="${lang}"></whatping-room>`);
      await within.getByRole("heading", { name: title, exact: true }).waitFor();
      await setAttribute(page, "lang", "fr");
      await within.getByRole("heading", { name: "Ouvrir un salon", exact: true }).waitFor();
      assert.equal(await within.locator("html").getAttribute("lang"), "fr");
      await page.context().close();
    });
  }

  test("without lang, the browser's language", async () => {
    world.host.show(ROOM);
    const context = await world.browser.newContext({ locale: "it-CH" });
    const page = await context.newPage();
    await page.goto(world.host.origin);
    const within = sealedFrame(page, "whatping-room");
    await within.getByRole("heading", { name: "Apri una stanza", exact: true }).waitFor();
    await context.close();
  });

  test("another link is not looked at while somebody is inside", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within);
    await setAttribute(page, "link", "https://elsewhere.example/r/x#s=y&v=1");
    await setAttribute(page, "theme", "dark");
    await within.locator('whatping-room-view[theme="dark"]').waitFor({ state: "attached" });
    await sayInRoom(within, "still here");
    await untilSaid(within, "still here");
    assert.equal((await phasesOf(page)).at(-1), "in");
    await page.context().close();
  });
});

/** Resolves with the field's value once it is the wanted one. */
async function untilValue(page: Page, wanted: string): Promise<string> {
  const field = nameField(sealedFrame(page, "whatping-room"));
  return field.evaluate(
    (input, value) =>
      new Promise<string>((resolve) => {
        const look = () => {
          if ((input as HTMLInputElement).value === value) resolve(value);
          else requestAnimationFrame(look);
        };
        look();
      }),
    wanted,
  );
}

describe("moved and reloaded", () => {
  test("moveBefore keeps the room and what was said", async () => {
    const { page, within } = await openRoomPage(world, `${ROOM}<section></section>`);
    await startRoom(within);
    await sayInRoom(within, "before the move");
    await untilSaid(within, "before the move");
    await page.evaluate(() => {
      const section = document.querySelector("section") as HTMLElement & {
        moveBefore(node: Node, child: Node | null): void;
      };
      section.moveBefore(document.querySelector("whatping-room") as Node, null);
    });
    await untilSaid(within, "before the move");
    await sayInRoom(within, "after the move");
    await untilSaid(within, "after the move");
    assert.deepEqual(
      (await phasesOf(page)).filter((phase) => phase === "start"),
      ["start"],
    );
    await page.context().close();
  });

  test("after a reload one click leads back into the room, as host; after leaving there is nothing to come back to", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within, "Mara");
    const link = await inviteOf(within);
    await page.reload();
    await untilPhase(within, "pre-join");
    await within.getByRole("heading", { name: "Come back in?" }).waitFor();
    assert.equal(await nameField(within).inputValue(), "Mara");
    await untilInSight(within);
    await button(within, "Enter").click();
    await untilPhase(within, "in");
    assert.ok(!(await phasesOf(page)).includes("waiting"), "who was alone waits for nobody");
    assert.equal(await inviteOf(within), link);
    await within.locator('input[data-link="host"]').waitFor({ state: "attached" });
    await button(within, "Leave").click();
    await untilPhase(within, "left");
    await page.reload();
    await untilPhase(within, "start");
    await page.context().close();
  });
});

test("Enter asks first where something covers the frame, and the page hears why", async () => {
  const { page, within } = await openRoomPage(world, ROOM, (fresh) => coverFromStart(fresh, "overlay"));
  await nameField(within).fill("Mara");
  await nameField(within).press("Enter");
  const question = within.getByRole("dialog", { name: "Something covers this window" });
  await question.filter({ hasText: "the others there see your name" }).waitFor();
  await untilPhase(within, "start");
  assert.deepEqual(await codesOf(page), ["frame-covered"]);
  await question.getByRole("button", { name: "Yes, go on" }).click();
  await untilPhase(within, "in");
  await page.context().close();
});

for (const [lang, title, consequence, goOn] of [
  ["de", "Etwas verdeckt dieses Fenster", "die anderen dort sehen deinen Namen", "Ja, weiter"],
  ["fr", "Quelque chose couvre cette fenêtre", "les autres y voient votre nom", "Oui, continuer"],
  ["it", "Qualcosa copre questa finestra", "gli altri lì vedono il tuo nome", "Sì, continua"],
] as const) {
  test(`the question about a covered frame is asked in the language of the room: ${lang}`, async () => {
    const markup = `<whatping-room lang="${lang}"></whatping-room>`;
    const { page, within } = await openRoomPage(world, markup, (fresh) => coverFromStart(fresh, "overlay"));
    await within.locator("#name").fill("Mara");
    await within.locator("#name").press("Enter");
    const question = within.getByRole("dialog", { name: title });
    await question.filter({ hasText: consequence }).waitFor();
    await question.getByRole("button", { name: goOn }).click();
    await untilPhase(within, "in");
    await page.context().close();
  });
}

describe("a page of its own", () => {
  test("keeps the fragment until Enter, remembers the room for this tab only, and forgets it at leaving", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within);
    const link = await inviteOf(within);
    const guest = await world.newProfile();
    await guest.goto(link);
    await untilPhase(guest, "pre-join");
    assert.equal(guest.url(), link);
    const stored = () => guest.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
    assert.doesNotMatch(await stored(), /#s=/);
    await nameField(guest).fill("Anna");
    await button(guest, "Enter").click();
    await untilPhase(guest, "in");
    assert.equal(guest.url(), link.split("#")[0]);
    assert.match(await stored(), /#s=/);
    await guest.reload();
    await untilPhase(guest, "pre-join");
    await button(guest, "Enter").click();
    await untilPhase(guest, "in");
    await button(guest, "Leave").click();
    await untilPhase(guest, "left");
    assert.doesNotMatch(await stored(), /#s=/);
    await button(guest, "Come back in").click();
    await button(guest, "Enter").click();
    await untilPhase(guest, "in");
    await guest.context().close();
    await page.context().close();
  });

  test("repairs a link that was mangled, and says what that means", async () => {
    const page = await world.newProfile();
    await page.goto(`${world.api.origin}/r/${ID}%23s=${SECRET}&v=1`);
    await untilPhase(page, "pre-join");
    await page.getByText("the server has seen the room’s secret").waitFor();
    assert.equal(page.url(), `${world.api.origin}/r/${ID}#s=${SECRET}&v=1`);
    await page.context().close();
  });

  test("says that a piece is missing, and offers no room of its own", async () => {
    const page = await world.newProfile();
    await page.goto(`${world.api.origin}/r/${ID}#s=short`);
    await untilPhase(page, "refused");
    await page.getByRole("heading", { name: "A piece of the link is missing" }).waitFor();
    assert.equal(await page.getByRole("button").count(), 0);
    await page.context().close();
  });

  test("a host may leave the message field empty; what the room says is never HTML", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within, "<b>Mara</b>");
    await draft(within).press("Enter");
    await sayInRoom(within, '<img src=x onerror="alert(1)"> https://example.org/?a=<b>');
    await untilSaid(within, "<img src=x");
    assert.equal(await within.locator(".said").count(), 1);
    assert.equal(await within.locator(".log img, .log b, .person b").count(), 0);
    const anchor = within.locator(".text a");
    assert.deepEqual(
      await anchor.evaluate((a) => [a.getAttribute("href"), a.getAttribute("rel"), a.getAttribute("target")]),
      ["https://example.org/?a=", "noopener noreferrer", "_blank"],
    );
    await page.context().close();
  });
});
