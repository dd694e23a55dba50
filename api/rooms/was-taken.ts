/**
 * Whether a write that the store did not answer was carried out after all: a lost answer is no refusal.
 * Realm: server; sees what record.ts says.
 */
import type { Key, Store } from "../store/store.ts";

const READ_LIMIT = 200;

export interface Unanswered {
  /** number of an entry that stood before it */
  readonly after: number;
  readonly records: readonly string[];
  /** of the document, if it was to be written */
  readonly value?: string;
}

/**
 * @returns the number of its first record, or of the next one if it had none; null if it was not carried out
 * @throws CodedError storage-unavailable as long as the store does not answer
 */
export async function wasTaken(store: Store, key: Key, { after, records, value }: Unanswered): Promise<number | null> {
  const [first] = records;
  for (let at = after; ; ) {
    const { last, firstSeq, entries } = await store.readLog(key, "main", { after: at, limit: READ_LIMIT });
    const index = first === undefined ? -1 : entries.indexOf(first);
    if (index >= 0) return firstSeq + index;
    at = firstSeq + entries.length - 1;
    if (at < last && entries.length > 0) continue;
    if (first !== undefined || value === undefined) return null;
    return (await store.get(key))?.value === value ? last + 1 : null;
  }
}
