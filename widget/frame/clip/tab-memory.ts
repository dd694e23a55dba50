/**
 * What this tab remembers of a clip between a click and the burn, so that a reload can go on: the key and the lease
 * token, in sessionStorage, erased at the end. Realm: frame. Source: protocol.md §11.
 */
import { type Bytes, fromBase64url, toBase64url } from "../../wire/bytes.ts";

export interface Remembered {
  readonly key: Bytes;
  readonly leaseToken: Bytes;
}

const nameOf = (id: string) => `wisp:${id}`;

/** Storage may be forbidden: then a reload needs the link again, and nothing else changes. */
function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

export function remember(id: string, { key, leaseToken }: Remembered): void {
  try {
    storage()?.setItem(nameOf(id), `${toBase64url(key)}.${toBase64url(leaseToken)}`);
  } catch {
    // Quota or private mode: as if storage were forbidden.
  }
}

export function recall(id: string): Remembered | undefined {
  const [key, leaseToken] = (storage()?.getItem(nameOf(id)) ?? "").split(".").map(fromBase64url);
  return key?.length === 32 && leaseToken?.length === 32 ? { key, leaseToken } : undefined;
}

export function forget(id: string): void {
  storage()?.removeItem(nameOf(id));
}
