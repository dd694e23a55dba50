/**
 * Who says that a commit is broken, and what follows: most say so, and the group is formed anew without whoever made it;
 * few say so, and they join afresh. Realm: group worker. Source: protocol.md §5.
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { Entry, PostMessage } from "../wire/room-relay.ts";
import { complaintStatement } from "../wire/room-signatures.ts";
import type { Roster } from "./commit-rules.ts";

/** ms that a member which can't follow waits for others to say the same. */
export const COMPLAINT_MS = 3_000;

type Complaint = Extract<Entry, { type: "complaint" }>;

export class Complaints {
  /** poster of each commit of late, by the commit's hash: whom a complaint accuses */
  readonly #posters = new Map<string, string>();
  /** commit hash → post keys of those who complain, both base64url */
  readonly #about = new Map<string, Set<string>>();
  /** others whom this member has heard in its first epoch; undefined once it has followed a commit */
  #heard: Set<string> | undefined = new Set();

  /** @param commit its hash @param poster post key, both base64url */
  came(commit: string, poster: string): void {
    this.#posters.set(commit, poster);
  }

  /** What it said opened in this epoch: it is in the same group as this member. @param postKey base64url */
  heard(postKey: string): void {
    this.#heard?.add(postKey);
  }

  /** A commit that the relay has ordered was adopted. */
  followed(): void {
    this.#heard = undefined;
  }

  /**
   * Whether a commit that does not open is its poster's fault. Whoever let this member in may have given it the Welcome
   * of another commit: then it follows nobody, and no honest committer is to blame. @param postKey base64url
   */
  isSureOf(postKey: string): boolean {
    return !this.#heard || this.#heard.has(postKey);
  }

  /**
   * Takes one of somebody on the roster, if its signature holds.
   * @param groupId 32 B @param live post keys of leaves that are not gone
   * @returns the commit's poster if more than half of the other live leaves complain of it now
   */
  async take(
    entry: Complaint,
    { groupId, roster, live }: { groupId: Uint8Array; roster: Roster; live: readonly string[] },
  ): Promise<string | undefined> {
    const accused = this.#posters.get(entry.bytes);
    const isMember = [...roster.values()].some(({ postKey }) => postKey === entry.poster);
    const [commit, key, signature] = [entry.bytes, entry.poster, entry.signature].map(fromBase64url);
    if (!accused || !isMember || !commit || !key || !signature) return undefined;
    if (!(await isSignedBy(key, complaintStatement(groupId, commit), signature))) return undefined;
    const all = this.#about.get(entry.bytes) ?? new Set();
    this.#about.set(entry.bytes, all.add(entry.poster));
    const others = live.filter((postKey) => postKey !== accused);
    return others.filter((postKey) => all.has(postKey)).length * 2 > others.length ? accused : undefined;
  }
}

/** @param commit its hash, base64url @param groupId 32 B */
export async function makeComplaint(
  postKey: SigningKey,
  groupId: Uint8Array,
  commit: string,
): Promise<Omit<PostMessage, "id">> {
  const signature = await postKey.sign(complaintStatement(groupId, fromBase64url(commit) ?? new Uint8Array()));
  return { type: "complaint", bytes: commit, signature: toBase64url(signature) };
}
