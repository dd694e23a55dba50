/**
 * The stage of a call as a person uses it: what its signs follow, pins, keys, the chat behind its button, what the bar
 * has no room for. Real Chromium, the built frame; what is sent and what others say is posed (test/shots/media-poses.ts).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../../../widget/frame/room/room.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { MEDIA_POSES, NO_PICTURES, type Posed, poseMedia } from "../../shots/media-poses.ts";
import { openRoomElement } from "../../shots/room.ts";
import { poseRoom, ROOM_POSES, ROOM_VIEW } from "../../shots/room-poses.ts";
import { button, draft } from "./open-room.ts";

const WIDE = { width: 1280, height: 720 };
const PHONE = { width: 390, height: 700 };
const TALKING = ROOM_POSES.talking as Room;
const pose = (name: string): Posed => MEDIA_POSES[name] as Posed;

let world: World;
let page: Page;
let room: FrameLocator;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
  ({ page, frame: room } = await openRoomElement(world));
  await page.emulateMedia({ reducedMotion: "reduce" });
  await noteCalls();
});
after(() => world.close());

/** What the view asks of the call is written down instead of done: the call behind it is posed. */
async function noteCalls(): Promise<void> {
  await room.locator(ROOM_VIEW).evaluate((view) => {
    const asked: unknown[][] = [];
    Object.assign(globalThis, { asked });
    const { call } = view as unknown as { call: { media: object; commands: object } };
    const note = (name: string) => ({ value: async (...given: unknown[]) => void asked.push([name, ...given]) });
    Object.defineProperties(call.media, { turn: note("turn"), choose: note("choose"), unblockSound: note("unblock") });
    Object.defineProperties(call.commands, {
      raiseHand: note("hand"),
      react: note("react"),
      endForAll: note("end"),
    });
  });
}

/** Since the last time. */
const asked = (): Promise<unknown[][]> =>
  room
    .locator(ROOM_VIEW)
    .evaluate(() => (globalThis as unknown as { asked: unknown[][] }).asked.splice(0) as unknown[][]);

async function show(posed: Posed, size = WIDE, talk = TALKING): Promise<void> {
  await page.setViewportSize(size);
  await poseRoom(room, talk);
  await poseMedia(room, NO_PICTURES);
  await poseMedia(room, posed);
  await asked();
}

const figureOf = (name: string) => room.locator(".figure", { has: room.locator(`.hit[aria-label$=': ${name}']`) });
const pin = (name: string) => button(room, `Pin: ${name}`);

test("the sign of a muted microphone follows what its person says inside the group, whatever is heard", async () => {
  await show({ ...pose("four pictures"), speaking: ["id of Ben Okafor"], selfStates: { anna: { microphone: true } } });
  const isMuted = (name: string) => figureOf(name).locator(".name svg.icon").count();
  assert.equal(await isMuted("Anna"), 0);
  assert.equal(await isMuted("Ben Okafor"), 1);
  assert.ok(await figureOf("Ben Okafor").evaluate((tile) => tile.classList.contains("speaking")));
});

test("a forged picture is covered, and the warning says what it means and what to do", async () => {
  await show(pose("forged"));
  const video = figureOf("Anna").locator("video");
  assert.equal(await video.evaluate((each) => getComputedStyle(each).visibility), "hidden");
  assert.equal(
    await figureOf("Ben Okafor")
      .locator("video")
      .evaluate((each) => getComputedStyle(each).visibility),
    "visible",
  );
  await room.getByRole("alert").getByText("They are not shown. Ask Anna in another way").waitFor();
  await button(room, "Pin: Anna").waitFor();
  await room.locator(".person", { hasText: "Anna" }).getByText("Picture forged").waitFor();
});

test("a picture that is not vouched for is shown with a quiet mark, and one that can't be opened is not", async () => {
  await show(pose("signs over pictures"));
  const about = await pin("Ben Okafor").getAttribute("aria-describedby");
  assert.match((await room.locator(`#${about}`).textContent()) ?? "", /Weak connection.*Not confirmed yet/s);
  assert.equal(
    await figureOf("Ben Okafor")
      .locator("video")
      .evaluate((each) => getComputedStyle(each).visibility),
    "visible",
  );
  await show(pose("closed for other reasons"));
  assert.equal(
    await figureOf("Anna")
      .locator("video")
      .evaluate((each) => getComputedStyle(each).visibility),
    "hidden",
  );
});

