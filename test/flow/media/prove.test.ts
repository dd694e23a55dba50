/**
 * `npm run prove`: LiveKit's own client, which none of us wrote, gets all that a real browser sends into a real LiveKit and
 * makes no picture and no sound of it. The control shows that the same command sees and hears what is not sealed.
 * Source: product.md R5, R15.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { FrameLocator, Page } from "playwright-core";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { runsLivekit } from "../../api/sfu/support/livekit.ts";
import { button, inviteOf, openRoomPage, startRoom } from "../../widget/views/open-room.ts";
import { openWorld, type World } from "../world.ts";
import { BareSender, bareToken } from "./bare-sender.ts";

const root = join(import.meta.dirname, "../../..");
const SECONDS = "8";
const livekit = runsLivekit();

interface Proof {
  readonly code: number | null;
  readonly text: string;
  /** numbers of pictures decoded, by the track's source */
  readonly pictures: Readonly<Record<string, number>>;
  /** numbers of pieces of sound that are not silent */
  readonly sounds: Readonly<Record<string, number>>;
  /** that came: of pictures, of sound */
  readonly packets: readonly number[];
}

/** The command as a person runs it; what it needs comes as arguments, on its input, or by environment. */
async function prove(args: readonly string[], { env = {}, input = "" } = {}): Promise<Proof> {
  const child = spawn(process.execPath, [join(root, "widget/member/prove.ts"), ...args], {
    env: { ...process.env, PROVE_SECONDS: SECONDS, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input);
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  child.stderr.on("data", (chunk) => (text += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const all = (what: RegExp) =>
    Object.fromEntries([...text.matchAll(what)].map(([, name, count]) => [name, Number(count)]));
  return {
    code,
    text,
    pictures: all(/^(\w+) +of .*: (\d+) pictures decoded/gm),
    sounds: all(/^(\w+) +of .*, (\d+) of them not silent/gm),
    packets: [/(\d+) packets of pictures/, /(\d+) packets of sound/].map((what) => Number(what.exec(text)?.[1] ?? 0)),
  };
}

describe("what is not sealed", () => {
  const sender = new BareSender();
  before(async () => sender.send(livekit, await bareToken(livekit, "bare", "sender")));
  after(() => sender.stop());

  test("is seen and heard by the command, which fails then", async (t) => {
    const env = { PROVE_URL: livekit.url, PROVE_TOKEN: await bareToken(livekit, "bare", "looker") };
    const { code, text, pictures, sounds } = await prove([], { env });
    t.diagnostic(text);
    assert.equal(code, 1);
    assert.ok((pictures.camera ?? 0) > 10, "pictures");
    assert.ok((sounds.microphone ?? 0) > 50, "sound");
    assert.match(text, /^NOT SEALED/m);
  });
});

describe("what a room sends", () => {
  let world: World;
  let host: { page: Page; within: FrameLocator };
  before(async () => {
    await buildIfStale(() => undefined);
    const { url, key, secret } = livekit;
    world = await openWorld({
      embedded: true,
      env: { LIVEKIT_URL: url, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret },
    });
    host = await openRoomPage(world, '<whatping-room style="height:600px"></whatping-room>');
    await startRoom(host.within, "Mara");
  });
  after(() => world?.close());

  test("while it sends nothing, nothing is proved, and the command says so", async () => {
    const { code, text } = await prove([], { input: `${await inviteOf(host.within)}\n`, env: { PROVE_SECONDS: "1" } });
    assert.equal(code, 2, text);
    assert.match(text, /nothing is proved/);
  });

  test("can be neither seen nor heard by LiveKit's own client, which everybody sees come and go", async (t) => {
    await button(host.within, "Camera").click();
    const microphone = button(host.within, "Microphone");
    const hasSound = (await microphone.count()) > 0;
    if (hasSound && (await microphone.getAttribute("aria-pressed")) !== "true") await microphone.click();
    await host.within.locator(".tile.own video").waitFor();
    const proving = prove([await inviteOf(host.within)]);
    await host.within.getByText("Proof without keys").first().waitFor();
    const { code, text, pictures, sounds, packets } = await proving;
    t.diagnostic(text);
    assert.equal(pictures.camera, 0, text);
    assert.ok((packets[0] ?? 0) > 20, text);
    if (hasSound) {
      assert.equal(sounds.microphone, 0, text);
      assert.ok((packets[1] ?? 0) > 20, text);
    }
    assert.equal(code, 0);
    assert.match(text, /^SEALED/m);
    await host.within.getByText("Proof without keys left").first().waitFor();
  });

  test("a link that is none is refused without being repeated", async () => {
    const { code, text } = await prove(["https://frame.example/r/nonsense#s=secret"]);
    assert.equal(code, 2);
    assert.ok(!text.includes("secret"), text);
  });
});
