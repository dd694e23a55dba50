/**
 * What a page may want of `<whatping-room>`: it shows less at once, and more only after a click in the sealed frame.
 * Real Chromium, the built element, the real API and relay. Source: product.md E2, E3, protocol.md §11.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { untilInSight } from "../../shots/covers.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import { button, enterRoom, type Heard, heardBy, inviteOf, openRoomPage, startRoom, untilPhase } from "./open-room.ts";

const ROOM = "<whatping-room></whatping-room>";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

type Answer = { readonly value: unknown } | { readonly code: string };

/** Calls a method of the element. Resolves with its value, or with the code that it was refused by. */
function call(page: Page, method: string, ...args: unknown[]): Promise<Answer> {
  return page.locator("whatping-room").evaluate(
    async (element, given) => {
      const room = element as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      try {
        return { value: await room[given.method]?.(...given.args) };
      } catch (error) {
        return { code: (error as { code: string }).code };
      }
    },
    { method, args },
  );
}

const question = (within: FrameLocator) => within.locator(".page-asks");
const sourcesIn = (within: FrameLocator): Promise<object> =>
  within.locator(ROOM_VIEW).evaluate((view) => (view as unknown as { media: { sources: object } }).media.sources);
const OFF = { microphone: "off", camera: "off", screen: "off" };

/** The relay of these tests has no SFU: as if it had one. */
function withSfu(within: FrameLocator): Promise<void> {
  return within.locator(ROOM_VIEW).evaluate(async (element) => {
    const view = element as HTMLElement & { media: object; updateComplete: Promise<unknown> };
    view.media = { ...view.media, sfu: "connected" };
    await view.updateComplete;
  });
}

/** Writes down what the frame's own code is asked to turn on or off. */
function recordTurns(within: FrameLocator): Promise<void> {
  return within.locator(ROOM_VIEW).evaluate((view) => {
    const { media } = (view as unknown as { call: { media: { turn(source: string, on: boolean): unknown } } }).call;
    const turned: string[] = [];
    Object.assign(globalThis, { turned });
    media.turn = async (source, on) => void turned.push(`${source} ${on ? "on" : "off"}`);
  });
}
const turnsOf = (within: FrameLocator): Promise<string[]> =>
  within.locator(ROOM_VIEW).evaluate(() => (globalThis as unknown as { turned: string[] }).turned);

async function openRecorded(): Promise<{ page: Page; within: FrameLocator }> {
  const opened = await openRoomPage(world, ROOM);
  await recordTurns(opened.within);
  return opened;
}

