/** Which pieces a viewer asks for, and when: one for the first picture, then a few ahead. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClipWorker } from "../../../widget/frame/clip/clip-worker.ts";
import { openedFile } from "../../../widget/frame/clip/opened-clip.ts";
import type { RelayClient } from "../../../widget/frame/relay-client.ts";

/** A relay whose pieces come when the test says so, and a worker that opens each to its index. */
function slowRelay(pieces: number) {
  const asked: number[] = [];
  const come: (() => void)[] = [];
  const relay = {
    piece: (_access: unknown, index: number) => {
      asked.push(index);
      return new Promise((resolve) => {
        come[index] = () => resolve(Uint8Array.of(index));
      });
    },
  };
  const worker = {
    call: async (name: string, given: { index: number }) =>
      name === "openSegment" ? Uint8Array.of(given.index) : undefined,
  };
  const clip = {
    relay: relay as unknown as RelayClient,
    worker: worker as unknown as ClipWorker,
    access: { id: "", token: new Uint8Array(32) },
    expected: { iv: new Uint8Array(12), sha256: new Uint8Array(32), pieces, bytes: pieces },
  };
  const file = openedFile(clip, new AbortController().signal);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { file, asked, come, turn };
}

describe("a clip that is opened", () => {
  test("asks for the first piece alone, and for one more when that has come", async () => {
    const { file, asked, come, turn } = slowRelay(20);
    const first = file.next();
    await turn();
    assert.deepEqual(asked, [0]);
    come[0]?.();
    assert.deepEqual((await first).value, Uint8Array.of(0));
    await turn();
    assert.deepEqual(asked, [0, 1]);
  });

  test("asks for the rest three ahead, once somebody wants the second", async () => {
    const { file, asked, come, turn } = slowRelay(20);
    const first = file.next();
    await turn();
    come[0]?.();
    await first;
    const second = file.next();
    await turn();
    come[1]?.();
    await second;
    await turn();
    assert.deepEqual(asked, [0, 1, 2, 3, 4]);
    const third = file.next();
    come[2]?.();
    await third;
    await turn();
    assert.deepEqual(asked, [0, 1, 2, 3, 4, 5]);
  });

  test("asks for each piece once, and gives them in order however they come", async () => {
    for (const pieces of [1, 2, 5]) {
      const { file, asked, come, turn } = slowRelay(pieces);
      const given: unknown[] = [];
      const reading = (async () => {
        for await (const bytes of file) given.push(bytes[0]);
      })();
      for (let left = 30; left > 0 && given.length < pieces; left--) {
        await turn();
        for (const piece of asked.toReversed()) come[piece]?.();
      }
      await reading;
      const all = Array.from({ length: pieces }, (_, index) => index);
      assert.deepEqual([asked, given], [all, all]);
    }
  });
});
