/**
 * How much of a bare WebSocket fan-out's speed the relay of rooms keeps, with all that it checks, orders and stores: the
 * same number of sockets, the same bytes, in turns. Source: product.md O2.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startBareFanOut, startRelay } from "./api-relay.ts";
import type { RoomLoadAnswer, RoomLoadTask } from "./room-load.ts";
import { median, medianRatio, takeTurns } from "./rounds.ts";
import { format, type Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

const ROUNDS = 5;
/** ms of one measurement */
const LASTS = 1_500;
const GOAL = 0.5;
/** A lively room: everyone types at once. Of ciphertext: a padded chat message with its tag, MLS's and ours. */
const CROWD = { sockets: 32, window: 4, size: 400 } as const;

export async function benchRoomRelay({ services, folder }: Pick<BenchGround, "services" | "folder">): Promise<Row[]> {
  const backends = {
    embedded: {},
    Redis: { REDIS_URL: services.redisUrl, REDIS_PREFIX: "bench-rooms:" },
  };
  const load = start("room-load.ts");
  const bare = await startBareFanOut(folder);
  try {
    await ask(load, { type: "open", name: "bare", port: bare.port, isRelay: false, ...CROWD });
    const rows: Row[] = [];
    for (const [name, env] of Object.entries(backends)) {
      const relay = await startRelay(join(folder, `rooms-${name}`), env);
      try {
        await ask(load, { type: "open", name, port: relay.port, isRelay: true, ...CROWD });
        rows.push(...(await compare(load, name)));
      } finally {
        await relay.stop();
      }
    }
    return rows;
  } finally {
    load.kill();
    await bare.stop();
  }
}

async function compare(load: ChildProcess, backend: string): Promise<Row[]> {
  const late: Record<"bare" | "relay", number[]> = { bare: [], relay: [] };
  const perSecond = async (name: string, latencies: number[]) => {
    const answer = await ask(load, { type: "run", name, lasts: LASTS });
    latencies.push(...answer.latencies);
    return answer.messages / (answer.ms / 1_000);
  };
  const turns = await takeTurns(
    { bare: () => perSecond("bare", late.bare), relay: () => perSecond(backend, late.relay) },
    { rounds: ROUNDS },
  );
  const crowd = `${CROWD.sockets} sockets, ${CROWD.window} messages of each under way`;
  return [
    {
      name: `room messages, ${backend}`,
      value: median(turns.relay),
      unit: "messages/s",
      goal: null,
      better: "higher",
      against: `a bare ws fan-out: ${format(median(turns.bare))} messages/s; ${crowd}`,
    },
    {
      name: `room messages ÷ fan-out, ${backend}`,
      value: medianRatio(turns.relay, turns.bare),
      unit: "×",
      goal: GOAL,
      better: "higher",
      against: "a bare ws fan-out of the same bytes",
    },
    {
      name: `room message to and back, p99, ${backend}`,
      value: p99(late.relay),
      unit: "ms",
      goal: null,
      better: "lower",
      against: `a bare ws fan-out: ${format(p99(late.bare))} ms`,
    },
  ];
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}

function start(program: string): ChildProcess {
  return fork(join(import.meta.dirname, program), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function ask(load: ChildProcess, task: RoomLoadTask): Promise<Exclude<RoomLoadAnswer, { failure: string }>> {
  const answered = once(load, "message");
  load.send(task);
  const [answer] = (await answered) as [RoomLoadAnswer];
  if ("failure" in answer) throw new Error(answer.failure);
  return answer;
}
