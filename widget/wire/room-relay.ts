/**
 * What a member and the relay say to each other about rooms: one HTTP call that opens a room, and a WebSocket per
 * member. Realm-free. Every field is public to the relay; docs/what-the-relay-sees.md lists each one.
 * Source: protocol.md §2, §5, §9. All byte strings base64url, times ms since the epoch.
 *
 *   PUT /api/rooms/:roomId          opens the room (idempotent for equal bodies)
 *   GET /api/rooms/:roomId/audit    Bearer relay token: the trail as JSON lines, the signed head last
 *   GET /api/rooms/:roomId/socket   WebSocket, JSON in text messages
 *
 *   member → relay                      relay → member
 *                                       hello {nonce, auditKey}           at once
 *   enter {token}                       room {…}                          what stands there now
 *   found {…}                           founded {seq, head}               or refused generation-exists, then room
 *   found {…, reforms | anew}           founded; ended to all others      a generation takes the place of one that lives
 *   ask {ref, postKey, sealed, …}       asked {ref}; welcome {…}          once a commit admits it; from then on a member
 *   resume {token, postKey, after, …}   resumed, then what was missed     or refused log-gap
 *   post commit | message | signal      entry …                           to every member, its poster included
 *                                       refused {id, code}                to the poster: nothing was taken
 *   post commit with a removal            refused {id, still-here}          see PostCommit
 *   sfu {id, eye}                       sfu {id, url, token}              or refused no-sfu
 *   lobby                               lobby {lobby, isOpen}             without a token: for whoever knows the room's id
 *   knock {sealed, shown?}              knocked {isOpen}; answer {sealed} from a host's device, by itself and by hand
 *   answer {knock, sealed}              knock {id, sealed, shown?}        to every member; unknocked {id}
 *   alive                               alive                             every ALIVE_EVERY_MS
 *   leave                               gone {postKey, left: true}
 *                                       present {postKeys}; gone {…}; removed; ended
 */
import type { NewLink } from "./commit-data.ts";
import type { ApiErrorCode } from "./errors.ts";

/** Room keys come from the room's link (seal/room-link); the relay checks SHA-256(charterKey) against the id. */
export interface OpenRoom {
  /** Ed25519, 32 B */
  readonly charterKey: string;
  /** the current version, 1 for a new room, and its sealed charter */
  readonly link: NewLink;
  /** the lobby's public key, signed by the charter key (group/lobby-key); without it nobody can knock */
  readonly lobby?: string;
}

export interface RoomOpened {
  readonly roomId: string;
  /** Ed25519 public key of the relay's audit heads, 32 B: it goes into the charter, so PUT may come after GET audit-key */
  readonly auditKey: string;
}

/** The relay's key of audit heads, before there is a room. */
export interface AuditKey {
  readonly auditKey: string;
  readonly region: string;
}

export type ToRelay =
  | { readonly type: "enter"; readonly token: string }
  | {
      readonly type: "found";
      readonly n: number;
      readonly groupId: string;
      readonly creatorNonce: string;
      readonly postKey: string;
      /**
       * Hash of a commit of the generation that lives, 32 B: most of its other posters complain of it, and this poster of
       * that generation forms the group anew. The old one ends for everybody.
       */
      readonly reforms?: string;
      /** with `reforms`: the post key that this member had in that generation, and its signature over foundStatement */
      readonly formerKey?: string;
      readonly formerSignature?: string;
      /**
       * Whoever has the host link ends the generation that lives, whatever its members do, and begins the next one:
       * the charter key's signature over anewStatement. `n` and `groupId` as for an empty room; `reforms` is not needed.
       * All others are told `ended` and may ask: to keep somebody out, the next commit renews the link.
       */
      readonly anew?: string;
      /** over foundStatement */
      readonly signature: string;
    }
  /** One for each connection: another one withdraws it, and so does the connection's end. */
  | {
      readonly type: "ask";
      readonly groupId: string;
      readonly ref: string;
      readonly postKey: string;
      readonly sealed: string;
      /** over askStatement */
      readonly signature: string;
    }
  /** Refused for what it names, the connection is nobody's again; a second such refusal closes it. */
  | {
      readonly type: "resume";
      readonly token: string;
      readonly groupId: string;
      readonly postKey: string;
      /** the last entry it has */
      readonly after: number;
      /** over resumeStatement */
      readonly signature: string;
    }
  | PostCommit
  | PostMessage
  /**
   * A member wants to send and get media; `id` names it in the answer. With `eye` it only wants to see what the relay
   * carries: as an identity of its own, which sends nothing and which nobody is told of.
   */
  | { readonly type: "sfu"; readonly id: number; readonly eye?: true }
  | { readonly type: "lobby" }
  /** Again every KNOCK_EVERY_MS: the relay passes it on to whoever is inside, and forgets it. */
  | {
      readonly type: "knock";
      /** to the lobby's key (group/knock) */
      readonly sealed: string;
      /** the visitor's nonce, sealed, once it has the hosts' */
      readonly shown?: string;
    }
  /** From a member, to whoever knocks so (SHA-256, 32 B); only somebody with the host link can seal one that opens. */
  | { readonly type: "answer"; readonly knock: string; readonly sealed: string }
  | { readonly type: "alive" }
  | { readonly type: "leave" };

/**
 * A removal as `gone` is taken only of who was told gone and has not been told present since, one as `left` only of who
 * was told gone with `left: true`: anything else is refused with `still-here`, which the same commit would meet again.
 * It names them in `here`. Whoever posted it gives up these removals, makes what else it wants anew upon what is there now, and removes them when
 * it is told (again) that they are gone. A goodbye inside the group may be heard before the relay's `gone`.
 * `replaced` at most as many as are added. Nothing beside that hangs on presence.
 */
