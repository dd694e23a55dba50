/** Clips to start from, for the tests of the rules. */
import type { Clip, Content } from "../../../api/clips/clip.ts";
import { apply, createDraft } from "../../../api/clips/clip-events.ts";

export const T0 = 1_800_000_000_000;
export const TTL_MS = 24 * 3_600_000;
export const CONTENT: Content = {
  pieces: 2,
  bytes: 300_000,
  sha256: "hash",
  duration: 60,
  metadata: "box",
  metadataIv: "metadata-iv",
};

export function draft(): Clip {
  return createDraft({ iv: "iv", viewTokenHash: "view", manageTokenHash: "manage", maxLeases: 3 }, T0);
}

/** Sent, and found intact. */
export function ready(): Clip {
  const sent = apply(draft(), { type: "send", content: CONTENT, ttlMs: TTL_MS }, T0).clip as Clip;
  return apply(sent, { type: "checked", intact: true }, T0).clip as Clip;
}

export function leased({ position = 0 } = {}): Clip {
  const clip = apply(ready(), { type: "lease", tokenHash: "lease" }, T0).clip as Clip;
  return apply(clip, { type: "heartbeat", tokenHash: "lease", position }, T0).clip as Clip;
}
