/**
 * The demo as `npm start` runs it, on free ports and embedded defaults, with a real Chromium to visit it.
 */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type Demo, startDemo } from "../../demo/demo.ts";
import { openChromium } from "../support/chromium.ts";

export interface DemoWorld {
  readonly demo: Demo;
  readonly browser: Browser;
  /** A page in a browser profile of its own, and what went wrong in it. `prepare` runs before the address is opened. */
  visit(address: string, prepare?: (page: Page) => Promise<unknown>): Promise<Visit>;
  close(): Promise<void>;
}

export interface Visit {
  readonly page: Page;
  /** violations of any frame's policy, script errors, console errors */
  readonly troubles: string[];
}

export async function openDemoWorld(): Promise<DemoWorld> {
  const folder = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "demo-"));
  const env = { ...process.env, DATA_DIR: folder };
  const demo = await startDemo({ print: () => undefined, servers: "embedded", anyPorts: true, env });
  const browser = await openChromium();
  return {
    demo,
    browser,
    async visit(address, prepare) {
      const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
      const page = await context.newPage();
      const troubles = await collectTroubles(page);
      await prepare?.(page);
      await page.goto(address);
      return { page, troubles };
    },
    async close() {
      await browser.close();
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function collectTroubles(page: Page): Promise<string[]> {
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const isTrouble = message.type() === "error" || /policy|violat|trusted/i.test(message.text());
    if (isTrouble) troubles.push(`console: ${message.type()} ${message.text()}`);
  });
  await page.exposeFunction("reportViolation", (text: string) => troubles.push(`violation: ${text}`));
  // In every frame, the sealed one too.
  await page.addInitScript(() => {
    const { reportViolation } = window as unknown as { reportViolation(text: string): void };
    addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
      reportViolation(`${violatedDirective} ${blockedURI}`),
    );
  });
  return troubles;
}
