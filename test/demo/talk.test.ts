/**
 * The shop's room page as a visitor meets it, in real Chromium under the shop's own strict policy: talk, and look inside.
 * Source: product.md E1, O1, R13; look.md (the drawer).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sealedFrame } from "../flow/recorder-driver.ts";
import { untilInSight } from "../shots/covers.ts";
import { button, inviteOf, nameField, sayInRoom, startRoom, untilPhase, untilSaid } from "../widget/views/open-room.ts";
import { type DemoWorld, openDemoWorld } from "./demo-world.ts";

let world: DemoWorld;
before(async () => {
  world = await openDemoWorld();
});
after(() => world.close());

test("two people talk; the drawer shows noise, all of it explained; the page knows a number, the relay no word and no name", async () => {
  const shop = await world.visit(`${world.demo.origin}/talk.html`);
  await shop.page.getByRole("button", { name: "Look inside" }).click();
  const room = sealedFrame(shop.page, "whatping-room");
  await untilInSight(room);
  await startRoom(room, "Ines Okafor");
  const link = await inviteOf(room);
  const guest = await world.visit(link);
  await nameField(guest.page).fill("Mara Keller");
  await button(guest.page, "Enter").click();
  await untilPhase(guest.page, "in");
  await sayInRoom(room, "The word is swordfish.");
  await untilSaid(guest.page, "swordfish");

  const card = shop.page.locator('[data-room][data-inside="2"]');
  await card.waitFor();
  await card.getByText("A word and a sign of life look the same").waitFor();
  assert.ok((await card.locator(".tile").count()) > 0, "no message is shown");
  assert.match((await card.locator(".dump").textContent()) ?? "", /first 64:([0-9a-f]{2} ?){64}$/);
  assert.match((await card.locator("[data-part=trail]").textContent()) ?? "", /joined/);
  assert.deepEqual(await card.locator("[data-unexplained]").allTextContents(), []);
  await shop.page.getByText("This page knows that 2 people are inside.").waitFor();
  await shop.page.getByText("No name, no word, no key, no link.").waitFor();
  assert.match((await shop.page.locator("[data-part=events]").textContent()) ?? "", /whatping-people/);
  assert.doesNotMatch(await shop.page.content(), /swordfish|Okafor|Keller|#[hs]=/);

  await button(guest.page, "Leave").click();
  await button(room, "Leave").click();
  const empty = shop.page.locator('[data-room][data-inside="0"]');
  await empty.getByText("nobody inside").waitFor();
  await empty.locator(".tile").first().waitFor({ state: "detached" });
  assert.deepEqual(await empty.locator("[data-unexplained]").allTextContents(), []);
  assert.deepEqual([...shop.troubles, ...guest.troubles], []);
});

test("the page tells its visitor when it has the room's link", async () => {
  const { page } = await world.visit(`${world.demo.origin}/talk.html`);
  await page.getByRole("button", { name: "Look inside" }).click();
  await page.getByText("No name, no word, no key, no link.").waitFor();
  await page
    .locator("whatping-room")
    .evaluate((element, link) => element.setAttribute("link", link), `${world.demo.frameOrigin}/r/x#s=y&v=1`);
  await page.getByText("it could come in itself").waitFor();
  assert.equal(await page.locator("[data-part=attributes] .secret").count(), 1);
});
