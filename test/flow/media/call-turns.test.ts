/**
 * What a person turns off, mutes, exchanges or unplugs in a call: nothing of it leaves, and what goes on does so without
 * asking again. Source: product.md R16; protocol.md §4; docs/decisions/0050.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { button, untilPhase } from "../../widget/views/open-room.ts";
import type { Room } from "../rooms/headless.ts";
import type { World } from "../world.ts";
import { Caller, openCall } from "./caller.ts";

let world: World;
let room: Room;
let anna: Caller;
let ben: Caller;

before(async () => {
  await buildIfStale(() => undefined);
  // The second of Chromium's fake cameras gives depth pictures, which WebRTC does not send.
  ({ world, room } = await openCall("--use-fake-device-for-media-stream=device-count=3"));
  [anna, ben] = (await Promise.all(
    ["Anna", "Ben"].map((name) => Caller.enter(world, room, name, "camera", "microphone")),
  )) as [Caller, Caller];
  await Promise.all([anna.untilSees(["Ben"]), ben.untilSees(["Anna"])]);
  await Promise.all([anna.untilHears(["Ben", "Anna"]), ben.untilHears(["Anna"])]);
});
after(async () => {
  await world.close();
  await room.host.member.leave();
});

test("a muted microphone seals nothing, and is heard again at once from the same device", async (t) => {
  await anna.turn("microphone", false);
  await anna.until("silent", async () => {
    const before = await anna.sealed("audio");
    // Longer than the silence between two packets of DTX, and than the worker takes to say what it did.
    await anna.page.waitForTimeout(1_000);
    return (await anna.sealed("audio")) === before;
  });
  const silent = await anna.sealed("audio");
  assert.equal((await anna.shown()).at(-1)?.microphone, false);
  const tracks = await anna.frame.evaluate(
    () =>
      (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen.connections
        .flatMap((connection) => connection.getSenders())
        .filter(({ track }) => track?.kind === "audio" && track.readyState === "live").length,
  );
  assert.equal(tracks, 0, "no sender has sound that LiveKit or the SFU could turn on");
  await ben.until("silent", async () => !(await ben.told()).heard.includes("Anna"));
  const since = performance.now();
  await anna.turn("microphone", true);
  await anna.until("sealing again", async () => (await anna.sealed("audio")) > silent);
  t.diagnostic(`sealing ${(performance.now() - since).toFixed(0)} ms after the click`);
  await ben.untilHears(["Anna"]);
  assert.equal(await anna.noted(({ asked }) => asked.filter(({ audio }) => audio).length), 1);
});

test("another camera and another microphone go on in the same tracks, and only ids of them are kept", async () => {
  const tracks = async () => (await ben.inbound()).map(({ sid }) => sid).sort();
  const before = await tracks();
  const { devices } = await anna.told();
  const [camera, microphone] = [devices.all.camera[2]?.id ?? "", devices.all.microphone[1]?.id ?? ""];
  await anna.do("choose", "camera", camera);
  await anna.do("choose", "microphone", microphone);
  const live = await anna.noted(({ given }) =>
    given.filter(({ readyState }) => readyState === "live").map((track) => track.getSettings().deviceId),
  );
  assert.deepEqual(live.sort(), [camera, microphone].sort());
  await ben.untilSees(["Anna"]);
  await ben.untilHears(["Anna"]);
  assert.deepEqual(await tracks(), before);
  const kept = await anna.frame.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  assert.ok(kept.includes(camera) && !kept.includes(devices.all.camera[2]?.label ?? "fake"));
});

test("a device that can't be had leaves the choice at the one before; where one at a time is given, that one goes first", async () => {
  const { devices } = await anna.told();
  const chosen = devices.chosen.camera;
  const other = devices.all.camera[0]?.id ?? "";
  assert.notEqual(other, chosen);
  const refuseWith = (name: string, isOneAtATime: boolean) =>
    anna.frame.evaluate(
      ([error, onlyOne]) => {
        const { mediaDevices } = navigator;
        const { getUserMedia } = mediaDevices;
        mediaDevices.getUserMedia = async (constraints) => {
          const { given } = (globalThis as unknown as { noted: { given: MediaStreamTrack[] } }).noted;
          const isTaken = given.some(({ kind, readyState }) => kind === "video" && readyState === "live");
          if (isTaken || !onlyOne) throw new DOMException("", error);
          return getUserMedia.call(mediaDevices, constraints);
        };
        Object.assign(globalThis, { again: () => Object.assign(mediaDevices, { getUserMedia }) });
      },
      [name, isOneAtATime] as const,
    );
  const asBefore = () => anna.frame.evaluate(() => void (globalThis as unknown as { again(): void }).again());
  await refuseWith("OverconstrainedError", false);
  await anna.do("choose", "camera", other);
  assert.deepEqual([(await anna.told()).devices.chosen.camera, (await anna.told()).sources.camera], [chosen, "on"]);
  assert.deepEqual((await anna.told()).problem, { source: "camera", code: "no-camera" });
  await asBefore();
  await anna.do("lookedAtProblem");
  await refuseWith("NotReadableError", true);
  await anna.do("choose", "camera", other);
  assert.deepEqual([(await anna.told()).devices.chosen.camera, (await anna.told()).sources.camera], [other, "on"]);
  assert.equal((await anna.told()).problem, undefined);
  await asBefore();
  await ben.untilSees(["Anna"]);
});

test("what the system holds is said, for as long as it lasts", async () => {
  const hold = (isHeld: boolean) =>
    anna.frame.evaluate((muted) => {
      const { given } = (globalThis as unknown as { noted: { given: MediaStreamTrack[] } }).noted;
      const track = given.findLast(({ kind, readyState }) => kind === "audio" && readyState === "live");
      if (!track) throw new Error("no microphone");
      Object.defineProperty(track, "muted", { configurable: true, value: muted });
      track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }, isHeld);
  await hold(true);
  assert.deepEqual((await anna.told()).held, ["microphone"]);
  await hold(false);
  assert.deepEqual((await anna.told()).held, []);
});

test("a microphone that is unplugged gives way to the one that is left, and says so; a camera goes off", async () => {
  const unplug = (kind: string) =>
    anna.frame.evaluate((wanted) => {
      const { given } = (globalThis as unknown as { noted: { given: MediaStreamTrack[] } }).noted;
      const track = given.findLast((each) => each.kind === wanted && each.readyState === "live");
      track?.stop();
      track?.dispatchEvent(new Event("ended"));
    }, kind);
  await unplug("audio");
  await anna.until("on with another", async () => (await anna.told()).problem?.code === "device-gone");
  assert.equal((await anna.told()).sources.microphone, "on");
  await ben.untilHears(["Anna"]);
  await anna.do("lookedAtProblem");
  await unplug("video");
  await anna.until("without a camera", async () => (await anna.told()).sources.camera === "off");
  assert.deepEqual((await anna.told()).problem, { source: "camera", code: "device-gone" });
  await ben.until("rid of the picture", async () => (await ben.told()).tiles.length === 0);
  await anna.turn("camera", true);
  await ben.untilSees(["Anna"]);
});

test("off and on again while it is still being brought out: it is heard", async () => {
  const dora = await Caller.approach(world, room, "Dora");
  await dora.turn("microphone", true);
  await dora.goIn();
  // At once, and again in the very moment in which it is published.
  for (let i = 0; i < 3; i++) {
    await dora.turn("microphone", false);
    await dora.turn("microphone", true);
  }
  await ben.untilHears(["Dora"]);
  await dora.close();
  await ben.until("without Dora", async () => !(await ben.told()).heard.includes("Dora"));
});

test("a microphone that is muted while another one is on its way says the next word into that one", async () => {
  const { devices } = await anna.told();
  const first = devices.all.microphone.find(({ id }) => id !== "default" && id !== devices.chosen.microphone);
  assert.ok(first);
  await anna.frame.evaluate(() => {
    const { mediaDevices } = navigator;
    const { getUserMedia } = mediaDevices;
    const hold = Promise.withResolvers<void>();
    mediaDevices.getUserMedia = async (constraints) => {
      mediaDevices.getUserMedia = getUserMedia;
      const stream = await getUserMedia.call(mediaDevices, constraints);
      await hold.promise;
      return stream;
    };
    Object.assign(globalThis, { letIn: hold.resolve });
  });
  const chosen = anna.do("choose", "microphone", first.id);
  await anna.turn("microphone", false);
  await anna.frame.evaluate(() => (globalThis as unknown as { letIn(): void }).letIn());
  await chosen;
  await anna.turn("microphone", true);
  // The one before is not taken up again: neither where it was unplugged, nor where another one was chosen.
  const given = () => anna.noted((all) => all.given.filter(({ kind }) => kind === "audio").map((t) => t.readyState));
  assert.deepEqual((await given()).slice(-3), ["ended", "ended", "live"]);
  await ben.untilHears(["Anna"]);
});

for (const mime of ["video/H264", "video/AV1"]) {
  test(`a camera that is negotiated as ${mime} sends nothing, and the person is told`, async () => {
    const emil = await Caller.approach(world, room, "Emil");
    await emil.frame.evaluate((wanted) => {
      const { addTransceiver } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.addTransceiver = function (this: RTCPeerConnection, ...args) {
        const transceiver = addTransceiver.apply(this, args);
        const { codecs } = RTCRtpSender.getCapabilities("video") as RTCRtpCapabilities;
        if (transceiver.sender.track?.kind === "video") {
          transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === wanted));
        }
        return transceiver;
      };
    }, mime);
    await emil.turn("camera", true);
    await emil.goIn();
    await emil.until("told", async () => (await emil.told()).problem !== undefined);
    const { problem, sources } = await emil.told();
    assert.deepEqual([problem?.code, sources.camera], ["unsupported-browser", "off"]);
    assert.equal(await emil.sealed("video"), 0);
    assert.equal((await emil.shown()).at(-1)?.camera ?? false, false);
    await emil.close();
  });
}

test("a microphone that is unplugged where there is no other is off, and the next click asks the browser anew", async () => {
  await anna.do("lookedAtProblem");
  await anna.frame.evaluate(() => {
    const { mediaDevices } = navigator;
    const given = (globalThis as unknown as { noted: { given: MediaStreamTrack[] } }).noted.given;
    const track = given.findLast((each) => each.kind === "audio" && each.readyState === "live");
    const { getUserMedia } = mediaDevices;
    mediaDevices.getUserMedia = async () => {
      mediaDevices.getUserMedia = getUserMedia;
      throw new DOMException("none is left", "NotFoundError");
    };
    track?.stop();
    track?.dispatchEvent(new Event("ended"));
  });
  await anna.until("without a microphone", async () => (await anna.told()).problem?.code === "no-microphone");
  assert.equal((await anna.told()).sources.microphone, "off");
  await anna.turn("microphone", true);
  assert.equal((await anna.told()).sources.microphone, "on");
  assert.equal(await anna.live(), 2, "the camera, which went on, and one microphone");
  await ben.untilHears(["Anna"]);
});

test("who leaves is off at once, also where the goodbye is not answered", async () => {
  const cleo = await Caller.enter(world, room, "Cleo", "camera", "microphone");
  await cleo.frame.evaluate(() => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, ...args: unknown[]) {
      if ((args[0] as { call?: string }).call === "leave") return;
      Reflect.apply(postMessage, this, args);
    } as typeof postMessage;
  });
  assert.equal(await cleo.live(), 2);
  await button(cleo.page, "Leave").click();
  assert.equal(await cleo.live(), 0);
  await untilPhase(cleo.page, "left");
  await cleo.close();
});

test("who leaves sends nothing more, and all devices are off", async () => {
  await anna.turn("screen", true);
  await anna.leave();
  assert.equal(await anna.noted(({ given }) => given.filter(({ readyState }) => readyState === "live").length), 0);
  assert.deepEqual((await anna.told()).sources, { microphone: "off", camera: "off", screen: "off" });
  await ben.until("alone", async () => (await ben.told()).tiles.every(({ person }) => person !== "Anna"));
});