test("who says to show nothing has no last picture standing there, and no tools for it", async () => {
  const visibility = () =>
    figureOf("Anna")
      .locator("video")
      .evaluate((each) => getComputedStyle(each).visibility);
  const says = (camera: boolean): Posed => ({ ...pose("one picture"), selfStates: { anna: { camera } } });
  await show(says(false));
  assert.equal(await visibility(), "hidden");
  assert.equal(await figureOf("Anna").locator(".avatar").count(), 1);
  assert.equal(await figureOf("Anna").locator(".tools").count(), 0);
  await show(says(true));
  assert.equal(await visibility(), "visible");
});

test("somebody whose key has changed is marked on the stage too", async () => {
  await show(pose("only voices"), WIDE, ROOM_POSES.changed as Room);
  const about = await pin("anna").getAttribute("aria-describedby");
  assert.match((await room.locator(`#${about}`).textContent()) ?? "", /^Changed/);
});

test("a pin wins over a screen that comes, and the second press lets it go", async () => {
  await show(pose("screen before twelve"));
  const front = () => room.locator(".figure.front").getAttribute("data-figure");
  assert.match((await front()) ?? "", /^screen/);
  await pin("Anna").click();
  assert.equal(await front(), "person id of Anna");
  assert.equal(await pin("Anna").getAttribute("aria-pressed"), "true");
  await pin("Anna").click();
  assert.match((await front()) ?? "", /^screen/);
});

test("pictures stay the same elements, attached once, through speaking, pinning and another view", async () => {
  await show(pose("signs over pictures"));
  const mark = () =>
    room.locator(".tiles").evaluate((tiles) => {
      for (const video of tiles.querySelectorAll("video")) Object.assign(video, { first: video.srcObject });
    });
  const kept = () =>
    room
      .locator(".tiles video")
      .evaluateAll(
        (videos) =>
          videos.filter((each) => "first" in each && each.first === (each as unknown as HTMLVideoElement).srcObject)
            .length,
      );
  await mark();
  const count = await kept();
  assert.equal(count, 4);
  await speak("id of Ben Okafor");
  await pin("Ben Okafor").click();
  await pin("Ben Okafor").click();
  await button(room, "Speaker view").click();
  await button(room, "Speaker view").click();
  assert.equal(await kept(), count);
});

async function speak(...ids: string[]): Promise<void> {
  await room.locator(ROOM_VIEW).evaluate(async (view, speaking) => {
    const posed = view as unknown as { media: object; updateComplete: Promise<unknown> };
    posed.media = { ...posed.media, speaking };
    await posed.updateComplete;
  }, ids);
}

test("whoever speaks changes nothing of the chat, however long it is", async (t) => {
  await show(pose("twelve pictures"), WIDE, longTalk());
  const cost = await room.locator(ROOM_VIEW).evaluate(async (view) => {
    const posed = view as unknown as { media: object; updateComplete: Promise<unknown> };
    const log = view.shadowRoot?.querySelector(".log") as Element;
    let changes = 0;
    const watch = new MutationObserver((all) => {
      changes += all.length;
    });
    watch.observe(log, { subtree: true, childList: true, attributes: true, characterData: true });
    const ROUNDS = 100;
    const started = performance.now();
    for (let i = 0; i < ROUNDS; i++) {
      posed.media = { ...posed.media, speaking: [`id of guest ${(i % 8) + 1}`] };
      await posed.updateComplete;
    }
    const ms = (performance.now() - started) / ROUNDS;
    await new Promise((resolve) => setTimeout(resolve));
    return { ms, changes };
  });
  t.diagnostic(`${cost.ms.toFixed(2)} ms per change of speaker, 12 tiles, ${longTalk().lines.length} lines`);
  assert.equal(cost.changes, 0);
});

/** As after a day of chat. */
function longTalk(): Room {
  const [line] = TALKING.lines.filter(({ kind }) => kind === "said");
  return { ...TALKING, lines: Array.from({ length: 1_500 }, (_, key) => ({ ...line, key })) as Room["lines"] };
}

test("arrow keys go from figure to figure, one of them is in the way of Tab, and Enter pins", async () => {
  await show(pose("four pictures"));
  const tabbable = room.locator('.hit[tabindex="0"]');
  assert.equal(await tabbable.count(), 1);
  await tabbable.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await tabbable.count(), 1);
  assert.equal(await tabbable.getAttribute("aria-label"), "Pin: Cleo Marchetti-Vandenberg");
  await page.keyboard.press("Enter");
  assert.equal(await room.locator(".figure.front").getAttribute("data-person"), "id of Cleo Marchetti-Vandenberg");
  await page.keyboard.press("End");
  assert.equal(await tabbable.getAttribute("aria-label"), "Pin: You");
});

