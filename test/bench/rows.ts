/**
 * What a benchmark says: rows, printed as a table and written to test/bench/results.json. Bench support.
 * A goal is shown as met or missed and fails nothing: times differ between machines, ratios hardly.
 */
import { writeFileSync } from "node:fs";

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** in the same unit; null: a figure to know, without a goal */
  readonly goal: number | null;
  readonly better: "higher" | "lower";
  /** what the value is held against, with the other figures of the same measurement */
  readonly against: string;
}

/** The rows as text: name, value, goal, whether it is met, against. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    `${format(row.value)} ${row.unit}`,
    row.goal === null ? "" : `${row.better === "higher" ? "≥" : "≤"} ${format(row.goal)}`,
    row.goal === null ? "" : meets(row, row.goal) ? "met" : "MISSED",
    row.against,
  ]);
  const head = ["", "value", "goal", "", "against"];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((line) => line[column]?.length ?? 0)));
  return [head, ...cells]
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function writeResults(file: string, rows: readonly Row[]): void {
  const rounded = rows.map((row) => ({ ...row, value: Number(row.value.toPrecision(4)) }));
  writeFileSync(file, `${JSON.stringify(rounded, null, 2)}\n`);
}

/** Three digits that count. */
export function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function meets({ value, better }: Row, goal: number): boolean {
  return better === "higher" ? value >= goal : value <= goal;
}