describe("what shows more of the person", () => {
  test("is only asked for: nothing is on before a click in the frame, and the page hears the answer", async () => {
    const { page, within } = await openRecorded();
    const answer = call(page, "askToUnmute");
    await question(within).getByText("This page asks to turn on your microphone.").waitFor();
    assert.deepEqual(await turnsOf(within), []);
    await question(within).getByRole("button", { name: "Turn on" }).click();
    assert.deepEqual(await answer, { value: true });
    assert.deepEqual(await turnsOf(within), ["microphone on"]);
    await question(within).waitFor({ state: "detached" });
    await page.context().close();
  });

  test("stays off after a no, and the page may not ask again at once", async () => {
    const { page, within } = await openRecorded();
    const answer = call(page, "askToStartCamera");
    await question(within).getByRole("button", { name: "No", exact: true }).click();
    assert.deepEqual(await answer, { value: false });
    assert.deepEqual(await call(page, "askToStartCamera"), { code: "asked-too-often" });
    assert.deepEqual(await call(page, "askToUnmute"), { code: "asked-too-often" });
    assert.deepEqual(await turnsOf(within), []);
    await page.context().close();
  });

  test("a script's click on the answer does nothing, and neither does one in its first moment", async () => {
    const { page, within } = await openRecorded();
    void call(page, "askToUnmute").catch(() => undefined);
    const yes = question(within).getByRole("button", { name: "Turn on" });
    await yes.waitFor();
    assert.equal(await yes.isDisabled(), true);
    await question(within).locator(".strong:not(:disabled)").waitFor();
    await yes.evaluate((each) => (each as HTMLElement).click());
    assert.deepEqual(await turnsOf(within), []);
    await question(within).waitFor();
    await page.context().close();
  });

  test("a flood of requests is one question", async () => {
    const { page, within } = await openRecorded();
    const answers = await page.locator("whatping-room").evaluate(async (element) => {
      const room = element as unknown as Record<string, () => Promise<unknown>>;
      const asked = Array.from({ length: 200 }, (_, i) =>
        room[i % 2 === 0 ? "askToUnmute" : "askToStartCamera"]?.().catch((error: { code: string }) => error.code),
      );
      const [, ...others] = asked;
      return [...new Set(await Promise.all(others))];
    });
    assert.deepEqual(answers, ["asked-too-often"]);
    assert.equal(await question(within).count(), 1);
    assert.deepEqual(await turnsOf(within), []);
    await page.context().close();
  });

  test("is not asked for where nobody stands before a door or is inside, nor a screen before the door", async () => {
    const { page, within } = await openRoomPage(world, '<whatping-room link="nonsense"></whatping-room>');
    await untilPhase(within, "refused");
    assert.deepEqual(await call(page, "askToUnmute"), { code: "not-now" });
    await page.locator("whatping-room").evaluate((element) => element.removeAttribute("link"));
    await untilPhase(within, "start");
    assert.deepEqual(await call(page, "askToShareScreen"), { code: "not-now" });
    assert.equal(await question(within).count(), 0);
    await page.context().close();
  });

  test("a question goes when there is nothing more to ask about", async () => {
    const { page, within } = await openRecorded();
    await startRoom(within);
    await withSfu(within);
    const answer = call(page, "askToShareScreen");
    await question(within).getByText("asks you to show your screen").waitFor();
    await button(within, "Leave").click();
    assert.deepEqual(await answer, { value: false });
    await untilPhase(within, "left");
    assert.equal(await question(within).count(), 0);
    await page.context().close();
  });

  test("is not asked for where the relay has no SFU", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within);
    await within.locator(ROOM_VIEW).evaluate(
      (view) =>
        new Promise<void>((resolve) => {
          const look = () => {
            if ((view as unknown as { media: { sfu: string } }).media.sfu === "none") resolve();
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
    assert.deepEqual(await call(page, "askToUnmute"), { code: "no-sfu" });
    await page.context().close();
  });
});

describe("what shows less", () => {
  test("is done at once, without a question", async () => {
    const { page, within } = await openRecorded();
    for (const method of ["mute", "stopCamera", "stopScreenShare"]) await call(page, method);
    assert.deepEqual(await turnsOf(within), ["microphone off", "camera off", "screen off"]);
    assert.equal(await question(within).count(), 0);
    await page.context().close();
  });

  test("there is no method that lets a page end the room, admit, remove, record or invite", async () => {
    const { page } = await openRoomPage(world, ROOM);
    const own = await page
      .locator("whatping-room")
      .evaluate((element) => Object.getOwnPropertyNames(Object.getPrototypeOf(element)));
    assert.doesNotMatch(own.join(" "), /end|admit|remove[A-Z]|record|invite|lock|say|write|enter|join/i);
    await page.context().close();
  });
});

describe("every promise settles", () => {
  test("methods that are called before the frame is there wait for it", async () => {
    world.host.show("");
    const page = await world.newProfile();
    await page.goto(world.host.origin);
    const asked = page.evaluate(async () => {
      await customElements.whenDefined("whatping-room");
      const room = document.createElement("whatping-room") as HTMLElement & Record<string, () => Promise<unknown>>;
      document.body.append(room);
      return Promise.all([room.mute?.(), room.askToUnmute?.().catch((error) => error.code)]);
    });
    const within = page.frameLocator("whatping-room iframe");
    await question(within).getByRole("button", { name: "No", exact: true }).click();
    assert.deepEqual(await asked, [undefined, false]);
    await page.context().close();
  });

  test("when the element is removed, by a code; and where it is in no document, at once", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    const codes = page.locator("whatping-room").evaluate(async (element) => {
      const room = element as HTMLElement & Record<string, () => Promise<unknown>>;
      const asked = room.askToUnmute?.().catch((error) => error.code);
      await new Promise((resolve) => addEventListener("keydown", resolve, { once: true }));
      room.remove();
      return [await asked, await room.mute?.().catch((error) => error.code)];
    });
    await question(within).waitFor();
    await page.keyboard.press("a");
    assert.deepEqual(await codes, ["not-mounted", "not-mounted"]);
    await page.context().close();
  });

  test("where the frame was refused, by the refusal's code", async () => {
    world.host.show("");
    const page = await world.newProfile();
    await page.goto(world.host.origin);
    const code = await page.evaluate(async () => {
      await customElements.whenDefined("whatping-room");
      const room = document.createElement("whatping-room") as HTMLElement & Record<string, () => Promise<unknown>>;
      room.setAttribute("frame-origin", location.origin);
      document.body.append(room);
      return room.openChat?.().catch((error) => error.code);
    });
    assert.equal(code, "not-mounted");
    await page.context().close();
  });
});

describe("parts", () => {
  test("what a page may not show stays where the person needs it: who is here, what is false, the code", async () => {
    const { page, within } = await openRoomPage(world, "<whatping-room minimal></whatping-room>");
    await page.setViewportSize({ width: 1280, height: 720 });
    await startRoom(within);
    await within.getByRole("textbox", { name: "Write a message" }).waitFor({ state: "hidden" });
    assert.equal(await within.locator(".aside").count(), 0);
    await button(within, "Room code").waitFor();
    await within.getByRole("button", { name: /^People/ }).click();
    await within.locator("#people .person").first().waitFor();
    await page.keyboard.press("Escape");
    await within.locator(ROOM_VIEW).evaluate(async (element) => {
      const view = element as HTMLElement & { room: object; updateComplete: Promise<unknown> };
      view.room = { ...view.room, alarms: ["heads-differ"] };
      await view.updateComplete;
    });
    await within.getByRole("alert").getByText("Something false came, and was not let in").waitFor();
    await page.context().close();
  });

  test("what is no value of an attribute hides nothing", async () => {
    const { page, within } = await openRoomPage(
      world,
      '<whatping-room chat="none" people="" screen-share="true" view="upside-down" microphone="on" camera="on"></whatping-room>',
    );
    await page.setViewportSize({ width: 1280, height: 720 });
    await startRoom(within);
    await within.getByRole("textbox", { name: "Write a message" }).waitFor();
    await within.locator(".aside").waitFor();
    const marks = await within.locator(ROOM_VIEW).evaluate((view) => Object.keys((view as HTMLElement).dataset));
    assert.deepEqual(marks, ["phase"]);
    assert.deepEqual(await sourcesIn(within), OFF);
    await page.context().close();
  });

  test("a page opens people and settings inside, nothing outside, and nothing over another dialog", async () => {
    const { page, within } = await openRoomPage(world, '<whatping-room people="off"></whatping-room>');
    await untilPhase(within, "start");
    for (const method of ["openChat", "openPeople", "openSettings"]) {
      assert.deepEqual(await call(page, method), { code: "not-now" });
    }
    await startRoom(within);
    await call(page, "openPeople");
    await within.locator("#people[open]").waitFor();
    assert.deepEqual(await call(page, "openSettings"), { code: "not-now" });
    await page.keyboard.press("Escape");
    await within.locator("#people[open]").waitFor({ state: "detached" });
    await call(page, "openSettings");
    await within.locator("#devices[open]").waitFor();
    await page.context().close();
  });

  test("a dialog that the page opened counts as something over the frame, until it has been in sight again for a while", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await startRoom(within);
    await untilInSight(within);
    const view = within.locator(ROOM_VIEW);
    const isCovered = () =>
      view.evaluate((element) => (element as unknown as { covered: { isCovered: boolean } }).covered.isCovered);
    assert.equal(await isCovered(), false);
    await call(page, "openSettings");
    await within.locator("#devices[open]").waitFor();
    assert.equal(await isCovered(), true);
    // At the very moment: a while later it has been in sight for long enough.
    await view.evaluate((element) => {
      const { covered, renderRoot } = element as HTMLElement & { covered: { isCovered: boolean }; renderRoot: Node };
      const note = () => {
        element.dataset.coveredAtClose = String(covered.isCovered);
      };
      renderRoot.addEventListener("close", note, { capture: true, once: true });
    });
    await page.keyboard.press("Escape");
    await within.locator("#devices[open]").waitFor({ state: "detached" });
    await within.locator(`${ROOM_VIEW}[data-covered-at-close]`).waitFor();
    assert.equal(await view.getAttribute("data-covered-at-close"), "true");
    await untilInSight(within);
    await page.context().close();
  });

  test("a frame gets the speakers' feature where the browser knows it", async () => {
    const { page } = await openRoomPage(world, ROOM);
    const [allow, isKnown] = await page.locator("whatping-room").evaluate((element) => {
      const { featurePolicy } = document as unknown as { featurePolicy: { features(): string[] } };
      const frame = element.shadowRoot?.querySelector("iframe");
      return [frame?.allow ?? "", featurePolicy.features().includes("speaker-selection")] as const;
    });
    assert.equal(allow.includes(`speaker-selection ${world.api.origin}`), isKnown, allow);
    await page.context().close();
  });

  test("the stage's view comes by attribute and by method", async () => {
    const { page, within } = await openRoomPage(world, '<whatping-room view="speaker"></whatping-room>');
    await untilPhase(within, "start");
    const layout = () =>
      within.locator(ROOM_VIEW).evaluate((view) => (view as unknown as { stage: { layout: string } }).stage.layout);
    assert.equal(await layout(), "speaker");
    await call(page, "setView", "grid");
    assert.equal(await layout(), "grid");
    assert.deepEqual(await call(page, "setView", "constructor"), { code: "frame-protocol" });
    await page.context().close();
  });

  test("properties reflect their attributes", async () => {
    const { page } = await openRoomPage(world, '<whatping-room screen-share="off"></whatping-room>');
    const seen = await page.locator("whatping-room").evaluate((element) => {
      const room = element as unknown as Record<string, unknown> & HTMLElement;
      room.microphone = "ask";
      room.minimal = true;
      room.screenShare = null;
      const set = [room.getAttribute("microphone"), room.hasAttribute("minimal"), room.hasAttribute("screen-share")];
      room.removeAttribute("minimal");
      return [...set, room.minimal, room.microphone, room.chat];
    });
    assert.deepEqual(seen, ["ask", true, false, false, "ask", null]);
    await page.context().close();
  });
});

