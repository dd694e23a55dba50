/**
 * Chromium for the tests: finding it (installing it as root on Debian), starting it with fake camera and microphone.
 * Realm-free; the browser's data lives in a fresh temporary profile that goes with it.
 * Source: platform-notes.md "Test traps", architecture.md "Headless Chromium that works".
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { aptInstall, canAptInstall, isProgram, onPath, type Print } from "../../sfu-config/programs.ts";

/** Also used by the browser test runner. */
export const CHROMIUM_FLAGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
];

/** ms that anything in a page may take on a busy machine. */
const PATIENCE_MS = 60_000;

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

export interface ChromiumOptions {
  /** more command-line flags, such as a fake camera's file */
  args?: readonly string[];
  headless?: boolean;
}

/** Path of a Chromium. @throws Error that says what to install. */
export async function findChromium(print: Print = () => {}): Promise<string> {
  const given = process.env.CHROME_PATH;
  if (given) {
    if (isProgram(given)) return given;
    throw new Error(`CHROME_PATH is not a program: ${given}`);
  }
  const found = onPath(NAMES) ?? [MAC_CHROME, chromium.executablePath()].find(isProgram);
  if (found !== undefined) return found;
  if (canAptInstall()) {
    await aptInstall(["chromium", "fonts-liberation"], print);
    const installed = onPath(NAMES);
    if (installed !== null) return installed;
  }
  throw new Error(
    "No Chromium on this machine: install chromium or Google Chrome, or run `npx playwright-core install chromium`, " +
      "or set CHROME_PATH.",
  );
}

/** A browser whose contexts are fresh and in memory only. Close it with `await using` or `close()`. */
export async function openChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: await findChromium(), ...launchOptions(options) });
  const { newContext } = browser;
  browser.newContext = async (...given) => {
    const context = await newContext.apply(browser, given);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}

/** A browser with its profile in a folder, for what must survive a restart. The caller removes the folder. */
export async function openProfile(folder: string, options: ChromiumOptions = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: await findChromium(), ...launchOptions(options) });
}

function launchOptions(options: ChromiumOptions) {
  const features = playwrightDisabledFeatures();
  const kept = features.filter((feature) => feature !== PARTITIONING);
  return {
    headless: options.headless ?? true,
    ignoreDefaultArgs: [`--disable-features=${features.join(",")}`],
    args: [...CHROMIUM_FLAGS, `--disable-features=${kept.join(",")}`, ...(options.args ?? [])],
  };
}

/** Playwright turns this off; IndexedDB, OPFS and Web Locks are then denied in a cross-site frame. */
const PARTITIONING = "ThirdPartyStoragePartitioning";

/**
 * Playwright's own list, read from its bundle: an ignored default argument must match to the letter, and the list
 * changes with every release.
 * @throws Error if the bundle no longer has the list where it was.
 */
export function playwrightDisabledFeatures(): string[] {
  const bundle = createRequire(import.meta.url).resolve("playwright-core/lib/coreBundle");
  const list = /\bdisabledFeatures = \[([^\]]*)\]\.filter\(Boolean\)/.exec(readFileSync(bundle, "utf8"))?.[1];
  const features = [...(list ?? "").replaceAll(/\/\/.*$/gm, "").matchAll(/"(\w+)"/g)].map(
    (match) => match[1] as string,
  );
  if (!features.includes(PARTITIONING)) throw new Error("Playwright's list of disabled features was not found");
  return features;
}
