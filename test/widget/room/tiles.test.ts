/** Whose pictures the view is given as open. Source: protocol.md §4 (Receiver). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Names } from "../../../widget/frame/room/call/names.ts";
import type { RemoteMedia } from "../../../widget/frame/room/call/sealed-call.ts";
import { Tiles } from "../../../widget/frame/room/call/tiles.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { pseudonym } from "../../../widget/wire/commit-data.ts";
import type { Person } from "../../../widget/wire/frame-group.ts";

const person = (fill: number): Person =>
  ({ id: toBase64url(new Uint8Array(32).fill(fill)), identity: String(fill), name: "Anna", self: false }) as Person;

test("a picture that opened is not open any more once its sender is off the roster, whatever the SFU still has", async () => {
  const anna = person(1);
  let learnt = (): void => undefined;
  const isLearnt = new Promise<void>((resolve) => {
    learnt = resolve;
  });
  const names = new Names(learnt);
  const tiles = new Tiles(names, () => undefined);
  const identity = await pseudonym(new Uint8Array(32).fill(1));
  tiles.came({ sid: "TR_1", identity, kind: "video" } as RemoteMedia);
  tiles.note({ type: "opened", identity, kind: "video", count: 1 } as Parameters<Tiles["note"]>[0]);
  assert.equal(tiles.all[0]?.opening, "coming", "nobody knows yet whose it is");
  names.roster([anna]);
  await isLearnt;
  assert.equal(tiles.all[0]?.opening, "open");
  names.roster([person(2)]);
  assert.equal(tiles.all[0]?.opening, "coming");
});
