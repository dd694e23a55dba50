/**
 * Runs a module as a worker in real Chromium, bundled as the frame's build bundles the media worker, and looks into it
 * with the browser's inspector. Bench support; sees made-up bytes only.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CDPSession, Page } from "playwright-core";
import { build } from "vite";
import { openChromium } from "../support/chromium.ts";

/** One command of the Chrome DevTools Protocol, to the worker. */
export type Inspect = (method: string, parameters?: object) => Promise<Record<string, unknown>>;

export interface BundledWorker {
  /** A page with the worker in `globalThis.worker`. */
  readonly page: Page;
  readonly inspect: Inspect;
  /** Ends the worker and starts it afresh. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** @param entry path of the worker's module */
export async function openBundledWorker(entry: string): Promise<BundledWorker> {
  const server = await serve(await bundle(entry));
  const browser = await openChromium();
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  const { inspect, started } = await inspectWorkers(page);
  const restart = async () => {
    const attached = started();
    await page.evaluate(() => {
      const here = globalThis as { worker?: Worker };
      here.worker?.terminate();
      here.worker = new Worker("/worker.js", { type: "module" });
    });
    await attached;
  };
  await restart();
  return {
    page,
    inspect,
    restart,
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Gives the page's `globalThis.worker` a task and waits for its one answer. @throws Error of the worker's */
export function askWorker<T>(page: Page, given: object): Promise<T> {
  return page.evaluate(
    (task) =>
      new Promise<unknown>((resolve, reject) => {
        const { worker } = globalThis as unknown as { worker: Worker };
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(task);
      }),
    given,
  ) as Promise<T>;
}

/** The worker and its chunks, code by file name. */
async function bundle(entry: string): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    build: { write: false, target: "es2022", lib: { entry, formats: ["es"], fileName: () => "worker.js" } },
  });
  const [made] = Array.isArray(result) ? result : "output" in result ? [result] : [];
  const files = new Map<string, string>();
  for (const file of made?.output ?? []) if (file.type === "chunk") files.set(file.fileName, file.code);
  if (!files.has("worker.js")) throw new Error("the worker was not bundled");
  return files;
}

async function serve(files: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const script = files.get(request.url?.slice(1) ?? "");
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? "<!doctype html><title>bench</title>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** The page's worker of the moment. Playwright itself has no inspector session for workers. */
async function inspectWorkers(page: Page): Promise<{ inspect: Inspect; started: () => Promise<void> }> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let lastId = 0;
  let worker = "";
  session.on("Target.attachedToTarget", ({ sessionId }) => {
    worker = sessionId;
  });
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message) as { id: number; result: Record<string, unknown> };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  return {
    started: () => new Promise((resolve) => session.once("Target.attachedToTarget", () => resolve())),
    inspect: async (method, parameters = {}) => {
      const id = ++lastId;
      const answer = new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve));
      const message = JSON.stringify({ id, method, params: parameters });
      await session.send("Target.sendMessageToTarget", { sessionId: worker, message });
      return answer;
    },
  };
}
