/**
 * Two people in a call through a real LiveKit: what each turns on reaches the other under keys of its kind, as the codec
 * that can be sealed, and nobody without keys gets anything of it. Source: product.md R3–R5, R16; protocol.md §3, §4.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import type { Room } from "../rooms/headless.ts";
import type { World } from "../world.ts";
import { openKeyless } from "./call-page.ts";
import { Caller, type Inbound, openCall } from "./caller.ts";

let world: World;
let room: Room;
let anna: Caller;
let ben: Caller;

before(async () => {
  await buildIfStale(() => undefined);
  ({ world, room } = await openCall("--use-fake-device-for-media-stream=device-count=2"));
});
after(async () => {
  await world.close();
  await room.host.member.leave();
});

const OFF = { microphone: false, camera: false, screen: false };

test("before the door camera and microphone show and meter only here: no connection, no livekit-client", async () => {
  anna = await Caller.approach(world, room, "Anna");
  const loaded: string[] = [];
  anna.page.on("request", (request) => loaded.push(request.url()));
  await anna.turn("camera", true);
  await anna.turn("microphone", true);
  const { sources, devices } = await anna.told();
  assert.deepEqual(sources, { microphone: "on", camera: "on", screen: "off" });
  assert.equal(devices.all.camera.length, 2);
  assert.ok(devices.all.microphone.every(({ id, label }) => label !== "" && id !== "default"));
  await anna.until("metered", async () => (await anna.level()) > 0.2);
  assert.deepEqual(await anna.inbound(), []);
  assert.ok(!loaded.some((url) => url.includes("sealed-call")));
});

test("what was on before the door is sent after going in, from the same devices; two people see and hear each other", async () => {
  await anna.goIn();
  ben = await Caller.enter(world, room, "Ben", "camera", "microphone");
  await Promise.all([ben.untilSees(["Anna"]), anna.untilSees(["Ben"])]);
  await Promise.all([ben.untilHears(["Anna", "Ben"]), anna.untilHears(["Ben", "Anna"])]);
  assert.equal(await anna.noted(({ asked }) => asked.length), 2);
  assert.deepEqual((await anna.shown()).at(-1), { ...OFF, microphone: true, camera: true });
  await ben.until("told of qualities", async () => {
    const { quality } = await ben.told();
    return quality.Anna === "good" && quality.Ben === "good";
  });
});

test("a screen goes beside the camera as VP9 in layers, with its sound; each of the four under keys of its own kind", async () => {
  await anna.turn("screen", true);
  await Promise.all([ben.untilSees(["Anna"], 15, "screen"), ben.untilSees(["Anna"], 15, "video")]);
  const mimes = async () => (await ben.inbound()).filter(({ packets }) => packets > 0).map(({ mime }) => mime);
  await ben.until("got four tracks", async () => (await mimes()).length === 4);
  assert.deepEqual((await mimes()).sort(), ["audio/opus", "audio/opus", "video/VP8", "video/VP9"]);
  const modes = await anna.frame.evaluate(() =>
    (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen.connections
      .flatMap((connection) => connection.getSenders())
      .flatMap((sender) => sender.getParameters().encodings)
      .flatMap((encoding) => (encoding as { scalabilityMode?: string }).scalabilityMode ?? []),
  );
  assert.ok(modes.includes("L1T3"), modes.join());
  for (const kind of ["audio", "video", "screen", "screen-audio"] as const)
    assert.ok((await anna.sealed(kind)) > 0, kind);
  assert.deepEqual((await anna.shown()).at(-1), { microphone: true, camera: true, screen: true });
});

test("without keys every packet comes and nothing is in it: no frame of camera or screen, and no sound", async (t) => {
  const keyless = await openKeyless(world, await room.host.member.media.askSfu());
  const caller = ben.as(keyless);
  const packets = (inbound: Inbound[]) => inbound.filter((track) => track.packets > 50).length;
  await ben.until("passed on to the keyless", async () => packets(await caller.inbound()) >= 4);
  const got = await caller.inbound();
  t.diagnostic(JSON.stringify(got.map(({ mime, packets, decoded, energy }) => [mime, packets, decoded, energy])));
  // Of the camera: sealed-track.test.ts.
  assert.deepEqual(
    got.flatMap(({ mime, decoded }) => (mime === "video/VP9" ? decoded : [])),
    [0],
  );
  const heard = (await ben.inbound()).reduce((sum, { energy }) => sum + energy, 0);
  const noise = got.reduce((sum, { energy }) => sum + energy, 0);
  // A decoder may take random bytes for a packet now and then, and makes a crackle of it.
  assert.ok(heard > 0.01 && noise < heard / 10, `${noise} without keys, ${heard} with them`);
  await keyless.context().close();
});

test("how loud a packet is stands nowhere outside of what is sealed", async () => {
  const offers = await anna.frame.evaluate(() =>
    (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen.connections.flatMap(
      ({ localDescription }) => (localDescription?.type === "offer" ? localDescription.sdp : []),
    ),
  );
  assert.ok(offers.some((sdp) => /m=audio/.test(sdp)));
  for (const sdp of offers) assert.doesNotMatch(sdp, /ssrc-audio-level/);
});

test("who stops sharing in the browser's own bar shares no more, and camera and microphone go on", async () => {
  await anna.noted(({ given }) => {
    // What the browser does: it ends the track and says so.
    const screen = given.filter(({ label }) => label.startsWith("screen"));
    for (const track of screen) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  });
  await ben.until("rid of the screen", async () => !(await ben.told()).tiles.some(({ kind }) => kind === "screen"));
  const { sources, problem } = await anna.told();
  assert.deepEqual([sources, problem], [{ microphone: "on", camera: "on", screen: "off" }, undefined]);
  await ben.untilSees(["Anna"]);
});
