/**
 * An insider with the SFU's help: a member's real keys, and a place at LiveKit under another member's name. Its page seals
 * what its camera gives with the key of whom it means to be, by the product's own functions. Test support.
 */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire, stripTypeScriptTypes } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AccessToken } from "livekit-server-sdk";
import type { Page } from "playwright-core";
import { kidOf } from "../../../widget/seal/media-frame-header.ts";
import type { GroupToMedia } from "../../../widget/wire/group-media.ts";
import type { Headless } from "../rooms/headless.ts";
import type { World } from "../world.ts";

type Epoch = Extract<GroupToMedia, { type: "epoch" }>;

const WIDGET = join(import.meta.dirname, "../../../widget");
const LIVEKIT = createRequire(import.meta.url).resolve("livekit-client");

/** The worker of the forger's page: no key, no frame; else the frame under the key that it was given. */
const WORKER = `
import { sealFrame } from "/widget/seal/media-frame.ts";
import { deriveFrameKey } from "/widget/seal/media-frame-key.ts";
let use;
let ctr = 0n;
self.onmessage = async ({ data: { suite, baseKey, kid, from } }) => {
  if (use?.kid === kid) return;
  const key = await deriveFrameKey(suite, new Uint8Array(baseKey), kid);
  use = { kid, key };
  ctr = BigInt(from);
};
self.onrtctransform = ({ transformer: { readable, writable } }) => {
  const transform = async (frame, controller) => {
    if (!use) return;
    const sealed = await sealFrame(use.key, ctr++, new Uint8Array(frame.data), frame.type === "key" ? 10 : 1);
    frame.data = sealed.buffer;
    controller.enqueue(frame);
  };
  readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable);
};
`;

/** The forger's own origin: an empty page, its worker, and the product's sources without their types. */
async function serve(): Promise<Server> {
  const server = createServer(({ url = "" }, response) => {
    const type = url.endsWith(".ts") || url.endsWith(".js") ? "text/javascript" : "text/html";
    response.setHeader("content-type", type);
    if (url.startsWith("/widget/")) {
      response.end(stripTypeScriptTypes(readFileSync(join(WIDGET, url.slice("/widget".length)), "utf8")));
    } else response.end(url === "/worker.js" ? WORKER : "<!doctype html>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** The newest epoch's keys, as a member's media worker gets them. */
export class Keys {
  newest: Epoch | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(insider: Headless) {
    insider.member.media.takePort({
      postMessage: (message) => {
        if (message.type !== "epoch") return;
        this.newest = structuredClone(message);
        for (const listener of this.#listeners) listener();
      },
    });
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
    if (this.newest) listener();
  }
}

export interface Forgery {
  readonly insider: Headless;
  readonly keys: Keys;
  /** pseudonym of whom it means to be */
  readonly victim: string;
  readonly sfu: { readonly key: string; readonly secret: string };
  /** first counter */
  readonly from: number;
}

/** From now on a camera comes in the victim's name, sealed with the victim's key. Ends with its page. */
export async function forge(world: World, { insider, keys, victim, sfu, from }: Forgery): Promise<Page> {
  const { url, token: own } = await insider.member.media.askSfu();
  const claims = JSON.parse(Buffer.from(own.split(".")[1] ?? "", "base64url").toString());
  const token = new AccessToken(sfu.key, sfu.secret, { identity: victim });
  token.addGrant({ roomJoin: true, room: claims.video.room, canPublish: true, canSubscribe: false });
  const server = await serve();
  const page = await world.newProfile();
  page.once("close", () => server.close().closeAllConnections());
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ path: LIVEKIT });
  await page.evaluate(() => {
    Object.assign(globalThis, { forger: new Worker("/worker.js", { type: "module" }) });
  });
  keys.onChange(() => void give(page, keys, { victim, from }));
  await page.evaluate(publish, { url, token: await token.toJwt() });
  return page;
}

async function give(page: Page, { newest }: Keys, { victim, from }: Pick<Forgery, "victim" | "from">): Promise<void> {
  const leaf = newest?.senders.find(([, identity]) => identity === victim)?.[0];
  const baseKey = newest?.baseKeys.video;
  if (!baseKey || leaf === undefined || page.isClosed()) return;
  const kid = String(kidOf({ kind: "video", leaf, epoch: newest.epoch }));
  const key = { suite: newest.suite, baseKey: [...baseKey], kid, from };
  await page.evaluate(({ kid: text, ...rest }) => {
    const { forger } = globalThis as unknown as { forger: Worker };
    forger.postMessage({ ...rest, kid: BigInt(text) });
  }, key);
}

/** Runs in the forger's page. */
async function publish(way: { readonly url: string; readonly token: string }): Promise<void> {
  const { LivekitClient, forger } = globalThis as unknown as {
    LivekitClient: typeof import("livekit-client");
    forger: Worker;
  };
  const { Room, ParticipantEvent } = LivekitClient;
  const room = new Room({
    singlePeerConnection: false,
    publishDefaults: { videoCodec: "vp8", backupCodec: false, red: false, simulcast: false },
  });
  room.localParticipant.on(ParticipantEvent.LocalSenderCreated, (sender) => {
    sender.transform = new RTCRtpScriptTransform(forger, {});
  });
  await room.connect(way.url, way.token);
  await room.localParticipant.setCameraEnabled(true);
}
