/**
 * What is known here of each person in the room, beyond the name that anyone may choose. Pure.
 * Realm: frame; public keys and names only. Source: product.md R9, protocol.md §5.
 */
import type { Person } from "../../wire/frame-group.ts";
import { isSameName } from "./lookalikes.ts";

/**
 * What this person decided about an identity. `verified`: the digits matched. `differs`: they did not.
 * `another`: somebody else who has the same name as one who was verified.
 */
export type Verdict = "verified" | "differs" | "another";

/** An identity that was met on this device. */
export interface Acquaintance {
  /** base64url */
  readonly identity: string;
  /** names it had, the last one last */
  readonly names: readonly string[];
  /** ms since the epoch */
  readonly firstMet: number;
  readonly verdict?: Verdict;
}
export type Acquaintances = ReadonlyMap<string, Acquaintance>;

/** `changed` and `differs` stop one's own sending; `own`: oneself, also in another window. */
export type Standing = "own" | "verified" | "seen" | "new" | "changed" | "differs";

export interface Circle {
  readonly people: readonly Person[];
  readonly known: Acquaintances;
  /** when this person entered, ms since the epoch: who was met before is no longer new */
  readonly enteredAt: number;
}

export function standingOf(person: Person, circle: Circle): Standing {
  const own = circle.people.find(({ self }) => self);
  if (person.self || person.identity === own?.identity) return "own";
  const known = circle.known.get(person.identity);
  if (known?.verdict === "verified" || known?.verdict === "differs") return known.verdict;
  if (known?.verdict !== "another" && isNameOfVerified(person, circle.known)) return "changed";
  return known && known.firstMet < circle.enteredAt ? "seen" : "new";
}

/** Who has to be confirmed or removed before this device seals anything again. */
export function stopsSending(circle: Circle): Person[] {
  return circle.people.filter((person) => {
    const standing = standingOf(person, circle);
    return standing === "changed" || standing === "differs";
  });
}

function isNameOfVerified({ identity, name }: Person, known: Acquaintances): boolean {
  return [...known.values()].some(
    (other) =>
      other.verdict === "verified" && other.identity !== identity && other.names.some((each) => isSameName(each, name)),
  );
}

/** 0 to 359: the colour of an identity, the same on every device. */
export function hueOf(identity: string): number {
  let sum = 0;
  for (const character of identity) sum = (sum * 31 + character.charCodeAt(0)) % 360_000;
  return sum % 360;
}

/** One or two letters for an avatar. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s-]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => firstLetter(word ?? ""));
  return letters.join("").toUpperCase() || "?";
}

function firstLetter(word: string): string {
  return /[\p{L}\p{N}]/u.exec(word)?.[0] ?? "";
}
