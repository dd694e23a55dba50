/**
 * A page of the benchmarks, bundled with its workers as the frame's build bundles them, on an address of its own. Bench
 * support.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";
import { build } from "vite";

export interface BundledPage {
  readonly url: string;
  close(): void;
}

const TYPES: Readonly<Record<string, string>> = { ".js": "text/javascript", ".html": "text/html" };

/** @param entry path of the page's module */
export async function serveBundledPage(entry: string): Promise<BundledPage> {
  const outDir = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "page-"));
  await build({
    configFile: false,
    logLevel: "silent",
    base: "/",
    build: {
      outDir,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: entry, output: { entryFileNames: "page.js" } },
    },
    worker: { format: "es" },
  });
  const page = '<!doctype html><title>bench</title><body></body><script type="module" src="/page.js"></script>';
  const server = createServer(async ({ url = "/" }, response) => {
    const path = url === "/" ? "/index.html" : url;
    response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
    if (url === "/") return response.end(page);
    const folder = path.startsWith("/assets/") ? join(outDir, "assets") : outDir;
    return response.end(await readFile(join(folder, basename(path))).catch(() => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
