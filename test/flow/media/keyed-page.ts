/**
 * A member without a room around it: the group is that of a Headless, its keys go to the frame's own sealing and media
 * worker in a page, bundled as the frame's build bundles them. Test support.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import type { FromRoomMedia, GroupToMedia, MediaKind } from "../../../widget/wire/group-media.ts";
import type { Headless } from "../rooms/headless.ts";
import { watchMedia } from "./call-page.ts";
import type { Fate } from "./call-world.ts";
import type { keyed, Layers } from "./keyed-entry.ts";

type Keyed = typeof keyed;
type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;
interface Here {
  readonly keyed: Keyed;
}

/** The bundle, behind an address; its worker's script can be held back. */
export class KeyedCode {
  readonly #server: Server;
  readonly #files: ReadonlyMap<string, string>;
  #held: ServerResponse[] | undefined;

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#server = createServer(({ url }, response) => {
      if (url === "/")
        response.setHeader("content-type", "text/html").end('<script type="module" src="/keyed.js"></script>');
      else if (this.#held && url?.includes("room-main")) this.#held.push(response);
      else this.#answer(response, url ?? "");
    });
  }

  static async bundle(): Promise<KeyedCode> {
    const result = await build({
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        target: "es2022",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rolldownOptions: {
          input: join(import.meta.dirname, "keyed-entry.ts"),
          output: { entryFileNames: "keyed.js" },
        },
      },
      worker: { format: "es" },
    });
    const files = new Map<string, string>();
    for (const made of Array.isArray(result) ? result : "output" in result ? [result] : []) {
      for (const file of made.output) {
        files.set(`/${file.fileName}`, file.type === "chunk" ? file.code : Buffer.from(file.source).toString());
      }
    }
    const code = new KeyedCode(files);
    await new Promise<void>((resolve) => code.#server.listen(0, "127.0.0.1", resolve));
    return code;
  }

  get url(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** The next workers do not start until `release`. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    for (const response of this.#held ?? []) this.#answer(response, response.req.url ?? "");
    this.#held = undefined;
  }

  close(): void {
    this.#server.close().closeAllConnections();
  }

  #answer(response: ServerResponse, url: string): void {
    response.setHeader("content-type", "text/javascript").end(this.#files.get(url) ?? "");
  }
}

export class KeyedPage {
  readonly page: Page;
  /** every epoch's keys that this member got, as they were */
  readonly epochs: EpochMessage[] = [];
  #sent: Promise<unknown> = Promise.resolve();

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser, code: KeyedCode): Promise<KeyedPage> {
    const page = await (await browser.newContext()).newPage();
    await watchMedia(page);
    await page.goto(code.url);
    await page.waitForFunction(() => "keyed" in globalThis);
    return new KeyedPage(page);
  }

  /** Its keys come from this member from now on. @param change what it gets instead */
  take(member: Headless, change: (message: GroupToMedia) => GroupToMedia = (message) => message): void {
    member.member.media.takePort({
      postMessage: (told) => {
        const message = change(told);
        const copy = JSON.stringify(message, (_, value) =>
          value instanceof Uint8Array ? { bytes: toBase64url(value) } : value,
        );
        if (message.type === "epoch") this.epochs.push(structuredClone(message));
        this.#sent = this.#sent.then(() =>
          this.page.evaluate((text) => (globalThis as unknown as Here).keyed.keys(text), copy).catch(() => undefined),
        );
      },
    });
  }

  async join(way: { url: string; token: string }, options: object = {}): Promise<void> {
    const all = [way.url, way.token, options] as const;
    await this.page.evaluate((given) => (globalThis as unknown as Here).keyed.join(...given), all);
  }

  publish(kind: MediaKind, layers: Layers = "one"): Promise<void> {
    const given = [kind, layers] as const;
    return this.page.evaluate((all) => (globalThis as unknown as Here).keyed.publish(...all), given);
  }

  unpublish(kind: MediaKind): Promise<void> {
    return this.page.evaluate((what) => (globalThis as unknown as Here).keyed.unpublish(what), kind);
  }

  replace(kind: MediaKind): Promise<void> {
    return this.page.evaluate((what) => (globalThis as unknown as Here).keyed.replace(what), kind);
  }

  async simulate(scenario: "signal-reconnect" | "full-reconnect"): Promise<void> {
    await this.page.evaluate((what) => (globalThis as unknown as Here).keyed.simulate(what), scenario);
  }

  endWorker(): Promise<void> {
    return this.page.evaluate(() => (globalThis as unknown as Here).keyed.endWorker());
  }

  reports(): Promise<FromRoomMedia[]> {
    return this.page.evaluate(() => (globalThis as unknown as Here).keyed.reports);
  }

  /** @param identity "" for its own */
  async fate(identity: string, kind: MediaKind): Promise<Fate> {
    const dropped: Fate["dropped"] = {};
    let opened = 0;
    for (const report of await this.reports()) {
      if (report.type !== "opened" && report.type !== "dropped") continue;
      if (report.identity !== identity || report.kind !== kind) continue;
      if (report.type === "opened") opened += report.count;
      else dropped[report.reason] = (dropped[report.reason] ?? 0) + report.count;
    }
    return { opened, dropped };
  }

  /** Frames that its encoders made and its packets that left. */
  outgoing(): Promise<{ encoded: number; packets: number }> {
    return this.page.evaluate(async () => {
      const sum = { encoded: 0, packets: 0 };
      for (const connection of (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen
        .connections) {
        for (const report of (await connection.getStats()).values()) {
          if (report.type !== "outbound-rtp") continue;
          sum.encoded += report.framesEncoded ?? 0;
          sum.packets += report.packetsSent;
        }
      }
      return sum;
    });
  }
}