test("single keys turn things on and off, not while one writes, not with Ctrl, and not once they are switched off", async () => {
  await show(pose("own camera"));
  await room.locator('.hit[tabindex="0"]').focus();
  for (const key of ["m", "v", "h"]) await page.keyboard.press(key);
  assert.deepEqual(await asked(), [
    ["turn", "microphone", true],
    ["turn", "camera", false],
    ["hand", true],
  ]);
  await page.keyboard.press("Control+m");
  await draft(room).fill("mmm");
  await draft(room).press("v");
  assert.deepEqual(await asked(), []);
  await draft(room).fill("");
  await draft(room).press("Tab");
  await room.locator('.hit[tabindex="0"]').focus();
  await page.keyboard.press("?");
  await room.getByRole("checkbox", { name: "Single keys" }).uncheck();
  await page.keyboard.press("Escape");
  await room.locator('.hit[tabindex="0"]').focus();
  await page.keyboard.press("m");
  assert.deepEqual(await asked(), []);
  await button(room, "More").click();
  await button(room, "Keys").click();
  await room.getByRole("checkbox", { name: "Single keys" }).check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
});

test("a key turns on nothing that the room's rules forbid or the page does without", async () => {
  await show(pose("one picture"));
  const rules = { kinds: ["audio", "screen"] };
  await room.locator(ROOM_VIEW).evaluate((element, given) => {
    const view = element as HTMLElement & { room: object };
    view.room = { ...view.room, rules: given };
    view.dataset.screenShare = "off";
  }, rules);
  await room.locator('.hit[tabindex="0"]').focus();
  for (const key of ["v", "s", "m"]) await page.keyboard.press(key);
  assert.deepEqual(await asked(), [["turn", "microphone", true]]);
  await room.locator(ROOM_VIEW).evaluate((view) => delete (view as HTMLElement).dataset.screenShare);
});

test("what was handed over to be sent is said not to be sent yet, once the connection is lost", async () => {
  await show(pose("one picture"));
  const turn = (phase: string) =>
    room.locator(ROOM_VIEW).evaluate((element, next) => {
      const view = element as HTMLElement & { room: { unsent: object[] } };
      const unsent = view.room.unsent.length > 0 ? view.room.unsent : [{ key: "1", text: "Hi", at: 0, handed: true }];
      view.room = { ...view.room, ...{ phase: next }, unsent };
    }, phase);
  await turn("in");
  await room.locator(".unsent .mark", { hasText: "Sending" }).waitFor();
  await turn("reconnecting");
  await room.locator(".unsent .mark", { hasText: "Not sent yet" }).waitFor();
});

test("a button says what it is and whether it is on", async () => {
  await show(pose("everything on"));
  for (const name of ["Microphone", "Camera", "Share screen"]) {
    assert.equal(await button(room, name).getAttribute("aria-pressed"), "true", name);
    await button(room, name).click();
  }
  assert.equal(await button(room, "Raise hand").getAttribute("aria-pressed"), "true");
  await button(room, "Raise hand").click();
  assert.deepEqual(await asked(), [
    ["turn", "microphone", false],
    ["turn", "camera", false],
    ["turn", "screen", false],
    ["hand", false],
  ]);
});

test("a screen reader hears of hands and screens, several at once, and of no microphone", async () => {
  await show(pose("one picture"));
  await poseMedia(room, {
    ...pose("one picture"),
    selfStates: { anna: { hand: true, microphone: true }, ben: { screen: true, microphone: true } },
  });
  const heard = room.locator("[data-tidings]");
  await heard
    .getByText("Anna raises a hand. Ben Okafor shares a screen.", { exact: true })
    .waitFor({ state: "attached" });
  await poseMedia(room, { ...pose("one picture"), reactions: [["anna", "applause"]] });
  await heard
    .getByText("Ben Okafor no longer shares a screen. Anna: Applause", { exact: true })
    .waitFor({ state: "attached" });
});

test("hands stand first among the people, in the order of raising", async () => {
  await show({ ...pose("one picture"), selfStates: { cleo: { hand: true } } });
  await poseMedia(room, { ...pose("one picture"), selfStates: { anna: { hand: true }, cleo: { hand: true } } });
  const names = await room.locator(".aside .person .name").allInnerTexts();
  assert.deepEqual(names, ["Cleo Marchetti-Vandenberg", "Anna", "Mara Keller", "Ben Okafor"]);
});

