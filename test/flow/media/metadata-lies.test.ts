/**
 * The SFU lies in its signalling: about who sends what, how it is encrypted and coded, and what a sender should do. What
 * is sent stays sealed, what is shown stands under the name of whoever sealed it, and nobody's camera is turned on.
 * Source: product.md R5; protocol.md §4; livekit_rtc.proto.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Encryption_Type,
  LeaveRequest_Action,
  MuteTrackRequest,
  type ParticipantInfo,
  ParticipantInfo_State,
  type SignalResponse,
  TrackSource,
} from "@livekit/protocol";
import { button } from "../../widget/views/open-room.ts";
import { type Attacker, headerOf, isBlank } from "./attacker.ts";
import { reportsOf } from "./call-page.ts";
import { type CallWorld, fateDuring, fateOf, incomingOf, lookUntil, openCallWorld } from "./call-world.ts";
import { retold } from "./lying-sfu.ts";

const FRAMES = 20;
/** The payload type under which Chromium offers RED. */
const RED = 63;
const SCRIPT = '<img src=x onerror="globalThis.wasRun = true"><script>globalThis.wasRun = true</script>';

let call: CallWorld;
let watcher: Attacker;
/** What Ben is told of Mara. */
let tell: (mara: ParticipantInfo) => void = () => undefined;
let maras: { sid: string; identity: string } | undefined;
let track = "";

before(async () => {
  call = await openCallWorld();
  call.sfu.lieTo(call.names.Ben, {
    down: (said) =>
      retold(said, (who) => {
        if (who.identity !== call.names.Mara) return who;
        track = who.tracks[0]?.sid ?? track;
        tell(who);
        maras = { sid: who.sid, identity: who.identity };
        return who;
      }),
    up: (said) => (said.message.case === "trackSetting" ? undefined : said),
  });
  watcher = await call.attacker("watcher");
});
after(() => call.close());

const camera = () => button(call.mara.within, "Camera");
const tile = (opening: string) => call.ben.frame.locator(`.tile:not(.own)[data-opening="${opening}"]`);
const tiles = () => call.ben.frame.locator(".tile:not(.own)");

async function turnOff(): Promise<void> {
  if ((await camera().getAttribute("aria-pressed")) !== "true") return;
  await camera().click();
  await tiles().waitFor({ state: "detached" });
}

/** What Ben is told changes while Mara is not there for Ben. */
async function toldOf(lie: typeof tell, work: () => Promise<unknown>): Promise<void> {
  await turnOff();
  if (maras)
    tellBen({ case: "update", value: { participants: [{ ...maras, state: ParticipantInfo_State.DISCONNECTED }] } });
  tell = lie;
  await camera().click();
  await work();
}

const tellBen = (message: object): void =>
  call.sfu.say(call.names.Ben, { message: message as SignalResponse["message"] });
const tellMara = (message: object): void =>
  call.sfu.say(call.names.Mara, { message: message as SignalResponse["message"] });

/** So many more of Mara's frames, and each that ever came was sealed. */
async function assertSealed(count = FRAMES): Promise<void> {
  const of = async () => (await watcher.carried()).filter(({ identity }) => identity === call.names.Mara);
  const before = (await of()).length;
  const frames = await lookUntil(of, ({ length }) => length >= before + count);
  const plain = frames.filter((frame) => headerOf(frame) === null && !isBlank(frame));
  assert.deepEqual(
    plain.map(({ bytes }) => bytes.subarray(0, 16).toString("hex")),
    [],
  );
}

test("a picture stands under the roster's name, whatever the SFU says of names, encryption and codecs", async () => {
  const lie = (mara: ParticipantInfo) => {
    mara.name = mara.metadata = SCRIPT;
    mara.attributes = { name: "Cleo" };
    for (const one of mara.tracks) {
      one.name = SCRIPT;
      one.encryption = Encryption_Type.NONE;
      one.mimeType = "video/H264";
    }
  };
  await toldOf(lie, () => tile("open").waitFor());
  tellBen({ case: "roomUpdate", value: { room: { name: SCRIPT, metadata: SCRIPT, activeRecording: true } } });
  assert.equal((await tiles().locator(".name").textContent())?.trim(), "Mara");
  await lookUntil(
    () => incomingOf(call.ben.frame),
    ({ decoded }) => decoded >= FRAMES,
  );
  assert.equal(await call.ben.frame.evaluate(() => "wasRun" in globalThis), false);
  assert.equal(await call.ben.frame.getByText("onerror").count(), 0);
  await assertSealed();
});

for (const [what, identity, kind, lie, reason] of [
  ["as another member's", "Cleo", "video", {}, "wrong-sender"],
  ["as a screen", "Mara", "screen", { source: TrackSource.SCREEN_SHARE }, "wrong-kind"],
  ["as that of somebody who is not on the roster", "nobody", "video", {}, "wrong-sender"],
] as const) {
  test(`a member's picture that the SFU passes off ${what} is never shown`, async () => {
    const name = identity === "nobody" ? identity : call.names[identity];
    const change = (mara: ParticipantInfo) => {
      mara.identity = name;
      for (const one of mara.tracks) Object.assign(one, lie);
    };
    await turnOff();
    const before = await incomingOf(call.ben.frame);
    await toldOf(change, async () => {
      const fate = await fateDuring(
        () => fateOf(call.ben.frame, name, kind),
        (more) => (more.dropped[reason] ?? 0) >= FRAMES,
        async () => undefined,
      );
      assert.equal(fate.opened, 0);
      assert.equal(await tile("open").count(), 0);
      await tile("closed").waitFor();
      assert.ok((await incomingOf(call.ben.frame)).decoded <= before.decoded);
    });
  });
}

