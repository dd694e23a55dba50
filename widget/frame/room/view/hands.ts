/**
 * Who raised a hand before whom, as this member heard it. Realm: frame. Pure. Source: product.md R16.
 */
import type { SelfState } from "../../../wire/frame-group.ts";

/** @param before ids in the order of raising @returns the same with whoever raised since, without whoever lowered */
export function handsAfter(before: readonly string[], states: ReadonlyMap<string, SelfState>): readonly string[] {
  const isUp = (id: string) => states.get(id)?.hand === true;
  const still = before.filter(isUp);
  const raised = [...states.keys()].filter((id) => isUp(id) && !before.includes(id));
  return raised.length === 0 && still.length === before.length ? before : [...still, ...raised];
}
