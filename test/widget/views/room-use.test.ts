/**
 * The room used as a person does: by keyboard and by mouse, with dialogs, with people who are and are not whom they
 * seem. Real Chromium, the built frame, the real API and relay. Source: product.md R9, R16.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { CHAT_MAX } from "../../../widget/wire/room-limits.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import {
  button,
  draft,
  enterRoom,
  inviteOf,
  nameField,
  openRoomPage,
  sayInRoom,
  startRoom,
  untilPhase,
  untilSaid,
} from "./open-room.ts";

const ROOM = "<whatping-room></whatping-room>";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

type Scope = FrameLocator | Page;

/** Resolves when what has the focus is called so. */
function untilFocused(scope: Scope, name: string): Promise<void> {
  return scope.locator(ROOM_VIEW).evaluate(
    (view, wanted) =>
      new Promise<void>((resolve, reject) => {
        const until = performance.now() + 10_000;
        const look = () => {
          const active = view.shadowRoot?.activeElement;
          const called = active?.getAttribute("aria-label") ?? active?.textContent?.trim().replaceAll(/\s+/g, " ");
          if (called === wanted) resolve();
          else if (performance.now() > until) reject(new Error(`the focus is on ${called}`));
          else requestAnimationFrame(look);
        };
        look();
      }),
    name,
  );
}

const standingsOf = (scope: Scope): Promise<(string | null)[]> =>
  scope.locator(".person").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-standing")));

async function openAlone(): Promise<{ page: Page; within: FrameLocator }> {
  const opened = await openRoomPage(world, ROOM);
  await startRoom(opened.within);
  return opened;
}

async function openTwo(name = "Anna"): Promise<{ page: Page; within: FrameLocator; anna: Page }> {
  const { page, within } = await openAlone();
  const anna = await enterRoom(world, await inviteOf(within), name);
  await within.locator(".person", { hasText: name }).waitFor();
  return { page, within, anna };
}

describe("by keyboard", () => {
  test("from the name to the chat, without a mouse; Enter sends, Shift+Enter begins a line", async () => {
    const { page, within } = await openRoomPage(world, ROOM);
    await nameField(within).focus();
    await page.keyboard.press("Enter");
    await within.getByText("Write a name first").waitFor();
    await untilFocused(within, "");
    await page.keyboard.type("Mara");
    assert.equal(await within.getByText("Write a name first").count(), 0);
    await page.keyboard.press("Enter");
    await untilPhase(within, "in");
    await untilFocused(within, "Write a message");
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await untilSaid(within, "one\ntwo");
    assert.equal(await draft(within).inputValue(), "");
    await untilFocused(within, "Write a message");
    await page.context().close();
  });

  test("the order is message, code, invite, more, leave; each dialog gives the focus back", async () => {
    const { page, within } = await openAlone();
    await untilFocused(within, "Write a message");
    for (const [name, dialog] of [
      ["Room code", "Room code"],
      ["Invite", "Invite people"],
      ["More", "More"],
    ] as const) {
      while (!(await isFocused(within, name))) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await within.getByRole("dialog", { name: dialog, exact: true }).waitFor();
      await page.keyboard.press("Escape");
      await within.getByRole("dialog").waitFor({ state: "hidden" });
      await untilFocused(within, name);
    }
    await page.keyboard.press("Tab");
    await untilFocused(within, "Leave");
    await page.keyboard.press("Enter");
    await untilPhase(within, "left");
    await untilFocused(within, "Come back in");
    await page.context().close();
  });

  test("Enter that chooses a composed character does not send", async () => {
    const { page, within } = await openAlone();
    await draft(within).fill("にほん");
    await draft(within).dispatchEvent("keydown", { key: "Enter", isComposing: true });
    assert.equal(await draft(within).inputValue(), "にほん");
    await draft(within).press("Enter");
    await untilSaid(within, "にほん");
    await page.context().close();
  });
});

async function isFocused(scope: Scope, name: string): Promise<boolean> {
  return scope.locator(ROOM_VIEW).evaluate((view, wanted) => {
    const active = view.shadowRoot?.activeElement;
    return (active?.getAttribute("aria-label") ?? active?.textContent?.trim()) === wanted;
  }, name);
}

