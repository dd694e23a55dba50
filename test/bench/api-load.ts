/**
 * Starts the load generator in a process of its own, which ends with this one. Bench support.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadAnswer, LoadTask } from "./load.ts";

/** ms of one measurement */
const LASTS = 1200;

export interface Load {
  /** Requests answered per second, whatever their number of connections. @throws Error if one was refused */
  perSecond(task: Omit<LoadTask, "lasts">): Promise<number>;
  stop(): void;
}

export async function startLoad(): Promise<Load> {
  const child = start("load.ts");
  return {
    async perSecond(task) {
      const answered = answerOf<LoadAnswer>(child);
      child.send({ ...task, lasts: LASTS } satisfies LoadTask);
      const answer = await answered;
      if ("failure" in answer) throw new Error(answer.failure);
      return answer.requests / (answer.ms / 1000);
    },
    stop: () => void child.kill(),
  };
}

function start(program: string): ChildProcess {
  return fork(join(import.meta.dirname, program), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const ended = new AbortController();
  const gone = once(child, "exit", { signal: ended.signal }).then(() => {
    throw new Error("a process of the benchmark ended by itself");
  });
  gone.catch(() => undefined);
  const [answer] = (await Promise.race([once(child, "message", { signal: ended.signal }), gone])) as [T];
  ended.abort();
  return answer;
}
