/**
 * Who in the room was let in from the lobby without its digits being compared, by identity: the same for every member.
 * Realm: group worker. Pure. Source: protocol.md §2 (Knock admission).
 */
import type { Admitted } from "../wire/commit-data.ts";
import type { Credential } from "./credential.ts";
import { type Reformed, wasThere } from "./reforming.ts";

/**
 * A leaf that comes back stays what it was, also to a group that was formed anew; whoever is let in again with compared
 * digits is not any more.
 * @param before identity keys, base64url @param people in the group after the commit @param reformed if it was
 */
export function unverifiedAfter(
  before: ReadonlySet<string>,
  add: readonly Admitted[],
  people: Iterable<Pick<Credential, "identity" | "postKey">>,
  reformed?: Reformed,
): ReadonlySet<string> {
  const by = new Map(add.map(({ postKey, lobby }) => [postKey, lobby]));
  const [here, compared, not] = [new Set<string>(), new Set<string>(), new Set(before)];
  for (const { identity, postKey } of people) {
    here.add(identity);
    if (by.get(postKey) === "unverified") not.add(identity);
    if (by.get(postKey) === "compared") compared.add(identity);
  }
  const isKept = (identity: string) => here.has(identity) || wasThere(reformed, identity);
  return new Set([...not].filter((identity) => isKept(identity) && !compared.has(identity)));
}
