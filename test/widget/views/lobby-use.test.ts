/**
 * The lobby used as people do: a host opens it, somebody knocks by the room's address, both compare digits, and one is let
 * in or turned away. Real Chromium, the built frame, the real API and relay. Source: product.md R8, R16.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import { button, type Heard, heardBy, inviteOf, nameField, openRoomPage, startRoom, untilPhase } from "./open-room.ts";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

type Scope = FrameLocator | Page;

const dialog = (scope: Scope, name: string) => scope.getByRole("dialog", { name, exact: true });
const digitsIn = (scope: Scope): Promise<string | null> =>
  scope.locator(".digits.few").first().getAttribute("data-digits");

/** A host alone, in a room where one can knock as chosen. @returns the room's address */
async function openLobby(choice: string): Promise<{ page: Page; host: FrameLocator; address: string; invite: string }> {
  const { page, within: host } = await openRoomPage(world, "<whatping-room></whatping-room>");
  await startRoom(host, "Mara");
  await button(host, "More").click();
  await button(host, "Who comes in").click();
  await button(host, choice).click();
  await host.locator(`.choice.chosen`, { hasText: choice }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  const address = await host.locator('input[data-link="address"]').inputValue();
  return { page, host, address, invite: await inviteOf(host) };
}

async function knock(link: string, name: string, act = "Knock"): Promise<Page> {
  const page = await world.newProfile();
  await page.goto(link);
  await untilPhase(page, "pre-join");
  await nameField(page).fill(name);
  await button(page, act).click();
  await untilPhase(page, "lobby");
  return page;
}

async function openList(host: FrameLocator): Promise<void> {
  await button(host, "Have a look").click();
  await dialog(host, "Lobby").waitFor();
}

const marksOf = (scope: Scope, name: string): Promise<string> =>
  scope
    .locator(".person", { hasText: name })
    .locator(".marks")
    .first()
    .textContent()
    .then((text) => text ?? "");

/** How many the page was told to wait, in order, once it was told so often. */
async function countsOf(page: Page, times: number): Promise<(number | undefined)[]> {
  const told = (heard: Heard[]) => heard.flatMap(({ name, detail }) => (name === "whatping-lobby" ? [detail] : []));
  await page.waitForFunction((least) => {
    const { heard } = globalThis as unknown as { heard: { name: string }[] };
    return heard.filter(({ name }) => name === "whatping-lobby").length >= least;
  }, times);
  return told(await heardBy(page)).map(({ waiting }) => waiting);
}

test("whoever has the address knocks; both see the same digits; the host lets in, and they are in one room", async () => {
  const { page, host, address } = await openLobby("Whoever has the link, and whom a host lets in");
  assert.match(address, /\/r\/[\w-]{22}$/, "no key in it");
  const zoe = await knock(address, "Zoë");
  await host.getByText("Zoë wants to come in").waitFor();
  // Own picture and switches are there while one waits.
  await zoe.locator(".own-devices .switches").waitFor();
  await zoe.locator(".digits.few").waitFor();
  await openList(host);
  await host.locator(".knocking .digits").waitFor();
  assert.equal(await digitsIn(host), await digitsIn(zoe));
  await dialog(host, "Lobby").getByRole("checkbox").check();
  await button(host, "Let in").click();
  await untilPhase(zoe, "in");
  await dialog(host, "Lobby").getByText("Nobody is waiting now.").waitFor();
  await page.keyboard.press("Escape");
  await zoe.locator(".person", { hasText: "Mara" }).first().waitFor({ state: "attached" });
  await host.locator(".person", { hasText: "Zoë" }).first().waitFor({ state: "attached" });
  assert.doesNotMatch(await marksOf(host, "Zoë"), /Not compared/);
  assert.deepEqual(await countsOf(page, 2), [1, 0]);
  // A reload comes back as anybody does who was inside.
  await zoe.reload();
  await untilPhase(zoe, "pre-join");
  await button(zoe, "Enter").click();
  await untilPhase(zoe, "in");
});

test("by the keyboard alone, without digits: everybody sees that nobody compared them, until somebody does", async () => {
  const { page, host, address } = await openLobby("Whoever has the link, and whom a host lets in");
  const zoe = await knock(address, "Zoë");
  await button(host, "Have a look").focus();
  await page.keyboard.press("Enter");
  await host.locator(".knocking .digits").waitFor();
  await button(host, "Let in").focus();
  await page.keyboard.press("Enter");
  await untilPhase(zoe, "in");
  await page.keyboard.press("Escape");
  await host.locator(".person", { hasText: "Zoë" }).first().waitFor({ state: "attached" });
  assert.match(await marksOf(host, "Zoë"), /Not compared/);
  await host.locator(ROOM_VIEW).evaluate((view) => {
    const { room, call } = view as unknown as {
      room: { people: { identity: string; self: boolean }[] };
      call: { judge(identity: string, verdict: string): void };
    };
    for (const { identity, self } of room.people) if (!self) call.judge(identity, "verified");
  });
  await host.locator('.person[data-standing="verified"]').first().waitFor({ state: "attached" });
  assert.doesNotMatch(await marksOf(host, "Zoë"), /Not compared/);
});

test("whoever is turned away is told so and may knock again", async () => {
  const { host, address } = await openLobby("Whoever has the link, and whom a host lets in");
  const zoe = await knock(address, "Zoë");
  await openList(host);
  await button(host, "Turn away").click();
  await untilPhase(zoe, "refused");
  await zoe.getByRole("heading", { name: "You were not let in" }).waitFor();
  await button(zoe, "Try again").click();
  await button(zoe, "Knock").click();
  await untilPhase(zoe, "lobby");
  await dialog(host, "Lobby").getByText("Zoë").first().waitFor();
});

test("where only a host lets in, a guest's link leads to the lobby as well; without a lobby the address leads nowhere", async () => {
  const { host, address, invite } = await openLobby("Only whom a host lets in");
  const zoe = await knock(invite, "Zoë", "Enter");
  await openList(host);
  await host.locator(".knocking .digits").waitFor();
  await button(host, "Let in").click();
  await untilPhase(zoe, "in");
  const { page: other, within: closed } = await openRoomPage(world, "<whatping-room></whatping-room>");
  await startRoom(closed);
  const link = await inviteOf(closed);
  assert.equal(await closed.locator('input[data-link="address"]').count(), 0);
  const nobody = await world.newProfile();
  await nobody.goto(link.split("#")[0] ?? "");
  await nameField(nobody).fill("Zoë");
  await button(nobody, "Knock").click();
  await nobody.getByRole("heading", { name: "You need an invitation" }).waitFor();
  await other.close();
  assert.notEqual(address, link);
});