test("a reaction floats over whoever sent it, and is gone by itself", async () => {
  await show(pose("reactions"));
  await figureOf("Anna").locator('[data-reaction="applause"]').waitFor();
  assert.equal(await room.locator(".floating").count(), 3);
  await room.locator(".floating").first().waitFor({ state: "detached" });
  assert.equal(await room.locator(".floating").count(), 0);
});

test("the menu of reactions sends one and closes, and Escape closes it", async () => {
  await show(pose("own camera"));
  await button(room, "React").click();
  await button(room, "Applause").click();
  assert.deepEqual(await asked(), [["react", "applause"]]);
  assert.equal(await room.locator(".reaction-menu").count(), 0);
  await button(room, "React").click();
  await page.keyboard.press("Escape");
  assert.equal(await button(room, "React").getAttribute("aria-expanded"), "false");
});

test("on a phone the stage has the room, and the chat is behind a button that shows what is unread", async () => {
  await show(pose("chat with news"), PHONE);
  assert.equal(await room.getByRole("log").count(), 0);
  await button(room, "Chat, new messages").click();
  await room.getByRole("log", { name: "Chat" }).getByText("Look!").waitFor();
  await button(room, "Chat").click();
  assert.equal(await room.getByRole("log").count(), 0);
});

test("the pictures of others don't take the chat from whoever reads it; one's own camera gives the stage the room", async () => {
  await page.setViewportSize(PHONE);
  await poseRoom(room, TALKING);
  await poseMedia(room, NO_PICTURES);
  await startOf({ tiles: 1 });
  await room.getByRole("log").waitFor();
  await poseMedia(room, NO_PICTURES);
  await startOf({ camera: true });
  assert.equal(await room.getByRole("log").count(), 0);
});

/** The stage comes on as it does in a call, with nothing chosen by hand. */
async function startOf(what: { tiles?: number; camera?: boolean }): Promise<void> {
  await room.locator(ROOM_VIEW).evaluate(async (element, { tiles = 0, camera = false }) => {
    type View = { media: { sources: object }; updateComplete: Promise<unknown> };
    const view = element as unknown as View;
    const tile = { key: "0", person: "id of Anna", kind: "video", opening: "coming", show: () => undefined };
    view.media = {
      ...view.media,
      tiles: tiles > 0 ? [tile] : [],
      sources: { ...view.media.sources, camera: camera ? "on" : "off" },
    } as View["media"];
    await view.updateComplete;
  }, what);
}

test("what a narrow bar has no room for is in the sheet, and works from there", async () => {
  await show(pose("one picture"), { width: 280, height: 420 });
  assert.equal(await room.locator(".bar").getByRole("button", { name: "Raise hand" }).count(), 0);
  await button(room, "More").click();
  await room.getByRole("dialog", { name: "More" }).getByRole("button", { name: "Raise hand" }).click();
  assert.deepEqual(await asked(), [["hand", true]]);
  assert.equal(await room.getByRole("dialog").count(), 0);
});

test("ending for everybody is asked about, and is a host's only", async () => {
  await show(pose("one picture"));
  await button(room, "More").click();
  await button(room, "End for everybody").click();
  assert.deepEqual(await asked(), []);
  await button(room, "End it").click();
  assert.deepEqual(await asked(), [["end"]]);
  await show(pose("one picture"), WIDE, ROOM_POSES["as guest"] as Room);
  await button(room, "More").click();
  assert.equal(await button(room, "End for everybody").count(), 0);
  await page.keyboard.press("Escape");
});

test("the microphone's level is asked for only while the devices are open", async () => {
  await show({ ...pose("own camera"), sources: { microphone: "on", camera: "on", screen: "off" } });
  const levels = () =>
    room.locator(ROOM_VIEW).evaluate(async (element) => {
      const view = element as unknown as { media: object; updateComplete: Promise<unknown> };
      let count = 0;
      view.media = { ...view.media, level: () => 0.01 * ++count };
      await view.updateComplete;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      return count;
    });
  assert.equal(await levels(), 0);
  await button(room, "More").click();
  await button(room, "Devices").click();
  assert.ok((await levels()) > 0);
  await button(room, "Done").click();
  await page.keyboard.press("Escape");
  assert.equal(await levels(), 0);
});

test("what goes on being typed when the field has gone is no command, until one points at something", async () => {
  await show(pose("only voices"));
  await draft(room).pressSequentially("Hi");
  await draft(room).evaluate((field) => field.blur());
  for (const key of ["h", "m", "v", "s"]) await page.keyboard.press(key);
  assert.deepEqual(await asked(), []);
  await room.getByText("Sealed room").click();
  await page.keyboard.press("m");
  assert.equal((await asked()).length, 1);
  await draft(room).fill("");
});

