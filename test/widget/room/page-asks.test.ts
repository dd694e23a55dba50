/** A page can't wear anybody down with questions. Time is the test's. Source: protocol.md §11. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { PageAsks } from "../../../widget/frame/room/page-asks.ts";
import { PAGE_QUESTION_MS } from "../../../widget/wire/page-room.ts";

const TOO_OFTEN = { code: "asked-too-often" };
let asks: PageAsks;
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  asks = new PageAsks(() => undefined);
});

test("the answer is the person's", async () => {
  const asked = asks.ask("microphone", 0);
  assert.equal(asks.source, "microphone");
  asks.answer(true, 100);
  assert.deepEqual(await asked, { answer: true });
  assert.equal(asks.source, undefined);
});

test("there is one question at a time", async () => {
  const first = asks.ask("microphone", 0);
  assert.deepEqual(await asks.ask("camera", 1), TOO_OFTEN);
  assert.equal(asks.source, "microphone");
  asks.answer(false, 2);
  assert.deepEqual(await first, { answer: false });
});

test("no answer is a no", async () => {
  const asked = asks.ask("camera", 0);
  mock.timers.tick(PAGE_QUESTION_MS);
  assert.deepEqual(await asked, { answer: false });
  assert.deepEqual(await asks.ask("camera", PAGE_QUESTION_MS + 59_000), TOO_OFTEN);
});

test("after a no the page waits a minute, after a yes some seconds", async () => {
  void asks.ask("microphone", 0);
  asks.answer(true, 0);
  assert.deepEqual(await asks.ask("camera", 4_999), TOO_OFTEN);
  void asks.ask("camera", 5_000);
  asks.answer(false, 5_000);
  assert.deepEqual(await asks.ask("camera", 64_999), TOO_OFTEN);
  void asks.ask("camera", 65_000);
  assert.equal(asks.source, "camera");
});

test("after three times no there is no more asking", async () => {
  for (const now of [0, 100_000, 200_000]) {
    void asks.ask("screen", now);
    asks.answer(false, now);
  }
  assert.deepEqual(await asks.ask("screen", 1e9), TOO_OFTEN);
});

test("a question that came to nothing is nobody's no, and the next one does not take its place at once", async () => {
  for (let now = 0; now < 50_000; now += 10_000) {
    const asked = asks.ask("microphone", now);
    asks.withdraw(now);
    assert.deepEqual(await asked, { answer: false });
    assert.deepEqual(await asks.ask("camera", now + 10), TOO_OFTEN);
  }
  void asks.ask("microphone", 60_000);
  assert.equal(asks.source, "microphone");
});