test("a sender goes on sealing, whatever the SFU asks of it", async () => {
  await toldOf(
    () => undefined,
    () => tile("open").waitFor(),
  );
  const { Mara } = call.names;
  const codecs = ["h264", "vp9", "av1", "vp8"].map((codec) => ({ codec, qualities: [{ quality: 2, enabled: true }] }));
  for (const message of [
    { case: "subscribedQualityUpdate", value: { trackSid: track, subscribedCodecs: codecs } },
    { case: "requestResponse", value: { reason: 3, message: SCRIPT } },
    { case: "roomUpdate", value: { room: { metadata: SCRIPT, enabledCodecs: [{ mime: "video/H264" }] } } },
    {
      case: "update",
      value: { participants: [{ ...maras, identity: Mara, name: SCRIPT, permission: { canPublish: true } }] },
    },
    { case: "mediaSectionsRequirement", value: { numAudios: 2, numVideos: 2 } },
    ...[LeaveRequest_Action.RESUME, LeaveRequest_Action.RECONNECT].map((action) => ({
      case: "leave",
      value: { action },
    })),
  ]) {
    tellMara(message);
    await assertSealed();
  }
  call.sfu.cut(Mara);
  await assertSealed();
});

test("sound that the SFU wants sent twice over (RED, RFC 2198) is not sent at all, and counted", async () => {
  let isRed = false;
  call.sfu.lieTo(call.names.Mara, {
    down: (said) => {
      if (said.message.case === "answer") {
        const sdp = redFirst(said.message.value.sdp);
        isRed ||= sdp !== said.message.value.sdp;
        said.message.value.sdp = sdp;
      }
      return said;
    },
  });
  await button(call.mara.within, "Microphone").click();
  const refused = async () =>
    (await reportsOf(call.mara.frame)).reduce(
      (sum, report) =>
        sum + (report.type === "dropped" && report.kind === "audio" && report.reason === "codec" ? report.count : 0),
      0,
    );
  await lookUntil(refused, (count) => count >= FRAMES);
  assert.ok(isRed, "the SFU answered so");
  const sound = (await watcher.carried()).filter(
    ({ identity, source }) => identity === call.names.Mara && source === "microphone",
  );
  const plain = sound.filter((frame) => headerOf(frame) === null && !isBlank(frame));
  assert.equal(plain.length, 0);
  await button(call.mara.within, "Microphone").click();
  call.sfu.lieTo(call.names.Mara, {});
});

/** An answer that takes sound only with redundancy, as the offer allows (RFC 2198; WebRTC names it `red/48000/2`). */
function redFirst(sdp: string): string {
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => {
      const opus = /^a=rtpmap:(\d+) opus\/48000\/2/m.exec(section)?.[1];
      if (!section.startsWith("m=audio") || !opus) return section;
      const red = `a=rtpmap:${RED} red/48000/2\r\na=fmtp:${RED} ${opus}/${opus}\r\n`;
      const others = section.replace(/^a=(rtpmap|fmtp|rtcp-fb):63 .*\r\n/gm, "");
      return others.replace(/^(m=audio \d+ \S+).*\r\n/m, `$1 ${RED} ${opus}\r\n`) + red;
    })
    .join("");
}

test("no sender and no receiver is without its transform, whatever the SFU has added", async () => {
  const of = () =>
    call.mara.frame.evaluate(() =>
      (globalThis as unknown as { seen: { connections: RTCPeerConnection[] } }).seen.connections
        .filter(({ connectionState }) => connectionState !== "closed")
        .flatMap((connection) => connection.getTransceivers())
        .map(({ sender, receiver, direction }) => [direction, sender.transform !== null, receiver.transform !== null]),
    );
  const value = { numAudios: 2, numVideos: 2 };
  tellMara({ case: "mediaSectionsRequirement", value });
  const all = await lookUntil(of, (found) => found.some(([direction]) => direction === "recvonly"));
  for (const [direction, seals, opens] of all) {
    assert.ok(opens, `${direction} opens`);
    assert.ok(seals || direction === "recvonly", `${direction} seals`);
  }
});

test("the SFU turns nothing on or off: that is its person's alone", async () => {
  const sealed = async () =>
    (await reportsOf(call.mara.frame)).reduce((sum, report) => sum + (report.type === "sealed" ? report.count : 0), 0);
  const mute = (muted: boolean) => tellMara({ case: "mute", value: new MuteTrackRequest({ sid: track, muted }) });
  await toldOf(
    () => undefined,
    () => tile("open").waitFor(),
  );
  mute(true);
  await assertSealed();
  assert.equal(await camera().getAttribute("aria-pressed"), "true");
  await camera().click();
  await tiles().waitFor({ state: "detached" });
  const before = await sealed();
  mute(false);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.equal(await sealed(), before);
  assert.equal(await camera().getAttribute("aria-pressed"), "false");
});
