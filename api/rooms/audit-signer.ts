/**
 * The relay's key of audit heads: from the configuration, or made once and kept in the store, so that all processes
 * sign with one. Realm: server; holds the private key, never logs it. Source: protocol.md §9.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { signHead } from "../../widget/wire/audit.ts";
import type { Bytes } from "../../widget/wire/bytes.ts";
import type { Key, Store } from "../store/store.ts";
import type { Room } from "./room.ts";

const KEPT: Key = "relay/audit-key";
const SEED_BYTES = 32;
/** RFC 8410: what stands before the seed of an Ed25519 key. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
/** Heads that are asked for again: one per room that somebody enters, until its trail grows. */
const HEADS_KEPT = 1_000;

export class AuditSigner {
  /** 32 B, base64url */
  readonly publicKey: string;
  readonly #key: KeyObject;
  readonly #publicBytes: Buffer;
  readonly #heads = new Map<string, Promise<string>>();

  /** @param seed 32 B */
  constructor(seed: Uint8Array) {
    this.#key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
    this.publicKey = createPublicKey(this.#key).export({ format: "jwk" }).x ?? "";
    this.#publicBytes = Buffer.from(this.publicKey, "base64url");
  }

  /** The signed head of the room's trail as it stands: the same text whoever signs, and however often. */
  headOf(roomId: string, { origin, audit }: Pick<Room, "origin" | "audit">): Promise<string> {
    const name = `${roomId} ${audit.size} ${audit.hash}`;
    const known = this.#heads.get(name);
    if (known) return known;
    const head = { origin: `${origin}/r/${roomId}`, size: audit.size, hash: Buffer.from(audit.hash, "base64url") };
    const signed = signHead(head, this.#publicBytes, async (bytes: Bytes) => sign(null, bytes, this.#key));
    this.#heads.set(name, signed);
    const [oldest] = this.#heads.keys();
    if (this.#heads.size > HEADS_KEPT && oldest !== undefined) this.#heads.delete(oldest);
    return signed;
  }
}

/**
 * @param given the configured seed, base64url; absent: the store's, made by whichever process comes first
 * @throws CodedError storage-unavailable
 */
export async function openAuditSigner(store: Store, given?: string): Promise<AuditSigner> {
  if (given !== undefined) return new AuditSigner(Buffer.from(given, "base64url"));
  for (;;) {
    const kept = await store.get(KEPT);
    if (kept) return new AuditSigner(Buffer.from(kept.value, "base64url"));
    await store.compareAndSet(KEPT, null, randomBytes(SEED_BYTES).toString("base64url"));
  }
}
