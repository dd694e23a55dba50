/**
 * Follows what becomes of a sent clip while its sender looks: opened, interrupted, burned, deleted. Realm: frame.
 * Sees ids and times. Source: protocol.md §7 (receipt).
 */
import type { Receipt } from "../../wire/client-api.ts";

/** Soon enough to be pleasant, seldom enough to cost the relay nothing. */
const EVERY_MS = 4_000;

/**
 * Reads the receipt until its last line is there: every object seen to be gone.
 * @returns ends the watch
 */
export function watchReceipt(read: () => Promise<Receipt>, onReceipt: (receipt: Receipt) => void): () => void {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    // A relay that is away for a moment is asked again; a hidden tab's timer is slow, and that is fine here.
    const receipt = await read().catch(() => undefined);
    if (ended) return;
    if (receipt) onReceipt(receipt);
    if (!receipt?.deletedAt) timer = setTimeout(look, EVERY_MS);
  };
  void look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
