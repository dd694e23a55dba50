/**
 * Builds one bundle per realm: the host script (one file) and the sealed frame's documents with their worker.
 * The same sources give the same files; names carry hashes so that they can be cached for good.
 */
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { build, type InlineConfig } from "vite";

const here = import.meta.dirname;
const finished = join(here, "dist");
/** Built beside and swapped in at the end: whoever serves or tests the old files never sees half of the new ones. */
const unfinished = join(here, `dist.${process.pid}`);

const common: InlineConfig = {
  configFile: false,
  logLevel: "warn",
  root: join(here, "frame"),
};

/** The customer's page: one script, no chunks, so that one integrity hash pins all of it. */
const host: InlineConfig = {
  ...common,
  root: join(here, "host"),
  build: {
    outDir: unfinished,
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "define.ts", formats: ["es"], fileName: () => "whatping.js" },
  },
};

/** The sealed frame: documents, styles, chunks, worker. No inlined data: URLs, which its policy refuses. */
const frame: InlineConfig = {
  ...common,
  base: "/",
  build: {
    outDir: unfinished,
    emptyOutDir: false,
    target: "es2022",
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["recorder", "player", "room"].map((name) => join(here, "frame", `${name}.html`)),
    },
  },
  worker: { format: "es" },
};

export async function buildWidget(): Promise<void> {
  const replaced = `${unfinished}.old`;
  try {
    await build(host);
    await build(frame);
    await rename(finished, replaced).catch(() => undefined);
    await rename(unfinished, finished);
  } finally {
    await Promise.all([unfinished, replaced].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

if (import.meta.main) await buildWidget();