export interface PostCommit {
  readonly type: "commit";
  /** names the post in a refusal; chosen by the poster */
  readonly id: number;
  /** MLSMessage with a PrivateMessage whose authenticated data is a CommitData */
  readonly bytes: string;
  /** of the post key over commitStatement */
  readonly signature: string;
  /** one Welcome for all that were added, sealed in the envelope */
  readonly welcome?: string;
}

/** `message`: ordered, kept for LOG_KEPT_MS. `signal`: passed on to whoever is there, and forgotten. */
export interface PostMessage {
  readonly type: "message" | "signal" | "complaint";
  readonly id: number;
  /** MLSMessage with a PrivateMessage; its epoch must be the head's. For a complaint: the commit's hash, 32 B */
  readonly bytes: string;
  /** complaint only: of the post key over complaintStatement */
  readonly signature?: string;
}

/** An entry of the generation's log, in its order; `signal` has no seq. */
export type Entry =
  | {
      readonly type: "commit";
      readonly seq: number;
      readonly bytes: string;
      readonly poster: string;
      readonly signature: string;
      /** signed head of the audit trail that covers this commit */
      readonly head: string;
      /** the trail's entries that this commit added, canonical JSON each */
      readonly audit: readonly string[];
    }
  | { readonly type: "message"; readonly seq: number; readonly bytes: string; readonly poster: string }
  | {
      readonly type: "ask";
      readonly seq: number;
      readonly ref: string;
      readonly postKey: string;
      readonly sealed: string;
    }
  | {
      readonly type: "complaint";
      readonly seq: number;
      readonly bytes: string;
      readonly poster: string;
      readonly signature: string;
    };

export interface Generation {
  readonly n: number;
  readonly groupId: string;
  readonly epoch: number;
}

export type FromRelay =
  | {
      readonly type: "hello";
      /** 32 B, what this connection's signatures cover */
      readonly nonce: string;
      readonly auditKey: string;
      readonly region: string;
      /** ms since the epoch, the relay's clock */
      readonly now: number;
    }
  | {
      readonly type: "room";
      readonly charterKey: string;
      readonly v: number;
      readonly sealedCharter: string;
      /** of the charter key over linkStatement: with the token, all it takes to open the room again at another relay */
      readonly signature: string;
      /** signed head of the audit trail */
      readonly head: string;
      /** number of the last generation, 0 if there was none */
      readonly n: number;
      /** null while nobody is in the room */
      readonly generation: Generation | null;
    }
  | { readonly type: "founded"; readonly seq: number; readonly head: string; readonly audit: readonly string[] }
  | { readonly type: "asked"; readonly ref: string }
  | {
      readonly type: "welcome";
      /** of the commit that admitted it: the next entry that it gets has seq + 1 */
      readonly seq: number;
      readonly sealed: string;
      /** what the envelope's associated data names: all that this Welcome is for */
      readonly refs: readonly string[];
      /** SHA-256 of the commit, 32 B */
      readonly commitHash: string;
      readonly head: string;
      readonly audit: readonly string[];
    }
  | { readonly type: "resumed"; readonly head: string }
  /** connected: soon after founded, welcome or resumed everyone who is, after that whoever comes */
  | { readonly type: "present"; readonly postKeys: readonly string[] }
  /** `left`: said so; else not heard of for GONE_AFTER_MS */
  | { readonly type: "gone"; readonly postKey: string; readonly left: boolean }
  | Entry
  | { readonly type: "signal"; readonly bytes: string; readonly poster: string }
  | {
      readonly type: "sfu";
      readonly id: number;
      /** `ws[s]://…` of LiveKit */
      readonly url: string;
      /**
       * for the LiveKit room of this generation, as the pseudonym of the member's post key, with `.eye` behind it where that
       * was asked for; good for ten minutes
       */
      readonly token: string;
    }
  | {
      readonly type: "refused";
      readonly id?: number;
      readonly code: RoomRefusal;
      /** seconds */
      readonly retryAfter?: number;
      /** with link-replaced: the current link's version, so that a host link finds it */
      readonly v?: number;
      /** with still-here: whose removal was not taken; nothing else was wrong with it */
      readonly here?: readonly string[];
    }
  | {
      readonly type: "lobby";
      readonly lobby: string;
      /** somebody is in the room */
      readonly isOpen: boolean;
    }
  | { readonly type: "knocked"; readonly isOpen: boolean }
  /** `id`: SHA-256 of `sealed`, 32 B */
  | { readonly type: "knock"; readonly id: string; readonly sealed: string; readonly shown?: string }
  /** its connection has ended */
  | { readonly type: "unknocked"; readonly id: string }
  | { readonly type: "answer"; readonly sealed: string }
  /** the answer to `alive`: this connection is not dead */
  | { readonly type: "alive" }
  /** this post key is no longer on the list; the connection closes */
  | { readonly type: "removed" }
  /** the generation is over; the connection closes */
  | { readonly type: "ended" };

export type RoomRefusal = Extract<
  ApiErrorCode,
  | "bad-request"
  | "no-such-room"
  | "no-lobby"
  | "link-replaced"
  | "generation-exists"
  | "no-generation"
  | "epoch-passed"
  | "not-a-poster"
  | "still-here"
  | "bad-signature"
  | "log-gap"
  | "body-too-large"
  | "too-many-requests"
  | "storage-unavailable"
  | "no-sfu"
  | "shutting-down"
  | "internal"
>;

export const roomPaths = {
  room: (roomId: string) => `/api/rooms/${roomId}`,
  audit: (roomId: string) => `/api/rooms/${roomId}/audit`,
  socket: (roomId: string) => `/api/rooms/${roomId}/socket`,
  auditKey: "/api/audit-key",
};
