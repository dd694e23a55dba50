/**
 * `npm run soak [seconds]`: rooms of 2, 5 and 50 members, some in browsers, in any weather, ten minutes long unless told
 * otherwise; ends with what happened, and `N passed, N failed`. SEED draws another weather, SIZES (`2,5,12`) other rooms.
 */
import { join } from "node:path";
import { Ground } from "../../support/ground.ts";
import { count, exitCode, report } from "../../support/tally.ts";
import { runTestFile } from "../../support/test-file.ts";

/** ms on top, for the crowd to come in and to come to rest. */
const MORE_MS = 300_000;

const seconds = Number(process.argv[2] ?? 600);
const root = join(import.meta.dirname, "../../..");
const print = (line: string): void => console.log(line);

const ground = new Ground();
ground.clearOnSignals();
const env = { ...(await ground.prepare(print)), SOAK_S: String(seconds) };
print(`soaking for ${seconds} s`);
const options = { root, outputDir: ground.outputDir, env, timeoutMs: seconds * 1_000 + MORE_MS };
const result = await runTestFile("test/flow/rooms/soak.ts", options);
for (const line of result.output.split("\n")) if (/^\s*ℹ \d+:/.test(line)) print(line.trim());
const code = exitCode(count([result]));
await ground.clear(code !== 0);
print(report([result]));
process.exit(code);
