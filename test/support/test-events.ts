/**
 * A reporter for node's test runner that writes one JSON line per event: what test/run.ts counts and prints from.
 * A test's title is the path of names that leads to it, "suite › test".
 */
import type { TestEvent } from "node:test/reporters";

/** The moment it happens, whereas ends come in the order of the file. For naming the test that hung. */
export interface TestRuns {
  kind: "runs" | "ran";
  /** its own name only */
  name: string;
}
export interface TestEnded {
  kind: "ended";
  title: string;
  outcome: "passed" | "failed" | "skipped";
  /** duration, ms */
  ms: number;
  /** first line of what went wrong */
  error?: string;
}
export type TestLine = TestRuns | TestEnded;

export default async function* testEvents(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  const hadChildren: boolean[] = [];
  const titleAt = (nesting: number): string => names.slice(0, nesting + 1).join(" › ");
  for await (const { type, data } of source) {
    if (type === "test:start") {
      names[data.nesting] = data.name;
      hadChildren[data.nesting] = false;
      if (data.nesting > 0) hadChildren[data.nesting - 1] = true;
    } else if (type === "test:dequeue" || type === "test:complete") {
      yield line({ kind: type === "test:dequeue" ? "runs" : "ran", name: data.name });
    } else if (type === "test:pass" || type === "test:fail") {
      const ended = endOf(type === "test:pass", data, hadChildren[data.nesting] === true);
      if (ended) yield line({ kind: "ended", title: titleAt(data.nesting), ...ended });
    }
  }
}

type Ended = Extract<TestEvent, { type: "test:pass" | "test:fail" }>["data"];

/** Null for a suite or a parent whose children speak for it; one that failed by itself, as in a hook, counts. */
function endOf(passed: boolean, data: Ended, isParent: boolean): Omit<TestEnded, "kind" | "title"> | null {
  const error = "error" in data.details ? data.details.error : undefined;
  const byItself = !passed && failureType(error) !== "subtestsFailed";
  if ((data.details.type === "suite" || isParent) && !byItself) return null;
  const ms = data.details.duration_ms;
  if (isSet(data.skip) || isSet(data.todo)) return { outcome: "skipped", ms };
  return passed ? { outcome: "passed", ms } : { outcome: "failed", ms, error: firstLine(error) };
}

const isSet = (mark: string | boolean | undefined): boolean => mark !== undefined && mark !== false;

function failureType(error: unknown): unknown {
  return (error as { failureType?: unknown } | undefined)?.failureType;
}

function firstLine(error: Error | undefined): string {
  const cause = error?.cause;
  const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause ?? error?.message);
  return message.split("\n").slice(0, 3).join(" ").slice(0, 300);
}

const line = (event: TestLine): string => `${JSON.stringify(event)}\n`;
