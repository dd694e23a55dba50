/**
 * Sources are formatted and free of what the linter refuses. `npm run format` mends most of it.
 */
import { join } from "node:path";
import { test } from "node:test";
import { run } from "../../sfu-config/run-program.ts";

const root = join(import.meta.dirname, "..", "..");
const biome = join(root, "node_modules", "@biomejs", "biome", "bin", "biome");

test("sources are formatted and linted (mend with: npm run format)", async () => {
  await run(process.execPath, [biome, "ci", "--colors=off", "--max-diagnostics=40", "."], { cwd: root });
});
