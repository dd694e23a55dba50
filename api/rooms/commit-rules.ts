/**
 * When a commit is taken: what the relay can see of it, and holds against the list of who may post, the asks and the
 * charter. Pure. Whether the commit's own Adds and Removes are these, every member checks.
 * Realm: server; sees the commit's authenticated data, never its content. Source: protocol.md §2 (Posting), §5, §9.
 */
import {
  type Admitted,
  type CommitData,
  type Dropped,
  isUpdateOnly,
  type RemovalReason,
} from "../../widget/wire/commit-data.ts";
import {
  COMMITS_MAX,
  LEAVES_MAX,
  LOG_KEPT_MS,
  STALE_PERIODS,
  UPDATE_MS,
  UPDATE_ONLY_MS,
  UPDATE_PER_MEMBER_MS,
} from "../../widget/wire/room-limits.ts";
import { addToTrail, type Happened, pseudonymOf, type Where } from "./audit-chain.ts";
import { isCharterLink } from "./link-rules.ts";
import type { Aside } from "./record.ts";
import { isPoster, type Living, type Refused, type Room } from "./room.ts";
import { KEY_PACKAGE_MS, type Outcome } from "./room-events.ts";

/** Older links whose tokens are still told "replaced" rather than "unknown". */
const REPLACED_KEPT = 64;
/** References that are remembered as used; more than can be admitted while one of them is valid would be a flood. */
const USED_KEPT = 1_024;
/** ms by which a member may find a leaf old before this clock does. */
const CLOCKS_MS = 10_000;

export interface CommitEvent {
  readonly type: "commit";
  readonly poster: string;
  /** of the MLSMessage, as its clear part says */
  readonly groupId: string;
  readonly epoch: number;
  readonly data: CommitData;
  /** base64url, as it came */
  readonly bytes: string;
  /** SHA-256 of the bytes, base64url */
  readonly commitHash: string;
  /** checked: of the poster over commitStatement */
  readonly signature: string;
  readonly welcome?: string;
  /** who is noted as gone, by post key: whether it said goodbye */
  readonly gone: Readonly<Record<string, boolean>>;
}

const AUDIT_TYPES = { gone: "lost", left: "left", replaced: "replaced", removed: "removed" } as const satisfies Record<
  RemovalReason,
  Happened["type"]
>;

export function commit(room: Room, event: CommitEvent, where: Where): Outcome {
  const { generation } = room;
  if (generation?.groupId !== event.groupId) return { code: "no-generation" };
  if (!isPoster(generation, event.poster)) return { code: "not-a-poster" };
  if (generation.epoch !== event.epoch) return { code: "epoch-passed" };
  const refused =
    refusalOf(generation, event, where) ??
    charterRefusal(room, event.data, where.roomId) ??
    presenceRefusal(generation, event, where.now) ??
    floodRefusal(generation, event, where.now);
  if (refused) return refused;
  const { audit, entries } = addToTrail(room.audit, happenedIn(event), where);
  const { poster, bytes, signature } = event;
  return {
    room: {
      ...room,
      ...linkAfter(room, event.data),
      generation: generationAfter(generation, event, where),
      audit,
    },
    entry: { type: "commit", bytes, poster, signature, head: "", audit: entries },
    aside: asideOf(event),
    audit: entries,
  };
}

/** The list after the commit: each change must be one that its state allows. */
function refusalOf(generation: Living, { data, poster, welcome }: CommitEvent, { now }: Where): Refused | null {
  const { add, remove } = data;
  const isAllowed =
    add.length > 0 === (welcome !== undefined) &&
    areDistinct(add.map((admitted) => admitted.postKey)) &&
    areDistinct(add.map((admitted) => admitted.ref)) &&
    areDistinct(remove.map((dropped) => dropped.postKey)) &&
    add.every((admitted) => wasAsked(generation, admitted, now)) &&
    remove.every(({ postKey }) => postKey !== poster && isPoster(generation, postKey)) &&
    generation.posters.length + add.length - remove.length <= LEAVES_MAX;
  if (!isAllowed) return { code: "bad-request" };
  const before = isUpdateOnly(data) && generation.updates.find(({ by }) => by === poster);
  const wait = before ? before.at + UPDATE_ONLY_MS - now : 0;
  return wait > 0 ? { code: "too-many-requests", retryAfter: Math.ceil(wait / 1_000) } : null;
}

/**
 * Nobody is put out as gone whom the relay still has heard of, unless its keys are old, or as having left who has not
 * said so. Whoever is replaced has come in by this very commit.
 */
function presenceRefusal(
  generation: Living,
  { data: { add, remove }, gone }: CommitEvent,
  now: number,
): Refused | null {
  const isGone = (postKey: string) => gone[postKey] !== undefined || isStale(generation, postKey, now);
  const isSo = ({ postKey, reason }: Dropped) =>
    reason === "left" ? gone[postKey] === true : reason !== "gone" || isGone(postKey);
  if (remove.filter(({ reason }) => reason === "replaced").length > add.length) return { code: "bad-request" };
  const here = remove.filter((dropped) => !isSo(dropped)).map(({ postKey }) => postKey);
  return here.length === 0 ? null : { code: "still-here", here };
}

