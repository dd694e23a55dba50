/**
 * Builds the playback modules as the frame's build does, serves them under the frame's policy, and opens them in a
 * real Chromium with fake camera and microphone. Test support; sees test clips only.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { openChromium } from "../../support/chromium.ts";
import type { Kit } from "./page.ts";

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "media-src blob:",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types lit-html whatping",
].join("; ");

export interface BuiltFile {
  readonly name: string;
  readonly code: string;
  /** bytes */
  readonly gzipped: number;
  readonly isEntry: boolean;
  /** Files that are loaded with it. */
  readonly imports: readonly string[];
}

/** Bundles `page.ts` and what it imports, minified, into memory. */
export async function buildPage(): Promise<BuiltFile[]> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root: fileURLToPath(new URL(".", import.meta.url)),
    build: {
      write: false,
      target: "es2022",
      modulePreload: { polyfill: false },
      rolldownOptions: { input: fileURLToPath(new URL("page.ts", import.meta.url)) },
    },
  });
  const outputs = Array.isArray(result) ? result : "output" in result ? [result] : [];
  return outputs.flatMap(({ output }) =>
    output.flatMap((file) => {
      if (file.type !== "chunk") return [];
      const { fileName: name, code, isEntry, imports } = file;
      return [{ name, code, isEntry, imports, gzipped: gzipSync(code).length }];
    }),
  );
}

export interface OpenPage {
  /** Runs `kit[name](...args)` of page.ts in the page. */
  run<N extends keyof Kit>(name: N, ...args: Parameters<Kit[N]>): Promise<Awaited<ReturnType<Kit[N]>>>;
  close(): Promise<void>;
}

/** Opens page.ts in Chromium; `args` are more flags for it. */
export async function openPage(args: readonly string[] = []): Promise<OpenPage> {
  const server = await serve(await buildPage());
  const browser = await openChromium({ args });
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.waitForFunction("globalThis.kit !== undefined");
  return {
    run: (name, ...given) =>
      page.evaluate(
        ([called, args]) => {
          const { kit } = globalThis as unknown as { kit: Record<string, (...all: unknown[]) => never> };
          return kit[called]?.(...args) as never;
        },
        [name, given as unknown[]] as const,
      ),
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function serve(files: BuiltFile[]): Promise<Server> {
  const entry = files.find((file) => file.isEntry);
  const script = `<script type="module" src="/${entry?.name}"></script>`;
  const html = `<!doctype html><html lang="en"><title>playback</title>${script}</html>`;
  const server = createServer((request, response) => {
    const file = files.find(({ name }) => `/${name}` === request.url);
    response.setHeader("content-security-policy", CSP);
    response.setHeader("content-type", file ? "text/javascript" : "text/html");
    response.statusCode = file || request.url === "/" ? 200 : 404;
    response.end(file ? file.code : html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
