/**
 * What the relay remembers of a room, and the small questions that every rule asks of it. Pure; nothing is stored here.
 * Realm: server; sees public keys, hashes of tokens, ids, times and sealed bytes, never a key of the group or plaintext.
 * Source: protocol.md §2, §5, §9.
 */
import type { NewLink } from "../../widget/wire/commit-data.ts";
import type { RoomRefusal } from "../../widget/wire/room-relay.ts";
import type { AuditState } from "./audit-chain.ts";

/** All byte strings base64url, times ms since the epoch. */
export interface Room {
  /** Ed25519, 32 B; the room's id is its fingerprint */
  readonly charterKey: string;
  /** of the relay that opened it: the audit heads are named by it, whichever process signs them */
  readonly origin: string;
  /** who may enter now, with which token, and the sealed charter */
  readonly link: NewLink;
  /** the public key that knocks are sealed to, signed */
  readonly lobby?: string;
  /** SHA-256 of the tokens of older links, latest last */
  readonly replaced: readonly string[];
  /** number of the last generation; 0 if there was none */
  readonly n: number;
  readonly generation: Living | null;
  readonly audit: AuditState;
  /** when somebody entered last, to the day */
  readonly enteredAt: number;
}

/** A generation in which somebody is. */
export interface Living {
  readonly groupId: string;
  readonly epoch: number;
  /** post keys that may post */
  readonly posters: readonly string[];
  /** who waits to be let in */
  readonly asks: readonly Asked[];
  /** commits that somebody may still read, latest last: whom a complaint is about */
  readonly commits: readonly { readonly hash: string; readonly poster: string; readonly at: number }[];
  /** about one of these: commit hash and post key */
  readonly complaints: readonly { readonly commit: string; readonly by: string }[];
  /** commits of late that only renewed their poster's leaf */
  readonly updates: readonly { readonly by: string; readonly at: number }[];
  /** when each poster's leaf got fresh keys last, as it was added or by a commit of its own: in the posters' order */
  readonly renewed: readonly number[];
  /** references of asks that were admitted a short time ago: none is accepted twice */
  readonly used: readonly { readonly ref: string; readonly at: number }[];
}

export interface Asked {
  readonly ref: string;
  /** proved on the asker's connection */
  readonly postKey: string;
  readonly at: number;
  /** its connection has ended: a commit may still let it in, but any other ask may take its place */
  readonly withdrawn?: true;
}

export interface Refused {
  readonly code: RoomRefusal;
  /** s */
  readonly retryAfter?: number;
  /** version of the current link, with link-replaced: a host link finds its secret by it */
  readonly v?: number;
  /** post keys, with still-here */
  readonly here?: readonly string[];
  /** the store did not say whether it was done */
  readonly isUnsure?: true;
}

/** Whether the post key is on the generation's list. */
export function isPoster(generation: Living, postKey: string): boolean {
  const set = sets.get(generation.posters) ?? new Set(generation.posters);
  sets.set(generation.posters, set);
  return set.has(postKey);
}

/** A list is asked once per message, and changes once per join. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();