/** Members say so by the same rule (protocol.md §5). */
function isStale({ renewed, posters }: Living, postKey: string, now: number): boolean {
  const at = renewed[posters.indexOf(postKey)] ?? now;
  return at + STALE_PERIODS * Math.max(UPDATE_MS, UPDATE_PER_MEMBER_MS * posters.length) - CLOCKS_MS <= now;
}

/** What was taken of late is not forgotten for what comes now: it may be a broken commit that others have yet to read. */
function floodRefusal({ commits }: Living, { poster }: CommitEvent, now: number): Refused | null {
  const own = commits.filter((commit) => commit.poster === poster && isReadable(commit, now));
  const [oldest] = own;
  if (!oldest || own.length < COMMITS_MAX) return null;
  return { code: "too-many-requests", retryAfter: Math.max(1, Math.ceil((oldest.at + LOG_KEPT_MS - now) / 1_000)) };
}

/** Whether whoever comes back may still find it in the log. */
function isReadable({ at }: { readonly at: number }, now: number): boolean {
  return at + LOG_KEPT_MS > now;
}

/** Nobody gets in who has not asked, on a connection that proved the key. */
function wasAsked(generation: Living, { ref, postKey }: Admitted, now: number): boolean {
  if (isPoster(generation, postKey)) return false;
  return generation.asks.some(
    (asked) => asked.ref === ref && asked.postKey === postKey && asked.at + KEY_PACKAGE_MS > now,
  );
}

/** Who is removed for cause must find its link dead; a charter is kept only if its key has signed it. */
function charterRefusal(room: Room, { link, charter, remove }: CommitData, roomId: string): Refused | null {
  if (!link && remove.some(({ reason }) => reason === "removed")) return { code: "bad-request" };
  if (link && (link.v !== room.link.v + 1 || link.relayTokenHash === room.link.relayTokenHash)) {
    return { code: "bad-request" };
  }
  const next = link ?? (charter && { ...room.link, ...charter });
  return !next || isCharterLink(roomId, room.charterKey, next) ? null : { code: "bad-signature" };
}

function linkAfter(room: Room, { link, charter }: CommitData): Pick<Room, "link" | "replaced"> {
  if (!link) return { link: charter ? { ...room.link, ...charter } : room.link, replaced: room.replaced };
  return { link, replaced: [...room.replaced, room.link.relayTokenHash].slice(-REPLACED_KEPT) };
}

function generationAfter(before: Living, event: CommitEvent, { now }: Where): Living {
  const { add, remove } = event.data;
  const kept = before.commits.filter((commit) => isReadable(commit, now));
  const commits = [...kept, { hash: event.commitHash, poster: event.poster, at: now }];
  const complaints = before.complaints.filter(({ commit }) => commits.some(({ hash }) => hash === commit));
  const updates = updatesAfter(before.updates, event, now);
  const renewed = renewedAfter(before, event, now);
  const generation = { ...before, epoch: before.epoch + 1, commits, complaints, updates, renewed };
  // Lists that stay the same stay the same object: who is on it need not be looked up anew.
  if (add.length + remove.length === 0) return generation;
  const gone = new Set(remove.map(({ postKey }) => postKey));
  const admitted = new Set(add.map(({ ref }) => ref));
  return {
    ...generation,
    posters: [...generation.posters.filter((key) => !gone.has(key)), ...add.map(({ postKey }) => postKey)],
    asks: generation.asks.filter(({ ref }) => !admitted.has(ref)),
    used: [...generation.used, ...add.map(({ ref }) => ({ ref, at: now }))].slice(-USED_KEPT),
  };
}

function updatesAfter(updates: Living["updates"], { data, poster }: CommitEvent, now: number): Living["updates"] {
  const kept = updates.filter(({ by, at }) => by !== poster && at + UPDATE_ONLY_MS > now);
  return isUpdateOnly(data) ? [...kept, { by: poster, at: now }] : updates;
}

/** In the order that the posters get. */
function renewedAfter({ posters, renewed }: Living, { data, poster }: CommitEvent, now: number): Living["renewed"] {
  const gone = new Set(data.remove.map(({ postKey }) => postKey));
  const kept = renewed.map((at, i) => (posters[i] === poster ? now : at)).filter((_, i) => !gone.has(posters[i] ?? ""));
  return [...kept, ...data.add.map(() => now)];
}

function happenedIn({ data: { add, remove, link, charter }, poster, commitHash }: CommitEvent): Happened[] {
  const happened: Happened[] = [
    ...remove.map(({ postKey, reason }) => ({ type: AUDIT_TYPES[reason], subject: pseudonymOf(postKey) })),
    ...add.map(({ postKey }) => ({ type: "joined" as const, subject: pseudonymOf(postKey) })),
  ];
  if (happened.length === 0) happened.push({ type: "epoch", subject: pseudonymOf(poster) });
  if (link) happened.push({ type: "link", subject: pseudonymOf(poster) });
  if (charter) happened.push({ type: "charter", subject: pseudonymOf(poster) });
  return happened.map((each) => ({ ...each, commit: commitHash }));
}

function asideOf({ data: { add, remove, link }, welcome, commitHash }: CommitEvent): Aside {
  return {
    refs: add.map(({ ref }) => ref),
    added: add.map(({ postKey }) => postKey),
    removed: remove.map(({ postKey }) => postKey),
    ...(welcome === undefined ? {} : { welcome }),
    ...(link ? { renewsLink: true as const } : {}),
    commitHash,
  };
}

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
