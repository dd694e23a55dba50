/**
 * Holds what other members say of the audit trail against what this one has seen: two heads of one size, both signed by
 * the relay, are a lie of the relay, and are kept. Realm: group worker. Source: protocol.md §5 (Heartbeat), §9.
 */
import { placeOf, type Trail, type TrailOf } from "./audit-watch.ts";
import type { Evidence, TrailMemory } from "./trail-memory.ts";

/** Heads that are kept to compare: who lags behind shows an older one. */
const HEADS_KEPT = 256;

export class Heads {
  readonly #memory: TrailMemory;
  readonly #room: string;
  readonly #seen = new Map<number, Trail>();

  /** @param room id, base64url */
  constructor(memory: TrailMemory, room: string) {
    this.#memory = memory;
    this.#room = room;
  }

  /** Remembers where the trail stands now. @param charter version */
  async see(trail: Trail, charter: number): Promise<void> {
    this.#seen.set(trail.size, trail);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > HEADS_KEPT && oldest !== undefined) this.#seen.delete(oldest);
    await this.#memory.remember(this.#room, { ...trail, charter });
  }

  /**
   * Another member's head.
   * @returns `bad-message` if the relay did not sign it: the member made it up; `heads-differ` if it did
   */
  async hear(head: string, charter: TrailOf["charter"]): Promise<"bad-message" | "heads-differ" | undefined> {
    // Nearly always the very note that we have: its signature was checked when it came.
    if (this.#seen.get(Number(head.split("\n", 2)[1]))?.head === head) return undefined;
    const theirs = await placeOf(head, { charter, room: this.#room });
    if (!theirs) return "bad-message";
    const ours = this.#seen.get(theirs.size);
    if (!ours || ours.hash === theirs.hash) return undefined;
    await this.#memory.accuse(this.#room, [ours.head, theirs.head]);
    return "heads-differ";
  }

  /** Two heads that contradict each other, if there are any: also from an earlier visit. */
  async evidence(): Promise<{ readonly evidence?: Evidence }> {
    const evidence = await this.#memory.evidence(this.#room);
    return evidence ? { evidence } : {};
  }
}
