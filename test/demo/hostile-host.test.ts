/**
 * A hostile page on an allowed origin attacks a frame that records, with everything in demo/hostile/, in real Chromium.
 * Source: product.md E2, protocol.md §11.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { sealedFrame, sendTake, untilStep } from "../flow/recorder-driver.ts";
import { clickThrough, untilInSight } from "../shots/covers.ts";
import { CANARY, findIn, type Pattern, wanted } from "../support/canary.ts";
import { type DemoWorld, openDemoWorld } from "./demo-world.ts";

/** They need a person's click. */
const CLICKJACKING = ["clickjack-opacity", "clickjack-overlay", "clickjack-scale", "clickjack-filter"];
/** The page can't tell; this test looks into the frame. */
const UNSEEN = ["limits", "poisoned-configuration", "late-expose-link"];

let world: DemoWorld;
before(async () => {
  world = await openDemoWorld();
});
after(() => world.close());

test("every attempt of a hostile page is refused while the frame records, and it never hears key, link or content", async (t) => {
  const { page } = await world.visit(`${world.demo.rogueOrigin}/hostile.html`);
  const frame = sealedFrame(page);
  await startRecording(frame, CANARY);

  await page.getByRole("button", { name: "Attack the frame" }).click();
  await page.locator("html[data-attacks=done]").waitFor({ timeout: 120_000 });
  const results = await resultsOf(page);
  assert.deepEqual(
    results
      .filter(({ result }) => result === "idle")
      .map(({ id }) => id)
      .sort(),
    [...CLICKJACKING].sort(),
  );
  for (const { id, result, detail } of results.filter((each) => each.result !== "idle")) {
    await t.test(id, () => assert.equal(result, UNSEEN.includes(id) ? "unseen" : "refused", `${id}: ${detail}`));
  }

  await untilStep(frame, "recording");
  const { limit } = await stateOf(frame);
  assert.ok(limit >= 1 && limit <= 300, `a limit of ${limit} s`);
  await frame.getByRole("button", { name: "Stop", exact: true }).click();
  await untilStep(frame, "review");
  const link = await sendTake(frame);
  await untilHeard(page, "event wisp-sent");

  const heard = await heardBy(page);
  assert.deepEqual(findIn(heard, "what the page heard", wanted(secretsOf(link))), []);
  // Nor where in the frame's code a wrong call ended.
  assert.doesNotMatch(heard.toString(), /\/assets\//);
  // In sight as it was, the frame had nothing to ask about.
  assert.doesNotMatch(heard.toString(), /frame-covered/);
});

test("a click on a frame that the page hides or covers starts nothing before the person was asked", async (t) => {
  const { page } = await world.visit(`${world.demo.rogueOrigin}/hostile.html`);
  for (const id of CLICKJACKING) {
    await t.test(id, async () => {
      const row = page.locator(`[data-attempt=${id}]`);
      await row.getByRole("button", { name: /^Try: / }).click();
      const frame = page.frameLocator("#bench wisp-recorder iframe");
      await untilStep(frame, "start");
      await page.getByText("Win a teapot", { exact: true }).scrollIntoViewIfNeeded();
      await clickThrough(
        page.locator("#bench wisp-recorder iframe"),
        frame.getByRole("button", { name: "Record a video" }),
      );
      await page.locator(`[data-attempt=${id}]:not([data-result=running])`).waitFor();
      const { result, detail } = (await resultsOf(page)).find((each) => each.id === id) ?? {};
      assert.equal(result, "detected", detail);
    });
  }
});

test("a page that sets expose-link before the recording gets the link, so the search above would have found it", async () => {
  const { page } = await world.visit(`${world.demo.rogueOrigin}/hostile.html`);
  await page.locator("#victim").evaluate((victim) => victim.setAttribute("expose-link", ""));
  const frame = sealedFrame(page);
  await startRecording(frame);
  await frame.getByRole("button", { name: "Stop", exact: true }).click();
  await untilStep(frame, "review");
  const link = await sendTake(frame);
  await untilHeard(page, "event wisp-sent");

  const found = findIn(await heardBy(page), "what the page heard", wanted(secretsOf(link))).map(
    ({ pattern }) => pattern,
  );
  assert.ok(found.includes("link, raw"), `found only ${found}`);
  assert.ok(found.includes("key, base64url at 0"), `found only ${found}`);
});

test("an origin that is not allowed can't mount the element, as a page of its own either", async () => {
  const { page } = await world.visit(`${world.demo.strangerOrigin}/stranger.html`);
  assert.equal(await strangersReport(page), "refused: the element: frame-blocked; by hand: no answer");
});

test("the frame answers no origin that is not allowed, even where frame-ancestors lets it load", async () => {
  const { page } = await world.visit(`${world.demo.strangerOrigin}/stranger.html`, withoutFrameAncestors);
  assert.equal(await strangersReport(page), "refused: the element: frame-blocked; by hand: no answer");
  assert.equal(await sealedFrame(page).locator("wisp-recorder-view").count(), 0);
  assert.ok(
    page.frames().some((frame) => frame.url().endsWith("/frame/recorder")),
    "the frame did not load at all",
  );
});

test("markup as recipient is text in the frame", async () => {
  const markup = `"><img src=x onerror="parent.postMessage('pwned','*')">`;
  const { page } = await world.visit(`${world.demo.rogueOrigin}/hostile.html`);
  await page.locator("#victim").evaluate((victim, text) => victim.setAttribute("recipient", text), markup);
  const frame = sealedFrame(page);
  await untilInSight(frame);
  await frame.getByRole("button", { name: "Record a video", exact: true }).click();
  await untilStep(frame, "ready");
  assert.equal(await frame.getByLabel(/^For/).inputValue(), markup);
  assert.equal(await frame.locator("img[src=x]").count(), 0);
});

/** Serves the frame's document without its policy, as an intermediary might. */
async function withoutFrameAncestors(page: Page): Promise<void> {
  await page.route(`${world.demo.frameOrigin}/frame/recorder`, async (route) => {
    const response = await route.fetch({ url: `http://127.0.0.1:${world.demo.api.port}/frame/recorder` });
    const { "content-security-policy": policy = "", ...headers } = response.headers();
    const weaker = policy.replace(/frame-ancestors [^;]+; /, "");
    assert.notEqual(weaker, policy);
    await route.fulfill({ response, headers: { ...headers, "content-security-policy": weaker } });
  });
}

async function strangersReport(page: Page): Promise<string> {
  const report = page.locator("#report:not([data-result=running])");
  await report.waitFor({ timeout: 30_000 });
  return (await report.textContent()) ?? "";
}

async function startRecording(frame: FrameLocator, recipient?: string): Promise<void> {
  await untilInSight(frame);
  await frame.getByRole("button", { name: "Record a video", exact: true }).click();
  await untilStep(frame, "ready");
  if (recipient !== undefined) await frame.getByLabel(/^For/).fill(recipient);
  await frame.getByRole("button", { name: "Record", exact: true }).click();
  // By key: the number that counts down moves things, and a click waits until nothing does.
  await frame.getByRole("button", { name: "Start now", exact: true }).press("Enter");
  await untilStep(frame, "recording");
}

function resultsOf(page: Page): Promise<{ id: string; result: string; detail: string }[]> {
  return page.locator("[data-attempt]").evaluateAll((rows) =>
    rows.map((row) => ({
      id: (row as HTMLElement).dataset.attempt ?? "",
      result: (row as HTMLElement).dataset.result ?? "",
      detail: row.querySelector("p")?.textContent ?? "",
    })),
  );
}

function stateOf(frame: FrameLocator): Promise<{ limit: number }> {
  return frame.locator("wisp-recorder-view").evaluate((view) => {
    const { limit } = (view as unknown as { state: { limit: number } }).state;
    return { limit };
  });
}

interface Heard {
  readonly heard: readonly { readonly via: string; readonly data: string }[];
}

async function untilHeard(page: Page, via: string): Promise<void> {
  await page.waitForFunction((name) => (window as unknown as Heard).heard.some((entry) => entry.via === name), via);
}

/** Everything that the page ever received, and what stands in its own document. */
async function heardBy(page: Page): Promise<Buffer> {
  const text = await page.evaluate(() => {
    const entries = performance.getEntries().map((entry) => JSON.stringify(entry.toJSON()));
    const { heard } = window as unknown as Heard;
    return [...heard.map(({ via, data }) => `${via} ${data}`), ...entries, document.documentElement.outerHTML].join(
      "\n",
    );
  });
  return Buffer.from(text);
}

function secretsOf(link: string): Pattern[] {
  const key = /#k=([\w-]{43})$/.exec(link)?.[1];
  assert.ok(key, "the frame shows no link");
  return [
    { name: "link", bytes: Buffer.from(link) },
    { name: "key", bytes: Buffer.from(key, "base64url") },
  ];
}
