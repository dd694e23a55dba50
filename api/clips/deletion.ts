/**
 * Deletes what a clip that is over has left in storage, looks whether it is gone, and only then writes the receipt.
 * Realm: server; sees ids and counts. Source: protocol.md §7 (tombstone → delete objects → verify → receipt).
 * Safe to run twice at once and to die anywhere: the job stays in the queue of deadlines until its end is written.
 */
import { type Blobs, clipPrefix } from "../blobs/blobs.ts";
import type { Clip } from "./clip.ts";
import type { ClipRecords } from "./clip-record.ts";

export interface Storage {
  readonly records: ClipRecords;
  readonly blobs: Blobs;
}

/**
 * Only for a clip whose tombstone is written. A failure is noted, and the job comes back later.
 * @returns the tombstone as it is then, with `deletion.verifiedAt` if all is gone
 * @throws CodedError storage-unavailable if not even the note could be written (the job still comes back)
 */
export async function eraseContent({ records, blobs }: Storage, id: string): Promise<Clip | null> {
  const found = await eraseObjects(blobs, id).catch(() => null);
  const event = found === null ? ({ type: "deletion-failed" } as const) : ({ type: "deleted", found } as const);
  return (await records.change(id, event))?.clip ?? null;
}

async function eraseObjects(blobs: Blobs, id: string): Promise<number> {
  const found = await blobs.deletePrefix(clipPrefix(id));
  const left = await blobs.list(clipPrefix(id));
  if (left.length > 0) throw new Error("objects are left");
  return found;
}
