/**
 * The SFU says of one and the same received track first that it is one member's and then that it is another's. Nobody
 * stands under a name that is not theirs, not even in a tile that was there before. Source: product.md R5; protocol.md §4;
 * livekit_rtc.proto; W3C WebRTC §4.4.1.5 (a track is announced anew when its section is active again).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ParticipantInfo_State, type SignalResponse, TrackSource, TrackType } from "@livekit/protocol";
import { button } from "../../widget/views/open-room.ts";
import { type CallWorld, droppedIn, fateOf, incomingOf, lookUntil, openCallWorld } from "./call-world.ts";

const PACKETS = 20;
/** What the SFU calls Cleo, who is on the roster and sends nothing. */
const [CLEO, TRACK] = ["PA_madeup", "TR_madeup"];

let call: CallWorld;
before(async () => {
  call = await openCallWorld();
});
after(() => call.close());

const tile = (name: string) =>
  call.ben.frame.locator(".tile:not(.own)").filter({ has: call.ben.frame.locator(".name", { hasText: name }) });

function tellBen(message: object): void {
  call.sfu.say(call.names.Ben, { message: message as SignalResponse["message"] });
}

function tellOfCleo(...tracks: object[]): void {
  const cleo = { sid: CLEO, identity: call.names.Cleo, state: ParticipantInfo_State.ACTIVE, tracks };
  tellBen({ case: "update", value: { participants: [cleo] } });
}

/** @returns an offer in which the section of this track, and only that, is changed */
function withSection(sdp: string, track: string, change: (section: string) => string): string {
  const sections = sdp.split(/(?=^m=)/m);
  assert.ok(sections.some((section) => section.includes(track)));
  return sections.map((section) => (section.includes(track) ? change(section) : section)).join("");
}

test("a track that the SFU says anew is another member's leaves the tile of whose it was", async () => {
  const { Mara, Ben } = call.names;
  /** Mara's, as LiveKit says */
  const mara = { sid: "", track: "" };
  let offer: { readonly sdp: string; readonly id: number } | undefined;
  let answered: (() => void) | undefined;
  call.sfu.lieTo(Ben, {
    down: (said) => {
      const { message } = said;
      const told = message.case === "update" ? message.value.participants : [];
      for (const { identity, sid, tracks } of told) {
        if (identity === Mara) Object.assign(mara, { sid, track: tracks[0]?.sid ?? "" });
      }
      if (message.case === "offer" && mara.track && message.value.sdp.includes(mara.track)) {
        const { sdp, id } = message.value;
        offer = { sdp, id };
        message.value.sdp = withSection(sdp, mara.track, (section) =>
          section.replaceAll(mara.sid, CLEO).replaceAll(mara.track, TRACK),
        );
      }
      return said;
    },
    up: (said) => {
      // It sends whatever is wanted.
      if (said.message.case === "trackSetting") return undefined;
      if (said.message.case !== "answer" || !answered) return said;
      answered();
      return undefined;
    },
  });
  tellOfCleo();
  await button(call.mara.within, "Camera").click();
  const { sdp, id } = await lookUntil(
    async () => offer as { sdp: string; id: number },
    (made) => made !== undefined,
  );
  // LiveKit has its answer; what follows it knows nothing of.
  const offered = (changed: string) =>
    new Promise<void>((resolve) => {
      answered = resolve;
      tellBen({ case: "offer", value: { type: "offer", sdp: changed, id } });
    });
  await lookUntil(
    () => fateOf(call.ben.frame, ""),
    (fate) => droppedIn(fate) > 0,
  );
  const stopped = (section: string) =>
    section.replace(/^a=(sendonly|sendrecv)/m, "a=inactive").replace(/^a=(msid|ssrc|ssrc-group):.*\r\n/gm, "");
  await offered(withSection(sdp, mara.track, stopped));
  tellOfCleo({ sid: TRACK, type: TrackType.VIDEO, source: TrackSource.CAMERA, mimeType: "video/VP8" });
  await tile("Cleo").waitFor();
  await offered(sdp);
  await tile("Mara").waitFor();
  await tile("Cleo").waitFor({ state: "detached" });
  // What comes is neither opened for the one nor, in Chromium (an older transform gets nothing any more), for the other.
  const { packets } = await incomingOf(call.ben.frame);
  const later = await lookUntil(
    () => incomingOf(call.ben.frame),
    (now) => now.packets >= packets + PACKETS,
  );
  assert.equal(later.decoded, 0);
  assert.equal((await fateOf(call.ben.frame, call.names.Cleo)).opened, 0);
  assert.equal(await call.ben.frame.locator('.tile:not(.own)[data-opening="open"]').count(), 0);
});
