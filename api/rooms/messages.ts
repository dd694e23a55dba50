/**
 * What members say, as schemas: every message is checked before anything looks at it. And what is said to them, as text.
 * Realm: server. Source: widget/wire/room-relay.ts, to which the compiler holds each of them.
 */
import { z } from "zod";
import type { FromRelay, ToRelay } from "../../widget/wire/room-relay.ts";
import type { Refused } from "./room.ts";

/** The last character of 32 and of 64 bytes has bits to spare; in the one canonical spelling they are zero. */
const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);
const bytes64 = z.string().regex(/^[A-Za-z0-9_-]{85}[AQgw]$/);
/** Spelling and size are looked at when it is decoded: both are too long for an expression. */
const sealed = z.string().min(1);
const count = z.int().nonnegative();
const u32 = z.int().min(1).max(0xffff_ffff);

const toRelay = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("message"), id: count, bytes: sealed }),
  z.strictObject({ type: z.literal("signal"), id: count, bytes: sealed }),
  z.strictObject({ type: z.literal("alive") }),
  z.strictObject({
    type: z.literal("commit"),
    id: count,
    bytes: sealed,
    signature: bytes64,
    welcome: sealed.optional(),
  }),
  z.strictObject({ type: z.literal("complaint"), id: count, bytes: bytes32, signature: bytes64 }),
  z.strictObject({ type: z.literal("enter"), token: bytes32 }),
  z.strictObject({
    type: z.literal("found"),
    n: u32,
    groupId: bytes32,
    creatorNonce: bytes32,
    postKey: bytes32,
    reforms: bytes32.optional(),
    formerKey: bytes32.optional(),
    formerSignature: bytes64.optional(),
    anew: bytes64.optional(),
    signature: bytes64,
  }),
  z.strictObject({
    type: z.literal("ask"),
    groupId: bytes32,
    ref: bytes32,
    postKey: bytes32,
    sealed,
    signature: bytes64,
  }),
  z.strictObject({
    type: z.literal("resume"),
    token: bytes32,
    groupId: bytes32,
    postKey: bytes32,
    after: count,
    signature: bytes64,
  }),
  z.strictObject({ type: z.literal("sfu"), id: count, eye: z.literal(true).optional() }),
  z.strictObject({ type: z.literal("lobby") }),
  z.strictObject({ type: z.literal("knock"), sealed, shown: sealed.optional() }),
  z.strictObject({ type: z.literal("answer"), knock: bytes32, sealed }),
  z.strictObject({ type: z.literal("leave") }),
]);

export type Said = z.output<typeof toRelay>;
export type Post = Extract<Said, { readonly type: "message" | "signal" | "commit" | "complaint" }>;
type Loose<T> = T extends unknown ? { [K in keyof T]: undefined extends T[K] ? T[K] | undefined : T[K] } : never;
/** Every message of ToRelay has a schema, and every schema makes one. */
true satisfies Said extends Loose<ToRelay> ? true : false;
true satisfies Exclude<ToRelay["type"], Said["type"]> extends never ? true : false;

/** Null for anything that is not a message of ToRelay in JSON. */
export function readSaid(text: string): Said | null {
  try {
    return toRelay.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The bytes of base64url in its one canonical spelling; null if it is another, or has more than `most` bytes. */
export function sealedBytes(text: string, most: number): Buffer | "too-large" | null {
  if (text.length > Math.ceil((most * 4) / 3)) return "too-large";
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}

export function textOf(message: FromRelay): string {
  return JSON.stringify(message);
}

/** @param id of the post that it is about */
export function refusal({ code, retryAfter, v, here }: Refused, id?: number): string {
  const more = {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(v === undefined ? {} : { v }),
    ...(here ? { here } : {}),
  };
  return textOf({ type: "refused", ...(id === undefined ? {} : { id }), code, ...more });
}
