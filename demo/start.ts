/**
 * What `npm start` runs: the demo, one line per part, then `ready http://localhost:…`; Ctrl-C ends all of it.
 * Sees no secrets.
 */
import { CodedError } from "../widget/wire/errors.ts";
import { type Demo, startDemo } from "./demo.ts";

let demo: Demo | undefined;
let ending = false;

async function end(signal: NodeJS.Signals): Promise<void> {
  // A second Ctrl-C, or one while things start: leave at once. What was started ends with this process.
  if (ending || !demo) process.exit(130);
  ending = true;
  console.log(`\nending    on ${signal}`);
  await demo.stop().catch((error: unknown) => console.error(sentenceFor(error)));
  process.exit(0);
}

function sentenceFor(error: unknown): string {
  if (error instanceof CodedError) return `${error.message} Check REDIS_URL, S3_URL and DATA_DIR.`;
  return error instanceof Error ? error.message : String(error);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(signal));
try {
  demo = await startDemo({ print: (line) => console.log(line), media: "auto-build" });
  console.log(`ready ${demo.origin}/`);
} catch (error) {
  console.error(`The demo could not start: ${sentenceFor(error)}`);
  process.exit(1);
}
