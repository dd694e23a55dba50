/** What a benchmark's topic is given and gives. Bench support. */
import type { Print } from "../../sfu-config/programs.ts";
import type { Services } from "../../sfu-config/services.ts";
import type { Row } from "./rows.ts";

/** What a topic stands on: a Redis and an S3 server of the run's own, for rooms a LiveKit, and a folder that goes with it. */
export interface BenchGround {
  readonly services: Services;
  readonly folder: string;
  readonly print: Print;
}

export type Topic = (ground: BenchGround) => Promise<Row[]>;
