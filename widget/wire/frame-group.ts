/**
 * What the sealed frame and its group worker say to each other: commands one way, events the other.
 * Realm-free. Both ends live inside the sealed frame; names, text and links cross here and nowhere else.
 */
import type { ErrorCode } from "./errors.ts";
import type { RoomRules } from "./room-rules.ts";

/** One leaf of the group. */
export interface Person {
  /** its post key, base64url: names it until it leaves */
  readonly id: string;
  /** identity key, base64url: the same for the same browser profile on the same site */
  readonly identity: string;
  readonly name: string;
  readonly host: boolean;
  readonly self: boolean;
  /** a host let it in from the lobby, and nobody compared the digits with it */
  readonly unverified?: true;
}

/** Somebody in the lobby, as a host sees them. */
export interface Waiting {
  /** of the knock, base64url */
  readonly id: string;
  /** identity key, base64url; proved by a signature of the knock */
  readonly identity: string;
  readonly name: string;
  /** six, the same as the visitor sees; null for the moment before both have them */
  readonly digits: string | null;
}

/** Somebody who is no longer in the group. */
export interface Gone {
  readonly id: string;
  readonly name: string;
  /** `left`: said so in the group; `gone`: removed without; `replaced`: came back as another leaf; `removed`: sent away */
  readonly reason: string;
  /** whose commit it was; absent for what happened while this member was away */
  readonly by?: { readonly id: string; readonly name: string };
}

/** `lobby`: knocked, a host decides. `waiting`: asked, and nobody has answered yet. `ended`: a host has ended the room for everybody. */
export type Phase =
  | "connecting"
  | "entering"
  | "lobby"
  | "waiting"
  | "in"
  | "reconnecting"
  | "left"
  | "removed"
  | "ended"
  | "refused";

/** What somebody says of themselves inside the group: the SFU's word for it counts for nothing. */
export interface SelfState {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  /** raised */
  readonly hand: boolean;
}

/** What somebody may show for a moment, by name: no free text, so that every view has a picture and a word for it. */
export const REACTIONS = ["thumbs-up", "applause", "heart", "laugh", "surprise", "thanks"] as const;
export type Reaction = (typeof REACTIONS)[number];

export type RoomEvent =
  /** `locked`, while waiting: the charter at the door lets in nobody new */
  | { readonly type: "phase"; readonly phase: Phase; readonly code?: ErrorCode; readonly locked?: true }
  | {
      readonly type: "roster";
      readonly epoch: number;
      readonly people: readonly Person[];
      /** 30 digits */
      readonly code: string;
      /** ids */
      readonly joined: readonly string[];
      readonly left: readonly Gone[];
    }
  /** to a host, whenever it changes: who waits in the lobby, first come first */
  | { readonly type: "lobby"; readonly waiting: readonly Waiting[] }
  /** to whoever waits there: what a host's device has answered so far */
  | {
      readonly type: "knocking";
      /** somebody is in the room */
      readonly isOpen: boolean;
      /** six, to be compared with a host; null until a host's device has answered */
      readonly digits: string | null;
    }
  /** what holds in this epoch */
  | {
      readonly type: "rules";
      readonly rules: RoomRules;
      /** where the relay is held to be; `any`: wherever */
      readonly region: string;
      /** the link lets in nobody new until a host acts: the group was formed anew twice within minutes */
      readonly suspended: boolean;
    }
  | {
      readonly type: "chat";
      readonly id: string;
      /** a person's id */
      readonly from: string;
      readonly text: string;
      /** ms since the epoch, the sender's clock */
      readonly at: number;
      readonly own: boolean;
    }
  /** a person's, one's own too; whoever has not said anything yet shows nothing */
  | { readonly type: "self-state"; readonly id: string; readonly state: SelfState }
  | { readonly type: "reaction"; readonly from: string; readonly reaction: Reaction; readonly own: boolean }
  /** ids of people who were not heard of for UNCONFIRMED_MS */
  | { readonly type: "unconfirmed"; readonly ids: readonly string[] }
  /** this member knows the room's link of that version: invitations work again */
  | { readonly type: "link"; readonly v: number }
  /** passes by itself */
  | { readonly type: "trouble"; readonly code: ErrorCode }
  /** the relay or a member did what no honest one does; nothing of it was taken */
  | { readonly type: "alarm"; readonly fault: string };

/** The calls of the group worker: name → [argument, answer]. */
export interface GroupCalls {
  /** Starts a room at the frame's own origin, with these rules where they are not as usual: its host link. */
  open: [{ rules: Partial<RoomRules> }, { link: string }];
  /** Whether this browser keeps the identity beyond this tab. */
  isKept: [undefined, boolean];
  /** Enters by a host or guest link, or knocks by a room's address; what happens comes as events. */
  enter: [{ link: string; name: string }, undefined];
  /** false: not said yet, it is said after coming back */
  say: [{ text: string }, boolean];
  /** Says it to the others, now and to whoever comes later, until it changes. */
  show: [Partial<SelfState>, undefined];
  react: [{ reaction: Reaction }, undefined];
  /** Host: everybody is out, oneself last, and the link is dead. */
  endForAll: [undefined, undefined];
  /** The current guest link, to invite others; null before there is one. */
  invite: [undefined, string | null];
  /** Host: sends people away by id and renews the link; with none it only renews the link. */
  renewLink: [{ away: readonly string[] }, undefined];
  /** Host: changes some of the room's rules. */
  changeRules: [{ rules: Partial<RoomRules> }, undefined];
  /** Host: lets somebody in from the lobby. `compared`: the digits of both were compared, and are the same. */
  letIn: [{ id: string; compared: boolean }, undefined];
  /** Host: sends somebody away from the lobby. */
  turnAway: [{ id: string }, undefined];
  /** Fresh keys for this device. */
  heal: [undefined, undefined];
  /** Host, at the door: ends the room as it is, whoever is in it, and begins it anew with another link. */
  beginAnew: [undefined, undefined];
  /** The code that this person and the other compare, 30 digits. */
  pairCode: [{ identity: string }, string];
  /**
   * The room's audit trail as JSON lines, and the key that signs it, base64url; null before there is one. With them, if
   * the relay was caught, two heads that it signed for one size.
   */
  exportTrail: [
    undefined,
    { readonly text: string; readonly auditKey: string; readonly evidence?: readonly [string, string] } | null,
  ];
  /**
   * Once in the room: the media worker's port, by transfer. It gets each epoch's base keys. Another one than before
   * enters the room anew.
   */
  media: [{ readonly port: InstanceType<typeof MessagePort> }, undefined];
  /** The way into the SFU for this membership: `ws[s]://…`, and a token that is good for ten minutes. */
  sfu: [undefined, { readonly url: string; readonly token: string }];
  /** The same to look at what the relay carries, and for nothing else. */
  eye: [undefined, { readonly url: string; readonly token: string }];
  leave: [undefined, undefined];
}

export type GroupCallName = keyof GroupCalls;
export type GroupArgument<N extends GroupCallName> = GroupCalls[N][0];
export type GroupAnswer<N extends GroupCallName> = GroupCalls[N][1];

/** frame → worker */
export interface GroupCall {
  readonly id: number;
  readonly call: GroupCallName;
  readonly argument: unknown;
}
/** worker → frame */
export type GroupReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } }
  | { readonly event: RoomEvent };
