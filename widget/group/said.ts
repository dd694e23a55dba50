/**
 * What is said in the group on its way through MLS: sealed for the epoch of now, opened under the name of its poster.
 * State in, state out. Realm: group worker. Source: RFC 9420 §6.3; protocol.md §3.
 */
import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import { isHost } from "./commit-rules.ts";
import { decodeInGroup, encodeInGroup, type InGroup, SIGNALS } from "./in-group.ts";
import type { GroupState } from "./mls/group-state.ts";
import { openMessage, sealMessage } from "./mls/message.ts";
import type { RoomState } from "./room-state.ts";

/** @returns what is posted, base64url, and the state that goes on */
export async function sealSaid(group: GroupState, content: InGroup): Promise<{ text: string; next: GroupState }> {
  const { bytes, next, wipe } = await sealMessage(group, encodeInGroup(content));
  wipe();
  return { text: toBase64url(bytes), next };
}

/** What it opened to. */
export interface OpenedSaid {
  readonly next: GroupState;
  /** null if it is not what its poster may say */
  readonly content: InGroup | null;
  /** leaf that sealed it */
  readonly leaf: number;
}

/** Undefined if it does not open: twice the same, of another epoch, or garbage: it was not said. @param poster post key */
export async function openSaid(
  { group, roster }: RoomState,
  text: string,
  poster: string,
): Promise<OpenedSaid | undefined> {
  let opened: Awaited<ReturnType<typeof openMessage>>;
  try {
    opened = await openMessage(group, fromBase64url(text) ?? new Uint8Array());
  } catch {
    return undefined;
  }
  opened.wipe();
  const isPosters = roster.get(opened.sender)?.postKey === poster;
  const content = isPosters ? decodeInGroup(opened.plaintext) : null;
  opened.plaintext.fill(0);
  return { next: opened.next, content, leaf: opened.sender };
}

/** Whether it counts in the log's order, and its leaf may say it in this epoch: only a host ends the room. */
export async function isForTheLog(content: InGroup, { charter, roster }: RoomState, leaf: number): Promise<boolean> {
  if (content.type === "end") return isHost(charter, roster.get(leaf));
  return !SIGNALS.has(content.type);
}
