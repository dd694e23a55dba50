/**
 * What this tab remembers of a room between Enter and leaving, so that a reload can go back: its link and the name, in
 * sessionStorage. Erased at leaving and removal. Realm: frame; sees the room's secret. Source: protocol.md §11.
 */

export interface Remembered {
  readonly link: string;
  readonly name: string;
}

/** @param place the room's id on a page of its own; empty in an element, which has one room at a time */
const nameOf = (place: string) => `whatping:${place}`;

/** Storage may be forbidden: then a reload needs the link again, and nothing else changes. */
function storage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

export function remember(place: string, { link, name }: Remembered): void {
  try {
    storage()?.setItem(nameOf(place), JSON.stringify([link, name]));
  } catch {
    // Quota or private mode: as if storage were forbidden.
  }
}

export function recall(place: string): Remembered | undefined {
  try {
    const [link, name] = JSON.parse(storage()?.getItem(nameOf(place)) ?? "[]") as unknown[];
    return typeof link === "string" && typeof name === "string" ? { link, name } : undefined;
  } catch {
    return undefined;
  }
}

export function forget(place: string): void {
  storage()?.removeItem(nameOf(place));
}
