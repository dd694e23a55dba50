/**
 * What a customer's page and a room's frame may say to each other beyond the handshake: wishes and requests one way,
 * states and pseudonyms the other. Guards for both ends. Realm-free; nothing here may ever hold a name, a text, a key, or
 * a link but the one that the page itself gave. Source: protocol.md §11, docs/decisions/0052.
 */
import type { ErrorCode } from "./errors.ts";
import type { DropReason, MediaKind } from "./group-media.ts";
import type { RoomRules } from "./room-rules.ts";

/** What a person sends, as a page names it. */
export const PAGE_SOURCES = ["microphone", "camera", "screen"] as const;
export type PageSource = (typeof PAGE_SOURCES)[number];

/** Parts of the room that a page may open. Each shows the person something and sends nothing. */
export const PAGE_PARTS = ["chat", "people", "settings"] as const;
export type PagePart = (typeof PAGE_PARTS)[number];

export const PAGE_LAYOUTS = ["grid", "speaker"] as const;
export type PageLayout = (typeof PAGE_LAYOUTS)[number];

/** Configuration of `<whatping-room>`: the page that gives the link knows the room's secret. */
export interface RoomConfig extends PageWishes {
  readonly link?: string;
  /** what the person is called unless they say otherwise */
  readonly name?: string;
  /** language tag (BCP 47) */
  readonly lang?: string;
  readonly theme?: "light" | "dark" | "auto";
  /** of a room that is started there, where they are not as usual; another one keeps its own */
  readonly rules?: Partial<Pick<RoomRules, "cipher" | "keyAgreement">>;
}

/** What a page calls them. */
const CIPHERS = { aes: "AES_256_GCM_SHA512_128", chacha20: "CHACHA20_POLY1305_SHA512_128" } as const;

/** How the page would like the room to be. None of it turns anything on, or hides what a person needs to be safe. */
export interface PageWishes {
  /** `ask`: offered before the door; only the person's click turns it on */
  readonly microphone?: "off" | "ask";
  readonly camera?: "off" | "ask";
  /** `off`: not shown */
  readonly chat?: "off";
  readonly people?: "off";
  readonly screenShare?: "off";
  readonly reactions?: "off";
  /** what the stage begins with */
  readonly view?: PageLayout;
  /** stage and bar only */
  readonly minimal?: true;
}

/** ms that a question of the page stands, unless the person answers it. */
export const PAGE_QUESTION_MS = 30_000;

/** What became of a request: the person's answer, or why they were not asked. */
export type AskReply = { readonly answer: boolean } | { readonly code: ErrorCode };

/** Methods that a room's frame answers. Arguments come from the page: whatever they are, they are looked at first. */
export interface RoomMethods {
  leave(): void;
  /** Turns a source off, at once. */
  lower(source: unknown): void;
  /** Asks the person to turn a source on. */
  ask(source: unknown): Promise<AskReply>;
  /** @returns whether it was shown */
  open(part: unknown): boolean;
  layout(view: unknown): void;
}

type Sources = { readonly [S in PageSource]: boolean };
/** As `PermissionStatus.state`; `unknown`: this browser does not tell. */
export type Permission = "granted" | "denied" | "prompt" | "unknown";

/**
 * Events of a room. `id`, `ids`, `member`: pseudonyms, each of one stay of one person, other ones on every other site.
 */
export interface RoomPageEvents {
  /** how many are inside, oneself included */
  "whatping-people": { count: number };
  /** to a host's page: how many wait in the lobby */
  "whatping-lobby": { waiting: number };
  "whatping-participant-joined": { id: string; self: boolean };
  "whatping-participant-left": { id: string };
  /** what the person here sends */
  "whatping-media": Sources;
  /** what somebody else says that they send */
  "whatping-participant-media": { id: string } & Sources;
  /** who is heard now, loudest first */
  "whatping-speaking": { ids: readonly string[] };
  /** of this person's connection to the SFU */
  "whatping-quality": { own: "good" | "weak" | "lost" | "unknown" };
  "whatping-connection": {
    relay: "away" | "connecting" | "connected" | "reconnecting";
    sfu: "away" | "none" | "unsupported" | "connecting" | "connected" | "reconnecting";
  };
  /** what the browser says of this frame's devices */
  "whatping-devices": { microphone: Permission; camera: Permission };
  /** `member`: null for what nobody in the room sealed */
  "whatping-decryption-failed": { member: string | null; kind: MediaKind; reason: DropReason | "unknown" };
  "whatping-decryption-resumed": { member: string | null; kind: MediaKind };
  "whatping-error": { code: ErrorCode; message: string };
}

/** Reads a configuration field by field: a wrong field is left out, never passed on. */
export function readRoomConfig(data: unknown): RoomConfig {
  const { link, name, lang, theme, ...rest } = fieldsOf(data);
  return {
    ...(typeof link === "string" && link.length <= 2048 ? { link } : {}),
    ...(typeof name === "string" && name.length <= 256 ? { name } : {}),
    ...(typeof lang === "string" && /^[a-z]{2,3}(-[a-z\d]{1,8}){0,4}$/i.test(lang) ? { lang } : {}),
    ...(theme === "light" || theme === "dark" || theme === "auto" ? { theme } : {}),
    rules: readRules(rest),
    ...readWishes(rest),
  };
}

function readRules({ cipher, keyAgreement }: Fields): NonNullable<RoomConfig["rules"]> {
  return {
    ...(isOneOf(["aes", "chacha20"] as const, cipher) ? { cipher: CIPHERS[cipher] } : {}),
    ...(isOneOf(["x25519", "x-wing"] as const, keyAgreement) ? { keyAgreement } : {}),
  };
}

function readWishes({ microphone, camera, chat, people, screenShare, reactions, view, minimal }: Fields): PageWishes {
  return {
    ...(microphone === "ask" || microphone === "off" ? { microphone } : {}),
    ...(camera === "ask" || camera === "off" ? { camera } : {}),
    ...(chat === "off" ? { chat } : {}),
    ...(people === "off" ? { people } : {}),
    ...(screenShare === "off" ? { screenShare } : {}),
    ...(reactions === "off" ? { reactions } : {}),
    ...(isOneOf(PAGE_LAYOUTS, view) ? { view } : {}),
    ...(minimal === true ? { minimal } : {}),
  };
}

/** A frame of another version may answer otherwise: that counts as no. */
export function readAskReply(data: unknown): AskReply {
  const { answer, code } = fieldsOf(data);
  return typeof code === "string" ? { code: code as ErrorCode } : { answer: answer === true };
}

export function isOneOf<T extends string>(all: readonly T[], value: unknown): value is T {
  return (all as readonly unknown[]).includes(value);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(data: unknown): Fields {
  return typeof data === "object" && data !== null ? (data as Fields) : {};
}
