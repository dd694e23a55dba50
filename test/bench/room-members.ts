/**
 * What members wait for, over the real relay: from the link to being inside, from sending somebody away until the last
 * one is in the next epoch, from a text to the others. Source: protocol.md §5.
 */
import { join } from "node:path";
import { startRelay } from "./api-relay.ts";
import { LargeRoom } from "./large-room.ts";
import { median, p95 } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

const SIZES = [2, 10, 50, 100, 200];
const ROUNDS = 20;
const WARM_UP = 3;
/** ms, p95 */
const REMOVAL_GOALS: Readonly<Record<number, number>> = { 10: 500, 100: 1_000 };

export async function benchMembers({ services, folder }: Pick<BenchGround, "services" | "folder">): Promise<Row[]> {
  const env = { REDIS_URL: services.redisUrl, REDIS_PREFIX: "bench-members:" };
  const relay = await startRelay(join(folder, "members"), env);
  const room = await LargeRoom.open(`http://127.0.0.1:${relay.port}`);
  try {
    const rows: Row[] = [];
    for (const size of SIZES) {
      await room.growTo(size);
      rows.push(...(await measure(room)));
    }
    return rows;
  } finally {
    await room.close();
    await relay.stop();
  }
}

async function measure(room: LargeRoom): Promise<Row[]> {
  const joins: number[] = [];
  const removals: number[] = [];
  const [heard, ordered]: [number[], number[]] = [[], []];
  let bytes = Number.NaN;
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const visit = await room.comeAndGo();
    const chat = await room.chat();
    bytes = visit.bytes;
    if (round < 0) continue;
    joins.push(visit.joined);
    removals.push(visit.removed);
    heard.push(chat.heard);
    ordered.push(chat.ordered);
  }
  return rowsOf(room.size, { joins, removals, heard, ordered, bytes });
}

interface Measured {
  readonly joins: number[];
  readonly removals: number[];
  readonly heard: number[];
  readonly ordered: number[];
  readonly bytes: number;
}

function rowsOf(size: number, { joins, removals, heard, ordered, bytes }: Measured): Row[] {
  const row = (name: string, value: number, more: { goal?: number | undefined; against: string }): Row => {
    const { goal = null, against } = more;
    return { name: `${size} members: ${name}`, value, unit: "ms", goal, better: "lower", against };
  };
  const sent = Number.isNaN(bytes) ? "" : `; commit ${bytes} B`;
  return [
    row("link → inside", median(joins), {
      against: `p95 ${format(p95(joins))}; 100 ms of it wait for others who come`,
    }),
    row("send away → last one in the next epoch, p95", p95(removals), {
      goal: REMOVAL_GOALS[size],
      against: `median ${format(median(removals))}${sent}`,
    }),
    row("text → heard", median(heard), {
      against: `p95 ${format(p95(heard))}; back at who said it ${format(median(ordered))}`,
    }),
  ];
}
