/**
 * The shop as a visitor meets it, in real Chromium under the shop's own strict policy: ask, watch, answer, look inside.
 * Source: product.md E1, E10, O1.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { idOf, recordTake, sealedFrame, sendTake, untilStep } from "../flow/recorder-driver.ts";
import { untilInSight } from "../shots/covers.ts";
import { type DemoWorld, openDemoWorld } from "./demo-world.ts";

let world: DemoWorld;
before(async () => {
  world = await openDemoWorld();
});
after(() => world.close());

test("a question is recorded, watched once and gone, the drawer shows it, and no policy is violated", async () => {
  const shop = await world.visit(`${world.demo.origin}/`);
  await openDrawer(shop.page);
  const frame = sealedFrame(shop.page);
  // The page has just scrolled; a person looks before they click.
  await untilInSight(frame);
  await recordTake(frame, { seconds: 6 });
  const link = await sendTake(frame);
  const id = idOf(link);
  await shop.page.locator("#sent").waitFor();

  const sent = card(shop.page, id, "ready");
  await sent.waitFor();
  assert.ok((await sent.locator(".tile").count()) > 0, "no piece is shown");
  assert.match((await sent.locator(".dump").textContent()) ?? "", /first 64:([0-9a-f]{2} ?){64}$/);
  assert.equal(await sent.locator("[data-unexplained]").count(), 0);
  const told = await shop.page.locator("[data-part=events]").textContent();
  assert.match(told ?? "", /wisp-sent/);
  assert.doesNotMatch((await shop.page.content()) + told, /#k=/);
  const attempts = await shop.page.locator("[data-part=attempts] b").allTextContents();
  assert.deepEqual([...new Set(attempts)].sort(), ["refused (SecurityError)", "refused (null)"]);

  const watch = await world.visit(`${world.demo.origin}/watch.html`);
  await openDrawer(watch.page);
  await watch.page.getByLabel("Link of the clip").fill(link);
  await watch.page.getByRole("button", { name: "Show it here" }).click();
  const player = sealedFrame(watch.page, "wisp-player");
  await untilStep(player, "invitation");
  await untilInSight(player);
  await player.getByRole("button", { name: "Watch", exact: true }).click();
  await card(watch.page, id, "leased").waitFor();
  await untilStep(player, "gone");

  const burned = card(shop.page, id, "burned");
  await burned.locator("[data-field='deletion.verifiedAt']").waitFor();
  await burned.locator(".tile").first().waitFor({ state: "detached" });
  await burned.locator("[data-field=iv]").waitFor({ state: "detached" });
  assert.match((await burned.locator(".objects").textContent()) ?? "", /deleted for good/);
  assert.equal(await burned.locator("[data-unexplained]").count(), 0);
  assert.deepEqual([...shop.troubles, ...watch.troubles], []);
});

test("an agent answers a ticket with a clip, and the link lands in the reply", async () => {
  const desk = await world.visit(`${world.demo.origin}/help-desk.html`);
  await desk.page.getByRole("button", { name: "Answer with a clip" }).click();
  const frame = sealedFrame(desk.page);
  await untilInSight(frame);
  await recordTake(frame, { seconds: 2, kind: "voice" });
  const link = await sendTake(frame);
  await desk.page.getByText("The link is in your reply.").waitFor();

  const reply = await desk.page.getByLabel("Your reply").inputValue();
  assert.ok(reply.startsWith("Hello Ines,"));
  assert.ok(reply.includes(link), "the reply has no link");
  assert.match(reply, /It opens once, until \S+/);
  await desk.page.getByRole("button", { name: "Send reply" }).click();
  assert.equal(await desk.page.locator("#thread .agent a").getAttribute("href"), link);
  assert.equal(await desk.page.locator("#status").textContent(), "answered");
  assert.deepEqual(desk.troubles, []);
});

test("the page tells its visitor when it has come to know the link", async () => {
  const watch = await world.visit(`${world.demo.origin}/watch.html`);
  await openDrawer(watch.page);
  await watch.page.getByText(/no key, no link\.$/).waitFor();
  await watch.page
    .getByLabel("Link of the clip")
    .fill(`${world.demo.frameOrigin}/v/${"A".repeat(22)}#k=${"A".repeat(43)}`);
  await watch.page.getByRole("button", { name: "Show it here" }).click();
  await watch.page.getByText(/this page could open the clip\.$/).waitFor();
});

test("refuses what is no link, in words", async () => {
  const { page } = await world.visit(`${world.demo.origin}/watch.html`);
  await page.getByLabel("Link of the clip").fill("https://example.com/");
  await page.getByRole("button", { name: "Show it here" }).click();
  await page.getByText("That does not look like a clip's link").waitFor();
  assert.equal(await page.locator("wisp-player").count(), 0);
});

test("the drawer opens and closes by keyboard, and nothing is asked of the relay while it is shut", async () => {
  const asked: string[] = [];
  const { page } = await world.visit(`${world.demo.origin}/`, async (fresh) => {
    fresh.on("request", (request) => asked.push(new URL(request.url()).pathname));
  });
  const handle = page.locator(".drawer-handle");
  await handle.waitFor();
  assert.ok(!asked.includes("/relay-eye"));
  const opened = page.waitForRequest((request) => new URL(request.url()).pathname === "/relay-eye");
  await handle.press("Enter");
  await page.locator("#drawer-body").waitFor();
  assert.equal(await handle.getAttribute("aria-expanded"), "true");
  await opened;
  await handle.press("Escape");
  await page.locator("#drawer-body").waitFor({ state: "hidden" });
  assert.equal(await handle.evaluate((button) => button === document.activeElement), true);
});

for (const width of [320, 390, 1280]) {
  test(`no page scrolls sideways at ${width} px`, async () => {
    for (const path of ["/", "/talk.html", "/help-desk.html", "/watch.html"]) {
      const { page } = await world.visit(world.demo.origin + path, (fresh) =>
        fresh.setViewportSize({ width, height: 800 }),
      );
      // The handle steps aside while it would lie over a frame.
      await page.locator(".colophon").scrollIntoViewIfNeeded();
      await openDrawer(page);
      const inner = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(inner <= width, `${path} is ${inner} px wide`);
      await page.context().close();
    }
  });
}

async function openDrawer(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Look inside" }).click();
}

function card(page: Page, id: string, state: string) {
  return page.locator(`[data-clip="${id}"][data-state="${state}"]`);
}
