/** When a picture counts as one that can't be opened: not for a lost moment, not for a copy. Source: protocol.md §4. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Openings } from "../../../widget/frame/room/call/openings.ts";
import type { DropReason, FromRoomMedia, Verdict } from "../../../widget/wire/group-media.ts";

const track = { identity: "anna", kind: "video", count: 1 } as const;
const opened: FromRoomMedia = { type: "opened", ...track };
const dropped = (reason: DropReason): FromRoomMedia => ({ type: "dropped", reason, ...track });

test("a picture is coming until a frame has opened", () => {
  const openings = new Openings();
  assert.equal(openings.of("anna", "video"), "coming");
  openings.note(opened, 0);
  assert.equal(openings.of("anna", "video"), "open");
  assert.equal(openings.of("anna", "screen"), "coming");
  assert.equal(openings.of("ben", "video"), "coming");
});

test("two seconds in which nothing opens close it, and the next frame that opens opens it again", () => {
  const openings = new Openings();
  openings.note(opened, 0);
  openings.note(dropped("unknown-epoch"), 10_000);
  openings.note(dropped("not-authentic"), 11_900);
  assert.equal(openings.of("anna", "video"), "open");
  assert.equal(openings.note(dropped("unknown-epoch"), 12_000), true);
  assert.equal(openings.of("anna", "video"), "closed");
  assert.equal(openings.note(opened, 12_100), true);
  assert.equal(openings.of("anna", "video"), "open");
});

test("a lost moment between frames that open closes nothing", () => {
  const openings = new Openings();
  for (let ms = 0; ms < 10_000; ms += 1_000) {
    openings.note(opened, ms);
    openings.note(dropped("unknown-epoch"), ms + 10);
  }
  assert.equal(openings.of("anna", "video"), "open");
});

test("copies of frames that were opened close nothing", () => {
  const openings = new Openings();
  openings.note(opened, 0);
  openings.note(dropped("replayed"), 1_000);
  openings.note(dropped("replayed"), 9_000);
  assert.equal(openings.of("anna", "video"), "open");
});

test("what nobody has claimed is nobody's", () => {
  const openings = new Openings();
  for (const ms of [0, 5_000]) openings.note({ ...dropped("wrong-sender"), identity: "" } as FromRoomMedia, ms);
  assert.equal(openings.of("", "video"), "coming");
});

test("a picture that is sent anew is coming again", () => {
  const openings = new Openings();
  openings.note(opened, 0);
  openings.forget("anna", "video");
  assert.equal(openings.of("anna", "video"), "coming");
});

test("what is closed says why, by the last frame, until one opens", () => {
  const openings = new Openings();
  openings.note(dropped("not-authentic"), 0);
  assert.deepEqual(openings.about("anna", "video"), { opening: "coming" });
  openings.note(dropped("not-authentic"), 2_000);
  assert.deepEqual(openings.about("anna", "video"), { opening: "closed", reason: "not-authentic" });
  assert.equal(openings.note(dropped("unknown-epoch"), 2_250), true);
  assert.deepEqual(openings.about("anna", "video"), { opening: "closed", reason: "unknown-epoch" });
  openings.note(opened, 2_500);
  assert.deepEqual(openings.about("anna", "video"), { opening: "open" });
});

test("it is told once that nothing opens, and once that it does again; a picture that was only coming is not news", () => {
  const news: string[] = [];
  const openings = new Openings((one) =>
    news.push(`${one.type} ${one.kind} ${"reason" in one ? one.reason : ""}`.trim()),
  );
  openings.note(opened, 0);
  for (let ms = 1_000; ms < 10_000; ms += 250) openings.note(dropped("unknown-epoch"), ms);
  assert.deepEqual(news, ["decryption-failed video unknown-epoch"]);
  openings.note(opened, 10_000);
  openings.note(opened, 10_250);
  assert.deepEqual(news.slice(1), ["decryption-resumed video"]);
});

test("frames that open and stay closed in turn are no news, however fast", () => {
  const news: unknown[] = [];
  const openings = new Openings((one) => news.push(one));
  for (let ms = 0; ms < 60_000; ms += 500) openings.note(ms % 1_000 === 0 ? opened : dropped("unknown-epoch"), ms);
  assert.deepEqual(news, []);
});

test("what the insider check says of somebody stays when they send anew, and is said of that kind only", () => {
  const openings = new Openings();
  const judged = (verdict: Verdict): FromRoomMedia => ({ type: "judged", identity: "anna", kind: "video", verdict });
  assert.equal(openings.about("anna", "video").verdict, undefined);
  assert.equal(openings.note(judged("forged"), 0), true);
  assert.equal(openings.note(judged("forged"), 0), false);
  openings.forget("anna", "video");
  assert.deepEqual(openings.about("anna", "video"), { opening: "coming", verdict: "forged" });
  assert.deepEqual(openings.about("anna", "screen"), { opening: "coming" });
});
