/**
 * The benchmarks of clips: sealing and opening, what the worker holds meanwhile, and what a person waits for.
 */
import { benchJourney } from "./clip-journey.ts";
import { benchMemory } from "./clip-memory.ts";
import { benchSealing } from "./clip-sealing.ts";
import type { Row } from "./rows.ts";
import type { BenchGround } from "./topic.ts";

export async function benchClip({ print }: BenchGround): Promise<Row[]> {
  print("clip      sealing and opening");
  const sealing = await benchSealing();
  print("clip      memory");
  const memory = await benchMemory();
  print("clip      recording, sending, watching (a few minutes)");
  return [...sealing, ...memory, ...(await benchJourney())];
}
