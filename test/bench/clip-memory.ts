/**
 * What the product's media worker holds while a clip of 100 MB streams through it: it is stopped at the fullest moment
 * of every segment (input and output of the cipher both there) and its array buffers are counted, in segments above
 * what it held before. Once as it is, and once after a collection at each stop, which leaves what is really held.
 */
import { join } from "node:path";
import type { Bytes } from "../../widget/wire/bytes.ts";
import { SEGMENT_BYTES } from "../../widget/wire/clip-limits.ts";
import type {
  ExpectedClip,
  MediaCallName,
  MediaReply,
  SealedClip,
  SealedSegment,
} from "../../widget/wire/frame-media.ts";
import { type BundledWorker, openBundledWorker } from "./bundled-worker.ts";
import { format, type Row } from "./rows.ts";

const MEDIA_WORKER = join(import.meta.dirname, "../../widget/media/main.ts");
const CLIP_BYTES = 100_000_000;
/** As the recorder gives them: 250 ms at 1.5 Mbit/s and a voice. */
const CHUNK_BYTES = 48 * 1024;
/** Segments: the one being filled, one in, one out, and one of slack. */
const HELD_GOAL = 4;
/** Every so many segments are counted: a collection takes its time, and a stream repeats itself. */
const COUNT_EVERY = 4;

/** What stands in for the frame, in the page: `clip` is what the last sealing left, ciphertext and all. */
interface Page {
  readonly worker: Worker;
  /** bound to this process: counts, then lets the worker go on */
  readonly standing: () => Promise<void>;
  call: (name: MediaCallName, argument?: unknown, transfer?: Transferable[]) => Promise<unknown>;
  clip?: { segments: SealedSegment[]; expected: ExpectedClip; key: Bytes };
}

interface Peaks {
  /** segments */
  readonly held: number;
  readonly uncollected: number;
}

export async function benchMemory(): Promise<Row[]> {
  const worker = await openBundledWorker(MEDIA_WORKER);
  const count = { collect: false, before: 0, most: 0, stops: 0 };
  const held = async () => {
    if (count.collect) await worker.inspect("HeapProfiler.collectGarbage");
    return (await worker.inspect("Runtime.getHeapUsage")).backingStorageSize as number;
  };
  await worker.page.exposeFunction("standing", async () => {
    if (count.stops++ % COUNT_EVERY === 0) count.most = Math.max(count.most, (await held()) - count.before);
    await worker.inspect("Runtime.evaluate", { expression: "goOn()" });
  });
  const peak = async (stream: Stream, collect: boolean) => {
    await startAfresh(worker);
    await worker.inspect("HeapProfiler.collectGarbage");
    Object.assign(count, { collect, before: await held(), most: 0, stops: 0 });
    await worker.page.evaluate(stream, { bytes: CLIP_BYTES, chunkBytes: CHUNK_BYTES });
    return count.most / SEGMENT_BYTES;
  };
  try {
    const rows: Row[] = [];
    for (const [verb, stream] of [
      ["seal", sealStream],
      ["open", openStream],
    ] as const) {
      rows.push(rowOf(verb, { uncollected: await peak(stream, false), held: await peak(stream, true) }));
    }
    return rows;
  } finally {
    await worker.close();
  }
}

function rowOf(verb: string, { held, uncollected }: Peaks): Row {
  const all = Math.ceil(CLIP_BYTES / SEGMENT_BYTES);
  return {
    name: `${verb} 100 MB in a stream, buffers held at most`,
    value: held,
    unit: "segments",
    goal: HELD_GOAL,
    better: "lower",
    against: `a clip of ${all} segments; with what awaits the garbage collector: ${format(uncollected)}`,
  };
}

async function startAfresh({ page, restart, inspect }: BundledWorker): Promise<void> {
  await restart();
  await page.evaluate(listenToWorker);
  // The worker's own script must have run before WebCrypto is wrapped: it answers once it has.
  await page.evaluate(() => (globalThis as unknown as Page).call("seal", new Uint8Array(1)).catch(() => undefined));
  await inspect("Runtime.evaluate", { expression: `(${standStillAfterCipher})()` });
}

/** Runs in the worker: WebCrypto as it is, but its caller waits after each segment until somebody calls `goOn`. */
function standStillAfterCipher(): void {
  for (const call of ["encrypt", "decrypt"] as const) {
    const real = crypto.subtle[call].bind(crypto.subtle);
    crypto.subtle[call] = async (algorithm, key, data) => {
      const result = await real(algorithm, key, data);
      await new Promise<void>((resolve) => {
        Object.assign(globalThis, { goOn: resolve });
        postMessage({ standing: true });
      });
      return result;
    };
  }
}

/** Runs in the page. */
function listenToWorker(): void {
  const page = globalThis as unknown as Page;
  const waiting = new Map<number, (reply: MediaReply) => void>();
  let lastId = 0;
  page.worker.onmessage = ({ data }: MessageEvent<MediaReply | { standing: true }>) => {
    if ("standing" in data) void page.standing();
    else if ("id" in data) waiting.get(data.id)?.(data);
  };
  page.call = async (call, argument, transfer = []) => {
    const id = ++lastId;
    const answered = new Promise<MediaReply>((resolve) => waiting.set(id, resolve));
    page.worker.postMessage({ id, call, argument }, transfer);
    const reply = await answered;
    if ("error" in reply) throw new Error(reply.error.message);
    return "value" in reply ? reply.value : undefined;
  };
}

type Stream = (size: { bytes: number; chunkBytes: number }) => Promise<void>;

/** Runs in the page, as the recorder's frame would. */
async function sealStream({ bytes, chunkBytes }: Parameters<Stream>[0]): Promise<void> {
  const page = globalThis as unknown as Page;
  const { iv } = (await page.call("beginSealing")) as { iv: Bytes };
  const segments: SealedSegment[] = [];
  for (let at = 0; at < bytes; at += chunkBytes) {
    const chunk = new Uint8Array(Math.min(chunkBytes, bytes - at)).fill(at);
    segments.push(...((await page.call("seal", chunk, [chunk.buffer])) as SealedSegment[]));
  }
  const end = (await page.call("finishSealing")) as { segments: SealedSegment[]; clip: SealedClip };
  const { key } = (await page.call("finishClip", new Uint8Array(1))) as { key: Bytes };
  page.clip = { segments: [...segments, ...end.segments], expected: { iv, ...end.clip }, key };
}

/** Runs in the page, as the viewer's frame would. */
async function openStream(): Promise<void> {
  const page = globalThis as unknown as Page;
  const { segments, expected, key } = page.clip as Required<Page>["clip"];
  await page.call("takeKey", key);
  await page.call("beginOpening", expected);
  for (const { index, sealed } of segments) {
    const arrived = sealed.slice();
    await page.call("openSegment", { index, sealed: arrived }, [arrived.buffer]);
  }
}
