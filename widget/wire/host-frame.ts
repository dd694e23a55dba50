/**
 * What the customer's page and the sealed frame may say to each other, with guards for both ends.
 * Realm-free; nothing here may ever hold a key or content, and a link only where the page asked for it
 * (`expose-link`, `src`, `link`). What is the room's alone: page-room.ts. Source: protocol.md §11.
 *
 *   host → frame   hello   { whatping: "hello", version, nonce }        postMessage to the frame's exact origin
 *   frame → host   welcome { whatping: "welcome", version, nonce } +port  once, to the origin that said hello
 *   then           Penpal's PortMessenger on that port: FrameMethods one way, HostMethods the other
 */
import type { ClipState } from "./client-api.ts";
import type { ErrorCode } from "./errors.ts";
import type { Phase } from "./frame-group.ts";
import type { RoomMethods, RoomPageEvents } from "./page-room.ts";

export const HANDSHAKE_VERSION = 1;
/** How long the element waits for the welcome, ms. A frame that CSP blocked fires `load` all the same. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface Hello {
  readonly whatping: "hello";
  readonly version: number;
  /** 16 B, base64url */
  readonly nonce: string;
}
export interface Welcome {
  readonly whatping: "welcome";
  readonly version: number;
  readonly nonce: string;
}

export function isHello(data: unknown): data is Hello {
  return isHandshake(data, "hello");
}

export function isWelcome(data: unknown, nonce: string): data is Welcome {
  return isHandshake(data, "welcome") && (data as Welcome).nonce === nonce;
}

function isHandshake(data: unknown, kind: string): boolean {
  if (typeof data !== "object" || data === null) return false;
  const { whatping, version, nonce } = data as Record<string, unknown>;
  return whatping === kind && version === HANDSHAKE_VERSION && typeof nonce === "string" && /^[\w-]{22}$/.test(nonce);
}

/** Configuration of `<wisp-recorder>`. Every field optional; unknown ones are ignored. */
export interface RecorderConfig {
  readonly recipient?: string;
  /** seconds, 1 to the server's limit */
  readonly maxSeconds?: number;
  /** the clip burns at this lapse; 1 = strict */
  readonly maxLeases?: number;
  readonly mode?: "camera" | "voice";
  /** the page asks for the clip's link in `wisp-sent`: it then knows the key */
  readonly exposeLink?: boolean;
  readonly theme?: "light" | "dark" | "auto";
}
/** Configuration of `<wisp-player>`: the page that gives the link knows the key. */
export interface PlayerConfig {
  readonly link?: string;
  readonly theme?: "light" | "dark" | "auto";
}

/** What the person in a room's frame is at; the first three come before any connection. */
export type RoomPhase = "start" | "opening" | "pre-join" | Phase;

export type RecorderStep =
  | "start"
  | "asking"
  | "ready"
  | "countdown"
  | "recording"
  | "paused"
  | "finishing"
  | "review"
  | "sending"
  | "sent"
  | "failed";
export type PlayerStep = "loading" | "invitation" | "waiting" | "opening" | "playing" | "paused" | "gone" | "failed";

/** Events that the frame raises on the element. */
export interface FrameEvents extends RoomPageEvents {
  "wisp-ready": Record<string, never>;
  "wisp-step": { step: RecorderStep | PlayerStep };
  "wisp-progress": { sealedBytes: number; uploadedBytes: number };
  "wisp-sent": { id: string; expiresAt: number; link?: string };
  /** what became of a sent clip; times in ms since the epoch */
  "wisp-receipt": { id: string; state: ClipState; openedAt?: number; endedAt?: number; deletedAt?: number };
  "wisp-error": { code: ErrorCode; message: string };
  "wisp-size": { height: number };
  "whatping-ready": Record<string, never>;
  "whatping-phase": { phase: RoomPhase };
}
export type FrameEventName = keyof FrameEvents;

const EVENT_NAMES: readonly string[] = [
  "wisp-ready",
  "wisp-step",
  "wisp-progress",
  "wisp-sent",
  "wisp-receipt",
  "wisp-error",
  "wisp-size",
  "whatping-ready",
  "whatping-phase",
  "whatping-people",
  "whatping-lobby",
  "whatping-participant-joined",
  "whatping-participant-left",
  "whatping-media",
  "whatping-participant-media",
  "whatping-speaking",
  "whatping-quality",
  "whatping-connection",
  "whatping-devices",
  "whatping-decryption-failed",
  "whatping-decryption-resumed",
  "whatping-error",
] satisfies FrameEventName[];

export function isFrameEventName(name: unknown): name is FrameEventName {
  return typeof name === "string" && EVENT_NAMES.includes(name);
}

/** Methods the frame answers. `configure` may come again; nothing here starts a device or sends. */
export interface FrameMethods extends Partial<RoomMethods> {
  configure(config: unknown): void;
}
/** Methods the host element answers. */
export interface HostMethods {
  raise(name: unknown, detail: unknown): void;
}

/** Reads a recorder's configuration field by field: a wrong field is left out, never passed on. */
export function readRecorderConfig(data: unknown): RecorderConfig {
  const { recipient, maxSeconds, maxLeases, mode, exposeLink, theme } = fieldsOf(data);
  return {
    ...(typeof recipient === "string" && recipient.length <= 320 ? { recipient } : {}),
    ...(isWhole(maxSeconds, 1, 3600) ? { maxSeconds } : {}),
    ...(isWhole(maxLeases, 1, 10) ? { maxLeases } : {}),
    ...(mode === "camera" || mode === "voice" ? { mode } : {}),
    ...(exposeLink === true ? { exposeLink } : {}),
    ...themeOf(theme),
  };
}

export function readPlayerConfig(data: unknown): PlayerConfig {
  const { link, theme } = fieldsOf(data);
  return { ...(typeof link === "string" && link.length <= 2048 ? { link } : {}), ...themeOf(theme) };
}

function themeOf(theme: unknown): { theme?: "light" | "dark" | "auto" } {
  return theme === "light" || theme === "dark" || theme === "auto" ? { theme } : {};
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

function fieldsOf(data: unknown): Record<string, unknown> {
  return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
}
