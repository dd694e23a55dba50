/**
 * How fast clips are sealed and opened in Chromium, in a worker: segment by segment as the product does it against the
 * same bytes in one WebCrypto call, and the whole path with its SHA-256. Source: protocol.md §6.
 */
import { join } from "node:path";
import { askWorker, type BundledWorker, openBundledWorker } from "./bundled-worker.ts";
import type { CipherTimes, PathTimes, SealingTask } from "./clip-sealing-worker.ts";
import { median, medianRatio } from "./rounds.ts";
import { format, type Row } from "./rows.ts";

/** bytes; MB are 10^6 bytes */
const SIZES = [10_000_000, 100_000_000];
const CIPHER_ROUNDS = 9;
const PATH_ROUNDS = 3;
/** MB/s of the recorder (1.5 Mbit/s picture, 64 kbit/s sound), times ten: sealing must be nothing beside recording. */
const RECORDING_TEN_TIMES = 1.96;
/** MB/s of a line of 100 Mbit/s: opening must not be what a viewer waits for. */
const FAST_LINE = 12.5;

export async function benchSealing(): Promise<Row[]> {
  const worker = await openBundledWorker(join(import.meta.dirname, "clip-sealing-worker.ts"));
  try {
    const rows: Row[] = [];
    for (const bytes of SIZES) {
      const task = { bytes, rounds: CIPHER_ROUNDS, what: "cipher" } satisfies SealingTask;
      rows.push(...cipherRows(await ask<CipherTimes>(worker, task), bytes));
    }
    for (const bytes of SIZES) {
      const task = { bytes, rounds: PATH_ROUNDS, what: "path" } satisfies SealingTask;
      rows.push(...pathRows(await ask<PathTimes>(worker, task), bytes));
    }
    return rows;
  } finally {
    await worker.close();
  }
}

function ask<T>({ page }: BundledWorker, given: SealingTask): Promise<T> {
  return askWorker(page, given);
}

function cipherRows(times: CipherTimes, bytes: number): Row[] {
  const pairs = [
    ["seal", times.sealSegments, times.sealAtOnce, "encrypt"],
    ["open", times.openSegments, times.openAtOnce, "decrypt"],
  ] as const;
  return pairs.flatMap(([verb, segments, atOnce, call]): Row[] => {
    const name = `${verb} ${bytes / 1e6} MB in segments`;
    const one = `crypto.subtle.${call} of it in one call`;
    const rate = format(speed(bytes, atOnce));
    return [
      {
        name,
        value: speed(bytes, segments),
        unit: "MB/s",
        goal: null,
        better: "higher",
        against: `${one}: ${rate} MB/s`,
      },
      // Times stand below the line, so the ratio of speeds is one call ÷ segments.
      {
        name: `${name}, speed`,
        value: medianRatio(atOnce, segments),
        unit: "×",
        goal: 0.9,
        better: "higher",
        against: one,
      },
    ];
  });
}

function pathRows({ seal, open, noble, digest }: PathTimes, bytes: number): Row[] {
  const size = `${bytes / 1e6} MB`;
  const row = (name: string, times: number[], goal: number | null, against: string): Row => {
    return { name, value: speed(bytes, times), unit: "MB/s", goal, better: "higher", against };
  };
  const native = `crypto.subtle.digest of it in one call: ${format(speed(bytes, digest))} MB/s (not incremental)`;
  return [
    row(`seal ${size}, whole path with SHA-256`, seal, RECORDING_TEN_TIMES, "ten times what a recording makes"),
    row(`open ${size}, whole path with SHA-256`, open, FAST_LINE, "a line of 100 Mbit/s"),
    row(`SHA-256 of ${size} (noble)`, noble, null, native),
  ];
}

function speed(bytes: number, times: readonly number[]): number {
  return bytes / 1000 / median(times);
}
