/**
 * Loads what speaks to LiveKit only where there is one: its library costs every other server memory for nothing.
 * Realm: server.
 */
import type { SfuConfig } from "../config.ts";
import { Sfu } from "./sfu.ts";
import type { WatchParts } from "./sfu-watch.ts";

/** @param config absent: rooms without sound and picture */
export async function openSfu(config: SfuConfig | undefined, parts: Omit<WatchParts, "livekit">): Promise<Sfu | null> {
  if (!config) return null;
  const { Livekit } = await import("./livekit.ts");
  return new Sfu({ ...parts, livekit: new Livekit(config) }, config.publicUrl);
}
