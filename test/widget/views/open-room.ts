/**
 * Rooms as a person opens them, through the real API and its relay: in an element, or on a page of their own.
 * Test support.
 */
import type { FrameLocator, Locator, Page } from "playwright-core";
import { sealedFrame } from "../../flow/recorder-driver.ts";
import type { World } from "../../flow/world.ts";
import { untilInSight } from "../../shots/covers.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";

type Scope = FrameLocator | Page;

export interface Heard {
  readonly name: string;
  readonly detail: {
    readonly phase?: string;
    readonly code?: string;
    readonly count?: number;
    readonly waiting?: number;
  };
}

export async function openRoomPage(
  world: World,
  markup: string,
  prepare: (page: Page) => Promise<unknown> = async () => undefined,
): Promise<{ page: Page; within: FrameLocator }> {
  world.host.show(markup);
  const page = await world.newProfile();
  await prepare(page);
  await page.goto(world.host.origin);
  const within = sealedFrame(page, "whatping-room");
  await within.locator(`${ROOM_VIEW}[data-phase]`).waitFor({ state: "attached" });
  return { page, within };
}

export function untilPhase(scope: Scope, phase: string): Promise<void> {
  return scope.locator(`${ROOM_VIEW}[data-phase="${phase}"]`).waitFor({ state: "attached" });
}

export const button = (scope: Scope, name: string): Locator => scope.getByRole("button", { name, exact: true });
export const nameField = (scope: Scope): Locator => scope.getByRole("textbox", { name: "Your name", exact: true });
export const draft = (scope: Scope): Locator => scope.getByRole("textbox", { name: "Write a message", exact: true });

/** Starts a room by the keyboard. */
export async function startRoom(scope: Scope, name = "Mara"): Promise<void> {
  await untilPhase(scope, "start");
  // A frame that was not in sight yet asks once more.
  await untilInSight(scope);
  await nameField(scope).fill(name);
  await nameField(scope).press("Enter");
  await untilPhase(scope, "in");
}

/** What the invitation's field shows. */
export async function inviteOf(scope: Scope): Promise<string> {
  await scope.locator('input[data-link="invite"]').waitFor({ state: "attached" });
  return scope.locator('input[data-link="invite"]').inputValue();
}

/** Comes in by a link, on a page of its own in a profile of its own. */
export async function enterRoom(world: World, link: string, name: string): Promise<Page> {
  const page = await world.newProfile();
  await page.goto(link);
  await untilPhase(page, "pre-join");
  await nameField(page).fill(name);
  await button(page, "Enter").click();
  await untilPhase(page, "in");
  return page;
}

export async function sayInRoom(scope: Scope, text: string): Promise<void> {
  await draft(scope).fill(text);
  await draft(scope).press("Enter");
}

/** Resolves when a message of this text stands in the chat as sent. */
export function untilSaid(scope: Scope, text: string): Promise<void> {
  return scope.locator(".said:not(.unsent)", { hasText: text }).first().waitFor();
}

/** What stands in the chat, in its order. */
export const textsIn = (scope: Scope): Promise<string[]> => scope.locator(".said .text").allTextContents();

/** The room code's 30 digits. */
export const codeIn = (scope: Scope): Promise<string | null> =>
  scope.locator("#code [data-digits]").getAttribute("data-digits");

export async function heardBy(page: Page): Promise<Heard[]> {
  return page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
}

/** Phases that the element told its page, in order. */
export async function phasesOf(page: Page): Promise<string[]> {
  return (await heardBy(page)).flatMap(({ detail }) => detail?.phase ?? []);
}

export async function codesOf(page: Page): Promise<string[]> {
  return (await heardBy(page)).flatMap(({ name, detail }) => (name === "whatping-error" ? (detail.code ?? []) : []));
}
