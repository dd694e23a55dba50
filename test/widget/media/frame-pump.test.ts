/** Frames of a track on their way through the worker: in order, one at a time, and none but those that may pass. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Pass, pump } from "../../../widget/media/frame-pump.ts";
import type { EncodedFrame } from "../../../widget/media/frame-transform.ts";

const frame = (name: number): EncodedFrame => ({ data: new ArrayBuffer(name), getMetadata: () => ({}) });
const nameOf = ({ data }: EncodedFrame): number => data.byteLength;

interface Way {
  readonly source: ReadableStreamDefaultController<EncodedFrame>;
  readonly came: number[];
  /** why the source was given up, if it was */
  readonly cancelled: unknown[];
  readonly ended: Promise<void>;
  whenCame(count: number): Promise<void>;
}

/** @param write what the sink does with each */
function way(pass: Pass, write: (name: number) => Promise<void> | void = () => undefined): Way {
  const [came, cancelled]: [number[], unknown[]] = [[], []];
  let wake: () => void = () => undefined;
  let source!: ReadableStreamDefaultController<EncodedFrame>;
  const readable = new ReadableStream<EncodedFrame>({
    start: (controller) => {
      source = controller;
    },
    cancel: (why) => void cancelled.push(why),
  });
  const writable = new WritableStream<EncodedFrame>({
    write: (one) => {
      came.push(nameOf(one));
      wake();
      return write(nameOf(one));
    },
  });
  const whenCame = async (count: number) => {
    while (came.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { source, came, cancelled, ended: pump({ readable, writable }, pass), whenCame };
}

const all: Pass = async () => () => undefined;

test("frames pass in their order, and the track's end is passed on", async () => {
  const { source, came, ended } = way(all);
  for (const name of [1, 2, 3]) source.enqueue(frame(name));
  source.close();
  await ended;
  assert.deepEqual(came, [1, 2, 3]);
});

test("a frame that must not pass is not passed, nor is one that breaks something; those after it are", async () => {
  const { source, came, ended } = way(async (one) => {
    if (nameOf(one) === 2) return null;
    if (nameOf(one) === 3) throw new RangeError("malformed");
    return () => undefined;
  });
  for (const name of [1, 2, 3, 4]) source.enqueue(frame(name));
  source.close();
  await ended;
  assert.deepEqual(came, [1, 4]);
});

test("what is noted of a frame is noted once it has been passed on, before the next one is looked at", async () => {
  const order: string[] = [];
  const { source, ended } = way(
    async (one) => {
      order.push(`look ${nameOf(one)}`);
      return () => void order.push(`note ${nameOf(one)}`);
    },
    (name) => void order.push(`pass ${name}`),
  );
  source.enqueue(frame(1));
  source.enqueue(frame(2));
  source.close();
  await ended;
  assert.deepEqual(order, ["look 1", "pass 1", "note 1", "look 2", "pass 2", "note 2"]);
});

test("while the sink takes nothing, no further frame is sealed: its counter would be used up for nothing", async () => {
  const looked: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const { source, whenCame, ended } = way(
    async (one) => {
      looked.push(nameOf(one));
      return () => undefined;
    },
    () => promise,
  );
  source.enqueue(frame(1));
  source.enqueue(frame(2));
  await whenCame(1);
  await new Promise(setImmediate);
  assert.deepEqual(looked, [1]);
  resolve();
  source.close();
  await ended;
  assert.deepEqual(looked, [1, 2]);
});

test("a connection that breaks lets its source go", async () => {
  const { source, cancelled, ended } = way(all, () => Promise.reject(new Error("closed")));
  source.enqueue(frame(1));
  await ended;
  assert.equal(cancelled.length, 1);
});
