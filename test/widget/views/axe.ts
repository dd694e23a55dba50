/** What axe finds wrong in a document of ours, and a view's theme. Test support. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults, RunOptions } from "axe-core";
import type { Frame } from "playwright-core";

/** To be evaluated once in a document before `violationsOf` it. */
export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @param rules these only; without them all */
export async function violationsOf(frame: Frame, rules?: readonly string[]): Promise<string[]> {
  const { violations } = await frame.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const options = { resultTypes: ["violations"], iframes: false, ...(only ? { runOnly: only } : {}) };
    return (await axe.run(document, options as RunOptions)) as unknown as AxeResults;
  }, rules);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id} ${node.html.slice(0, 120)} ${node.failureSummary}`),
  );
}

/** Resolves when the view has followed. */
export function setTheme(frame: Frame, view: string, theme: string): Promise<void> {
  return frame.locator(view).evaluate(async (element, wanted) => {
    const themed = element as HTMLElement & { theme: string; updateComplete: Promise<unknown> };
    themed.theme = wanted;
    await themed.updateComplete;
  }, theme);
}
