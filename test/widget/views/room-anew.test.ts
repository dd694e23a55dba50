/**
 * A host whom nobody lets in, as the person sees it: told in plain words, asked once more, and then inside.
 * Real Chromium, the built frame, the real API and relay. Source: docs/protocol-rooms.md (Beginning anew).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { UNANSWERED_MS } from "../../../widget/frame/room/view/patience.ts";
import { formatHostLink } from "../../../widget/seal/room-link.ts";
import { heldRoom } from "../../flow/rooms/held-room.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { poseRoom, ROOM_POSES } from "../../shots/room-poses.ts";
import { addressOf } from "../../support/room-address.ts";
import { button, inviteOf, nameField, openRoomPage, untilPhase } from "./open-room.ts";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

const OFFER = "Nobody lets you in. You are a host: begin the room anew?";

/** On a page whose clock the test may move; what happens in the worker keeps its own time. */
async function waitAtTheDoor(link: string): Promise<Page> {
  const page = await world.newProfile();
  await page.clock.install();
  await page.goto(link);
  await untilPhase(page, "pre-join");
  await nameField(page).fill("Mara");
  await button(page, "Enter").click();
  await untilPhase(page, "waiting");
  return page;
}

test("a host whom nobody lets in is told so, begins the room anew after one question, and is inside with another link", async () => {
  const { hostLink, link, guest } = await heldRoom(`http://127.0.0.1:${world.api.port}`);
  const page = await waitAtTheDoor(formatHostLink(world.api.origin, hostLink.roomId, hostLink.hostSecret));
  assert.equal(await button(page, "Begin anew").count(), 0);
  await page.clock.fastForward(UNANSWERED_MS);
  await page.getByText(OFFER).waitFor();
  await button(page, "Begin anew").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Everyone in it now is out, and the old link is dead.").waitFor();
  await dialog.getByRole("button", { name: "Leave it" }).click();
  assert.equal(guest.phase, "in");
  await button(page, "Begin anew").click();
  await dialog.getByRole("button", { name: "Begin anew" }).click();
  await untilPhase(page, "in");
  await guest.until(() => guest.last("phase")?.code === "link-replaced", "out");
  assert.notEqual(await inviteOf(page), addressOf(link, world.api.origin));
  assert.equal(await page.getByText(OFFER).count(), 0);
  await page.context().close();
});

test("a guest whom nobody lets in is offered nothing of the kind", async () => {
  const { link } = await heldRoom(`http://127.0.0.1:${world.api.port}`);
  const page = await waitAtTheDoor(addressOf(link, world.api.origin));
  await page.clock.fastForward(UNANSWERED_MS);
  await page.getByText("Nobody has answered yet").first().waitFor();
  assert.equal(await button(page, "Begin anew").count(), 0);
  await page.context().close();
});

test("a host who was inside before is asked above the chat", async () => {
  const { page, within } = await openRoomPage(world, "<whatping-room></whatping-room>", (fresh) =>
    fresh.clock.install(),
  );
  await poseRoom(within, ROOM_POSES["reconnecting, at the door"] ?? assert.fail("no such pose"));
  await page.clock.fastForward(UNANSWERED_MS);
  await within.locator(".notices").getByText(OFFER).waitFor();
  await within.locator(".notices").getByRole("button", { name: "Begin anew" }).click();
  await within.getByRole("dialog").getByText("Everyone in it now is out").waitFor();
  await page.context().close();
});