test("near its end a message is counted; too long, it is neither cut nor sent", async () => {
  const { page, within } = await openAlone();
  await draft(within).fill("x".repeat(CHAT_MAX - 500));
  assert.equal(await within.locator("#chars").count(), 0);
  await draft(within).fill("x".repeat(CHAT_MAX - 1));
  await within.getByText("1 character left", { exact: true }).waitFor();
  await draft(within).fill("x".repeat(CHAT_MAX + 2));
  await within.getByText("2 characters too many", { exact: true }).waitFor();
  assert.equal(await button(within, "Send").isDisabled(), true);
  await draft(within).press("Enter");
  assert.equal((await draft(within).inputValue()).length, CHAT_MAX + 2);
  await draft(within).fill("x".repeat(CHAT_MAX));
  await draft(within).press("Enter");
  await untilSaid(within, "xxxx");
  assert.equal((await within.locator(".said .text").textContent())?.length, CHAT_MAX);
  await page.context().close();
});

test("the invitation is copied as a link and as a text; the host link says what it is", async () => {
  const { page, within } = await openAlone();
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const link = await inviteOf(within);
  await button(within, "Copy invite").first().click();
  await within.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  assert.equal(await clipboard(), link);
  await button(within, "Invite").click();
  const dialog = within.getByRole("dialog", { name: "Invite people" });
  // Whatever was copied last says so: only the button that was pressed tells that it has done its part.
  const pressed = async (name: string) => {
    await dialog.getByRole("button", { name }).click();
    await dialog.getByRole("button", { name }).waitFor({ state: "hidden" });
  };
  await pressed("Copy as text");
  const text = await clipboard();
  assert.ok(text.endsWith(link) && text.length > link.length + 20, text);
  await dialog.getByText("Whoever has it is host too").waitFor();
  await pressed("Copy host link");
  assert.match(await clipboard(), /\/r\/[\w-]{22}#h=[\w-]{43}$/);
  await page.context().close();
});

test("what the clipboard refuses is marked for copying by hand", async () => {
  const { page, within } = await openAlone();
  await page.context().clearPermissions();
  await within.locator(ROOM_VIEW).evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await button(within, "Invite").click();
  await within.getByRole("dialog").getByRole("button", { name: "Copy invite" }).click();
  await within.getByText("The link is marked").waitFor();
  await untilFocused(within, "Invitation link");
  await page.context().close();
});

describe("the code", () => {
  test("is the same for both, and marked only after it was seen and has changed", async () => {
    const { page, within, anna } = await openTwo();
    const codeOf = async (scope: Scope): Promise<string | null> => {
      await scope.getByRole("button", { name: /^Room code/ }).click();
      const digits = await scope.locator("#code [data-digits]").getAttribute("data-digits");
      await scope.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      return digits;
    };
    const code = await codeOf(within);
    assert.match(code ?? "", /^\d{30}$/);
    assert.equal(await codeOf(anna), code);
    assert.equal(await button(within, "Room code, changed since you looked").count(), 0);
    await button(anna, "Leave").click();
    await button(within, "Room code, changed since you looked").click();
    await within.getByText("It has changed since you last looked").waitFor();
    await within.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await button(within, "Room code").waitFor();
    assert.notEqual(await codeOf(within), code);
    await page.context().close();
    await anna.context().close();
  });
});

describe("people", () => {
  test("who is new is verified by the same digits on both sides, and forgotten on request", async () => {
    const { page, within, anna } = await openTwo();
    assert.deepEqual(await standingsOf(within), ["", "new"]);
    const digitsFor = async (scope: Scope, name: string): Promise<string | null> => {
      await scope.locator(".person", { hasText: name }).click();
      await button(scope, "Compare digits").click();
      await scope.locator("#pair .qr").waitFor();
      return scope.locator("#pair [data-digits]").getAttribute("data-digits");
    };
    const digits = await digitsFor(within, "Anna");
    assert.match(digits ?? "", /^\d{30}$/);
    assert.equal(await digitsFor(anna, "Mara"), digits);
    await button(within, "They match").click();
    await within.locator('.person[data-standing="verified"]').waitFor();
    await untilFocused(within, "A Anna Verified");
    await button(within, "More").click();
    await button(within, "Forget people I met").click();
    await button(within, "Forget them").click();
    await within.locator('.person[data-standing="new"]').waitFor();
    await page.context().close();
    await anna.context().close();
  });

  test("digits that differ hold one's messages back until they match", async () => {
    const { page, within, anna } = await openTwo();
    await within.locator(".person", { hasText: "Anna" }).click();
    await button(within, "Compare digits").click();
    await button(within, "They don’t match").click();
    await within.getByRole("alert").filter({ hasText: "Your messages are held back" }).waitFor();
    assert.equal(await draft(within).isDisabled(), true);
    await button(within, "Look at it").click();
    await button(within, "Compare digits").click();
    await button(within, "They match").click();
    await sayInRoom(within, "now it is you");
    await untilSaid(anna, "now it is you");
    await page.context().close();
    await anna.context().close();
  });

  /** As if this browser had verified an Anna on another day. */
  async function openWithVerifiedAnna(): Promise<{ page: Page; within: FrameLocator }> {
    const opened = await openRoomPage(world, ROOM);
    await opened.within.locator(ROOM_VIEW).evaluate(async () => {
      const opening = indexedDB.open("whatping-people", 1);
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      const transaction = database.transaction("people", "readwrite");
      const known = { identity: "A".repeat(43), names: ["Anna"], firstMet: 1, verdict: "verified" };
      transaction.objectStore("people").put(known);
      await new Promise((resolve) => {
        transaction.oncomplete = resolve;
      });
    });
    await opened.page.reload();
    await startRoom(opened.within);
    return opened;
  }

  test("another key under a verified name stops one's sending, says why, and goes on once it is settled", async () => {
    const { page, within } = await openWithVerifiedAnna();
    const link = await inviteOf(within);
    const anna = await enterRoom(world, link, "ANNA");
    await within.locator('.person[data-standing="changed"]').waitFor();
    assert.equal(await draft(within).isDisabled(), true);
    assert.equal(await button(within, "Send").isDisabled(), true);
    const described = await draft(within).getAttribute("aria-describedby");
    assert.match((await within.locator(`#${described}`).textContent()) ?? "", /ANNA is not right/);
    await sayInRoom(anna, "it is me, with a new phone");
    await untilSaid(within, "it is me");
    await button(within, "Look at it").click();
    await button(within, "It is somebody else with that name").click();
    await within.locator('.person[data-standing="new"]').waitFor();
    await sayInRoom(within, "welcome");
    await untilSaid(anna, "welcome");
    await page.context().close();
    await anna.context().close();
  });

  test("… and goes on once the person is removed, whose link is dead then", async () => {
    const { page, within } = await openWithVerifiedAnna();
    const link = await inviteOf(within);
    const anna = await enterRoom(world, link, "Anna");
    await button(within, "Look at it").click();
    await button(within, "Remove").click();
    await within.getByRole("dialog", { name: "Remove Anna?" }).getByText("the room gets a new link").waitFor();
    await within.getByRole("dialog", { name: "Remove Anna?" }).getByRole("button", { name: "Remove" }).click();
    await untilPhase(anna, "removed");
    await within.getByText("You removed Anna").waitFor();
    assert.equal(await draft(within).isDisabled(), false);
    assert.doesNotMatch(await anna.evaluate(() => JSON.stringify({ ...sessionStorage })), /#s=/);
    await anna.goto("about:blank");
    await anna.goto(link);
    await nameField(anna).fill("Anna");
    await button(anna, "Enter").click();
    await anna.getByRole("heading", { name: "This link has been replaced" }).waitFor();
    await page.context().close();
    await anna.context().close();
  });

  test("are seen before on another day, and only a host can send them away", async () => {
    const { page, within, anna } = await openTwo();
    await anna.locator(".person", { hasText: "Mara" }).click();
    assert.equal(await button(anna, "Remove").count(), 0);
    await button(anna, "Close").click();
    await button(anna, "Leave").click();
    // Quicker than that, she would only have another leaf, and nobody would be told.
    await within.getByText("Anna left").waitFor();
    await button(anna, "Come back in").click();
    await button(anna, "Enter").click();
    await anna.locator('.person[data-standing="seen"]', { hasText: "Mara" }).waitFor();
    await within.getByText("Anna came back").waitFor();
    assert.deepEqual(await standingsOf(within), ["", "new"]);
    await page.context().close();
    await anna.context().close();
  });
});

test("keys are refreshed and the link renewed on request, and it is said when that is done", async () => {
  const { page, within, anna } = await openTwo();
  await button(anna, "More").click();
  assert.equal(await button(anna, "New link").count(), 0);
  await button(anna, "Refresh my keys").click();
  await anna.getByRole("status").filter({ hasText: "Your keys are fresh." }).waitFor();
  const old = await inviteOf(within);
  await button(within, "More").click();
  await button(within, "New link").click();
  await button(within, "Make a new link").click();
  await within.getByRole("status").filter({ hasText: "The invitation link is new." }).waitFor();
  assert.notEqual(await inviteOf(within), old);
  // The guest who stayed knows the new one, also after a reload.
  await anna.waitForFunction((link) => !JSON.stringify({ ...sessionStorage }).includes(link), old);
  await anna.reload();
  await button(anna, "Enter").click();
  await untilPhase(anna, "in");
  await page.context().close();
  await anna.context().close();
});

test("a host locks the room: everyone sees it, and who comes reads it at the door, until it is unlocked", async () => {
  const { page, within, anna } = await openTwo();
  const link = await inviteOf(within);
  await button(anna, "More").click();
  assert.equal(await button(anna, "Lock the room").count(), 0, "only a host can");
  await button(anna, "Close").click();
  await button(within, "More").click();
  await button(within, "Lock the room").click();
  for (const room of [within, anna]) {
    await room.getByText("Locked", { exact: true }).waitFor();
    await room.getByRole("log").getByText("The room is locked").waitFor();
  }
  await button(anna, "Invite").click();
  await anna.getByText("this link lets in nobody new").waitFor();
  const ben = await world.newProfile();
  await ben.goto(link);
  await nameField(ben).fill("Ben");
  await button(ben, "Enter").click();
  await ben.getByRole("heading", { name: "The room is locked" }).waitFor();
  assert.deepEqual(await standingsOf(within), ["", "new"]);
  // Whoever waits sees themselves, and turns on and off what will be seen and heard.
  await button(ben, "Camera").click();
  await ben.locator("video.own-picture").waitFor();
  assert.equal(await button(ben, "Camera").getAttribute("aria-pressed"), "true");
  await button(ben, "Camera").click();
  await ben.locator("video.own-picture").waitFor({ state: "detached" });
  await button(within, "More").click();
  await button(within, "Unlock the room").click();
  await untilPhase(ben, "in");
  await anna.getByText("Locked", { exact: true }).waitFor({ state: "detached" });
  for (const one of [page, anna, ben]) await one.context().close();
});

test("without a connection one goes on writing; what was written goes out afterwards, in its order", async () => {
  const { page, within, anna } = await openTwo();
  const mend = await cutLine(anna);
  await sayInRoom(anna, "first");
  await untilPhase(anna, "reconnecting");
  await anna.getByText("The connection is lost.").first().waitFor();
  await sayInRoom(anna, "second");
  await sayInRoom(anna, "third");
  assert.deepEqual(await anna.locator(".unsent .mark").allTextContents(), Array(3).fill("Not sent yet"));
  await mend();
  await untilSaid(within, "third");
  assert.deepEqual(await within.locator(".said .text").allTextContents(), ["first", "second", "third"]);
  await untilSaid(anna, "third");
  assert.equal(await anna.locator(".unsent").count(), 0);
  await untilPhase(anna, "in");
  await page.context().close();
  await anna.context().close();
});

/** The worker's socket goes at its next word, and no new one gets through until it is mended. */
async function cutLine(page: Page): Promise<() => Promise<void>> {
  const [worker] = page.workers();
  assert.ok(worker, "the room has a worker");
  await worker.evaluate(() => {
    const real = WebSocket;
    const { send } = real.prototype;
    Object.assign(self, { real, send });
    real.prototype.send = function cut(this: WebSocket) {
      this.close();
    };
    self.WebSocket = class extends real {
      constructor() {
        super(`${location.origin.replace(/^http/, "ws")}/nowhere`);
      }
    } as typeof WebSocket;
  });
  return () =>
    worker.evaluate(() => {
      const { real, send } = self as unknown as { real: typeof WebSocket; send: WebSocket["send"] };
      real.prototype.send = send;
      self.WebSocket = real;
    });
}
