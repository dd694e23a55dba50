/**
 * Reads docs/what-the-relay-sees.md as its tests need it: names in code letters, out of the table under a heading.
 * Test support.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const page = readFileSync(join(import.meta.dirname, "../../docs/what-the-relay-sees.md"), "utf8");

/** The names in the first column. */
export function listed(heading: string): Set<string> {
  return new Set(rowsUnder(heading).flatMap(([first]) => first ?? []));
}

/** Things in the first column, each with its fields in the second: `thing.field`, or `thing` where it has none. */
export function listedFields(heading: string): Set<string> {
  return new Set(
    rowsUnder(heading).flatMap(([things = [], fields = []]) =>
      things.flatMap((thing) => (fields.length === 0 ? [thing] : fields.map((field) => `${thing}.${field}`))),
    ),
  );
}

/** Of each row the names in each column. */
function rowsUnder(heading: string): string[][][] {
  const section = page.split(/^## /m).find((part) => part.split("\n")[0] === heading) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.map((row) =>
    row
      .split("|")
      .slice(1)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)),
  );
}