test("pictures of others don't take the chat from under the hands of whoever writes", async () => {
  await page.setViewportSize(PHONE);
  await poseRoom(room, ROOM_POSES["two, nothing said"] as Room);
  await poseMedia(room, NO_PICTURES);
  await draft(room).press("x");
  await draft(room).fill("");
  await room.locator(ROOM_VIEW).evaluate(async (element) => {
    const view = element as HTMLElement & {
      room: { people: { id: string; self: boolean }[]; selfStates: Map<string, object> };
      updateComplete: Promise<unknown>;
    };
    const other = view.room.people.find(({ self }) => !self)?.id ?? "";
    const says = { n: 1, microphone: true, camera: false, screen: false, hand: null };
    view.room = { ...view.room, selfStates: new Map([[other, says]]) };
    await view.updateComplete;
  });
  assert.equal(await button(room, "Chat").count(), 1, "there is a stage now");
  assert.ok(await draft(room).isVisible());
});

test("a button of the bar that has the focus does not become another one when those before it go", async () => {
  await show(pose("four pictures"));
  await button(room, "Speaker view").waitFor();
  await button(room, "More").focus();
  await show(pose("four pictures"), WIDE, ROOM_POSES.alone as Room);
  await button(room, "Speaker view").waitFor({ state: "detached" });
  assert.ok(await button(room, "More").evaluate((each) => each.matches(":focus")));
});

test("a network that lets no calls through is named to whoever calls or is shown something, not to who only writes", async () => {
  const words = room.getByText("Sound and picture can’t be reached from here");
  await show({ ...pose("own camera"), isUnreached: true });
  await words.waitFor();
  await show({ ...NO_PICTURES, isUnreached: true });
  await words.waitFor({ state: "detached" });
  await show({ ...NO_PICTURES, isUnreached: true, selfStates: { anna: { camera: true } } });
  await words.waitFor();
});

test("sound that the browser holds back is turned on by one button", async () => {
  await show(pose("sound blocked"));
  await button(room, "Turn the sound on").click();
  assert.deepEqual(await asked(), [["unblock"]]);
});

test("what is on its way is not called on: nobody is heard before", async () => {
  await show({ ...pose("own camera"), sources: { microphone: "starting", camera: "on", screen: "off" } });
  assert.equal(await button(room, "Microphone").getAttribute("aria-busy"), "true");
  assert.equal(await button(room, "Camera").getAttribute("aria-busy"), null);
  const own = room.locator(".figure.own");
  assert.equal(await own.locator(".name svg").count(), 1, "muted");
  const says = room.locator(".person", { hasText: "you" }).locator(".says");
  await says.getByText("Camera on").waitFor({ state: "attached" });
  assert.equal(await says.getByText("Microphone on").count(), 0);
});

test("a microphone or camera that the system holds is named, and its person not called heard", async () => {
  const on = { ...pose("own camera"), sources: { microphone: "on", camera: "on", screen: "off" } } as const;
  await show(on);
  assert.equal(await room.locator(".figure.own .name svg").count(), 0);
  await show({ ...on, held: ["microphone", "camera"] });
  await room.getByRole("status").getByText("nobody hears or sees you").waitFor();
  assert.equal(await room.locator(".figure.own .name svg").count(), 1);
  await show({ ...on, held: ["camera"] });
  await room.getByRole("status").getByText("nobody sees you").waitFor();
  assert.equal(await room.locator(".figure.own .name svg").count(), 0);
});

test("a chosen device that is not there is not shown as the one in use, and the browser's choice can be had again", async () => {
  const microphone = ["one", "two"].map((id) => ({ id, label: id }));
  const having = (id: string): Posed => ({
    ...pose("own camera"),
    devices: { all: { microphone, camera: [], speaker: [] }, chosen: { microphone: id } },
  });
  const picker = room.locator('#devices [data-use="microphone"] select');
  for (const [chosen, shown] of [
    ["at home", ""],
    ["two", "two"],
  ] as const) {
    await show(having(chosen));
    await button(room, "More").click();
    await button(room, "Devices").click();
    assert.equal(await picker.inputValue(), shown);
    if (chosen === "two") await picker.selectOption("");
    await button(room, "Done").click();
    await page.keyboard.press("Escape");
  }
  assert.deepEqual(await asked(), [["choose", "microphone", ""]]);
});
