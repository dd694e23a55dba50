/**
 * Drives `<wisp-recorder>` and the viewer as a person does: by the names on the buttons, in real Chromium.
 */
import type { FrameLocator, Page } from "playwright-core";
import { deriveViewToken } from "../../widget/seal/clip.ts";
import { parseClipLink } from "../../widget/seal/clip-link.ts";
import { PIECE_BYTES } from "../../widget/wire/clip-limits.ts";
import { untilInSight } from "../shots/covers.ts";
import { noteSecret } from "../support/canary.ts";

/** The sealed frame inside the host page. */
export function sealedFrame(page: Page, element = "wisp-recorder"): FrameLocator {
  return page.frameLocator(`${element} iframe`);
}

/** Waits until the view inside a frame (or the page itself) has reached a step. */
export async function untilStep(scope: FrameLocator | Page, step: string, timeout = 30_000): Promise<void> {
  await scope.locator(`[data-step="${step}"]`).first().waitFor({ state: "attached", timeout });
}

export interface Take {
  readonly seconds: number;
  /** … and until so many full segments are sealed, however little a slow machine's camera gives */
  readonly segments?: number;
  readonly kind?: "video" | "voice";
  readonly recipient?: string;
}

/** Records a take and stops at the review. */
export async function recordTake(frame: FrameLocator, take: Take): Promise<void> {
  const first = take.kind === "voice" ? "Record your voice" : "Record a video";
  await untilInSight(frame);
  await frame.getByRole("button", { name: first, exact: true }).click();
  await recordAgain(frame, take);
}

/** From the preview on: also after Retake. */
export async function recordAgain(frame: FrameLocator, take: Take): Promise<void> {
  await untilStep(frame, "ready");
  if (take.recipient !== undefined) await frame.getByLabel(/^For/).fill(take.recipient);
  await frame.getByRole("button", { name: "Record", exact: true }).click();
  // By key: the number that counts down moves things, and a click waits until nothing does.
  await frame.getByRole("button", { name: "Start now", exact: true }).press("Enter");
  await untilStep(frame, "recording");
  await untilElapsed(frame, take.seconds);
  if (take.segments) await untilSealed(frame, take.segments);
  await frame.getByRole("button", { name: "Stop", exact: true }).click();
  await untilStep(frame, "review");
}

/** Waits until so many seconds are recorded, by the recorder's own clock. */
export function untilElapsed(frame: FrameLocator, seconds: number): Promise<void> {
  return untilAtLeast(frame, { elapsed: seconds, sealed: 0 });
}

/** Waits until so many full segments are sealed. */
function untilSealed(frame: FrameLocator, segments: number): Promise<void> {
  return untilAtLeast(frame, { elapsed: 0, sealed: segments * PIECE_BYTES });
}

async function untilAtLeast(frame: FrameLocator, least: { elapsed: number; sealed: number }): Promise<void> {
  await frame.locator("wisp-recorder-view").evaluate(
    (view, { elapsed, sealed }) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const { state } = view as unknown as { state: { elapsed: number; progress: { sealedBytes: number } } };
          if (state.elapsed >= elapsed && state.progress.sealedBytes >= sealed) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    least,
  );
}

/** Sends the take under review and gives its link. */
export async function sendTake(frame: FrameLocator): Promise<string> {
  await frame.getByRole("button", { name: "Send", exact: true }).click();
  await untilStep(frame, "sent");
  const link = await frame.getByLabel("Link", { exact: true }).inputValue();
  await noteKeys(link);
  return link;
}

/** For the search at the end of a run: the key, and what is derived from it. */
async function noteKeys(link: string): Promise<void> {
  const { key } = parseClipLink(link);
  noteSecret("clip-key", key);
  noteSecret("view-token", await deriveViewToken(key));
}

/** Opens a link in a page of its own and waits for the invitation. */
export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await untilStep(page, "invitation");
}

/** Clicks Watch and waits for the first picture. */
export async function startWatching(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^(Watch|Listen)$/ }).click();
  await untilStep(page, "playing");
}

/** The id in a link. */
export function idOf(link: string): string {
  return new URL(link).pathname.split("/")[2] as string;
}
