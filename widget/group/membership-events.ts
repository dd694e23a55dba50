/**
 * What a membership needs of its owner, and what it tells it. Realm: group worker.
 */
import type { LinkKeys } from "../seal/room-keys.ts";
import type { SelfState } from "../wire/frame-group.ts";
import type { Entry, FromRelay, ToRelay } from "../wire/room-relay.ts";
import type { CommitTurnParts } from "./commit-turn.ts";
import type { Entered } from "./entrance.ts";
import type { EpochKeys } from "./epoch-keys.ts";
import type { InGroup } from "./in-group.ts";
import type { Adopted, RoomFault } from "./room-state.ts";

export interface MembershipEvents {
  /** a new epoch */
  adopted(change: Omit<Adopted, "self">): void;
  /** in the log's order; `own` came back as ordered */
  said(content: InGroup, from: string, own: boolean): void;
  /** people not heard of lately, by post key */
  unconfirmed(postKeys: readonly string[]): void;
  /** this member is no longer in the group @param reason of the commit */
  removed(reason: string): void;
  /** the relay or a member did what no honest one does; nothing of it was taken */
  fault(fault: RoomFault | "bad-message" | "not-posted"): void;
  /** entries are missing after this one */
  gap(seq: number): void;
  /** it can't follow the group any more, and few others can't: it has to join afresh */
  stranded(): void;
  /** most can't follow a commit: this member forms the group anew @param accused post key of the commit's poster */
  reform(commit: string, accused: string): void;
}

export interface MembershipParts {
  readonly entered: Entered;
  keys(): LinkKeys;
  readonly nextCharter: CommitTurnParts["nextCharter"];
  send(message: ToRelay): void;
  /** of the next post: no two of one connection are alike */
  nextId(): number;
  readonly media: EpochKeys;
  /** what this person shows of itself, before it has shown anything: undefined */
  shown?(): SelfState | undefined;
  readonly on: MembershipEvents;
}

export type From<T extends FromRelay["type"]> = Extract<FromRelay, { type: T }>;
export type EntryOf<T extends Entry["type"]> = Extract<Entry, { type: T }>;

/** ms before a post that the relay refused for a passing reason is repeated, unless it said how long. */
export const REPEAT_MS = 500;
/** Refusals that the same post would meet again. */
export const FINAL: ReadonlySet<string> = new Set(["bad-request", "bad-signature", "body-too-large", "not-a-poster"]);
/** Characters at the end of a message's base64url, tag included, that tell it from any other. */
export const COPY_CHARS = 64;
