/**
 * Takes photographs of a state in every size and theme, and lays them out on one page. Test support; sees fake media.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A phone, a desktop. */
export const USUAL: readonly Size[] = [
  { width: 390, height: 700 },
  { width: 1280, height: 720 },
];
/** The narrowest element, and the boxes that help desks give. */
export const TIGHT: readonly Size[] = [
  { width: 280, height: 420 },
  { width: 280, height: 200 },
  { width: 390, height: 292 },
  { width: 640, height: 200 },
  { width: 400, height: 110 },
];
const THEMES = ["light", "dark"] as const;

interface Photograph {
  readonly name: string;
  readonly file: string;
}

export class Camera {
  readonly #folder: string;
  readonly #taken: Photograph[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  /** How many pictures there are. */
  get count(): number {
    return this.#taken.length;
  }

  /** Photographs a page as it stands; `tight` adds the small boxes. */
  async take(page: Page, name: string, sizes: readonly Size[] = USUAL): Promise<void> {
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const theme of THEMES) {
        // What the device asks for; the element's own attribute would configure the frame again.
        await page.emulateMedia({ colorScheme: theme });
        const file = `${name}-${size.width}x${size.height}-${theme}.png`;
        await settled(page);
        writeFileSync(join(this.#folder, file), await richest(page));
        this.#taken.push({ name, file });
      }
    }
    // Room again for what comes next.
    await page.setViewportSize({ width: 1280, height: 720 });
  }

  /** One page with all pictures. */
  writeContactSheet(): string {
    const file = join(this.#folder, "index.html");
    const names = [...new Set(this.#taken.map(({ name }) => name))];
    const row = (name: string) =>
      `<h2>${name}</h2><p>${this.#taken
        .filter((photograph) => photograph.name === name)
        .map((photograph) => `<img src="${photograph.file}" alt="${photograph.file}" loading="lazy">`)
        .join("\n")}</p>`;
    const style =
      "body{font:16px system-ui;margin:24px}img{max-height:420px;margin:0 12px 12px 0;outline:1px solid #ccc}";
    writeFileSync(
      file,
      `<!doctype html><meta charset="utf-8"><title>Shots</title><style>${style}</style>${names.map(row).join("\n")}`,
    );
    return file;
  }
}

/**
 * Headless Chromium on a busy machine now and then leaves the video out of a screenshot: of some pictures the one
 * that holds most is the one that is complete.
 */
async function richest(page: Page): Promise<Buffer> {
  const shots = [await page.screenshot()];
  const hasVideo = await Promise.all(page.frames().map((frame) => frame.evaluate(isPlaying)));
  while (hasVideo.includes(true) && shots.length < 4) shots.push(await page.screenshot());
  return shots.reduce((best, shot) => (shot.length > best.length ? shot : best));
}

/** Runs in a frame. */
function isPlaying(): boolean {
  const view = document.querySelector("wisp-recorder-view, wisp-player-view");
  return [...(view?.shadowRoot?.querySelectorAll("video") ?? [])].some((video) => !video.paused);
}

/** No change of state is on its way any more, in no frame. */
async function settled(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    await frame.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 220));
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
  }
}
