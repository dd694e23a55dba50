/**
 * `npm run bench [clip|room|media|api]`: measures, prints a table, writes test/bench/results.json. Without a topic all;
 * `media` is the last part of `room`, alone.
 * Nothing here fails because something is slow: docs/bench.md says what the rows mean.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfStale } from "../../demo/build-if-stale.ts";
import type { Print } from "../../sfu-config/programs.ts";
import { type Services, startServices } from "../../sfu-config/services.ts";
import { findChromium } from "../support/chromium.ts";
import { benchApi } from "./api.ts";
import { benchClip } from "./clip.ts";
import { benchMedia } from "./media.ts";
import { benchRoom } from "./room.ts";
import { type Row, tableOf, writeResults } from "./rows.ts";
import type { Topic } from "./topic.ts";

const ALL = ["clip", "room", "api"];
const topics: Readonly<Record<string, Topic>> = {
  clip: benchClip,
  room: benchRoom,
  media: benchMedia,
  api: benchApi,
};
const print: Print = (line) => console.log(line);

async function measure(names: readonly string[]): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "whatping-bench-"));
  let services: Services | undefined;
  try {
    // The journeys' world finds both servers and its folder where the tests' run leaves them, too.
    // Building LiveKit takes minutes: only for those who need it.
    const media = names.includes("room") || names.includes("media") ? "required" : "absent";
    services = await startServices({ redis: "required", blobs: "required", media, dataDir: folder, print });
    Object.assign(process.env, {
      TEST_REDIS_URL: services.redisUrl,
      TEST_S3_URL: services.s3Url,
      TEST_RUN_DIR: folder,
      CHROME_PATH: await findChromium(print),
    });
    await buildIfStale(print);
    const rows: Row[] = [];
    for (const name of names) rows.push(...((await topics[name]?.({ services, folder, print })) ?? []));
    return rows;
  } finally {
    await services?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(topics, name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(", ")}: name ${Object.keys(topics).join(" or ")}, or none for all.`,
  );
  process.exit(1);
}
const rows = await measure(asked.length > 0 ? asked : ALL);
const file = join(import.meta.dirname, "results.json");
writeResults(file, rows);
print(`\n${tableOf(rows)}\n\nwritten to test/bench/results.json`);