/** Details of the events of this name that the page heard, in order. */
async function detailsOf(page: Page, name: string): Promise<Readonly<Record<string, unknown>>[]> {
  return (await heardBy(page)).flatMap((heard: Heard) =>
    heard.name === `whatping-${name}` ? [heard.detail as Readonly<Record<string, unknown>>] : [],
  );
}

test("a page hears who comes and goes as pseudonyms that no other site is told, and never a key of the roster", async () => {
  const { page, within } = await openRoomPage(world, ROOM);
  await startRoom(within, "Mara");
  const anna = await enterRoom(world, await inviteOf(within), "Anna");
  await within.getByText("Anna came in").waitFor();
  const keys = await within
    .locator(ROOM_VIEW)
    .evaluate((view) =>
      (view as unknown as { room: { people: { id: string; identity: string }[] } }).room.people.flatMap((each) => [
        each.id,
        each.identity,
      ]),
    );
  await button(anna, "Leave").click();
  await within.getByText("Anna left").waitFor();
  const joined = await detailsOf(page, "participant-joined");
  assert.deepEqual(
    joined.map(({ self }) => self),
    [true, false],
  );
  assert.deepEqual(await detailsOf(page, "participant-left"), [{ id: joined[1]?.id }]);
  for (const { id } of joined) assert.match(String(id), /^[\w-]{22}$/);
  const all = JSON.stringify(await heardBy(page));
  for (const key of keys) assert.ok(!all.includes(key), "a key of the roster was told");
  assert.equal((await detailsOf(page, "connection")).at(0)?.relay, "connecting");
  assert.ok((await detailsOf(page, "connection")).some(({ relay }) => relay === "connected"));
  const [devices, ...more] = await detailsOf(page, "devices");
  assert.deepEqual([Object.keys(devices ?? {}).sort(), more], [["camera", "microphone"], []]);
  await anna.context().close();
  await page.context().close();
});
