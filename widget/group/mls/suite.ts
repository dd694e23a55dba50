/**
 * The cipher suite, and what ts-mls leaves to its caller's configuration. Realm: group worker.
 * ts-mls has one owner, this folder: MLS states in, states and bytes out, no I/O, no clock.
 * Source: RFC 9420 §5, §17; docs/decisions/0030.
 */
import {
  type Capabilities,
  type CiphersuiteImpl,
  type CiphersuiteName,
  type ClientConfig,
  defaultCryptoProvider,
  defaultKeyPackageEqualityConfig,
  defaultPaddingConfig,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
} from "ts-mls";
import { sha256Hashes } from "../../seal/mls-hashes.ts";
import { KEY_PACKAGE_S } from "../../wire/room-limits.ts";
import type { KeyAgreement, RoomRules } from "../../wire/room-rules.ts";
import { isCertified } from "../credential.ts";

/** Extension types for private use (RFC 9420 §17.3). */
export const CHARTER = 0xf0a1;

/** In a GroupInfo: what a joiner can't know otherwise (room-member). */
export const HANDOVER = 0xf0a2;

/** s by which two clocks may differ when a key package's lifetime is checked. */
export const SKEW_S = 300n;

/** s from notBefore to notAfter at most. */
export const LIFETIME_S = BigInt(KEY_PACKAGE_S) + 2n * SKEW_S;

/** Key agreement and AEAD of a room's rules → suite 1, 3, 83 or 84 (the last two are unregistered numbers). */
const SUITES = {
  x25519: {
    aes: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
    chacha20: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
  },
  "x-wing": {
    aes: "MLS_256_XWING_AES256GCM_SHA512_Ed25519",
    chacha20: "MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519",
  },
} as const satisfies Record<KeyAgreement, Record<"aes" | "chacha20", CiphersuiteName>>;

const opening = new Map<CiphersuiteName, Promise<CiphersuiteImpl>>();

/** What the room's rules ask for: a group has one suite from its first epoch to its last. */
export function suiteOf({ cipher, keyAgreement }: Pick<RoomRules, "cipher" | "keyAgreement">): CiphersuiteName {
  return SUITES[keyAgreement][cipher === "CHACHA20_POLY1305_SHA512_128" ? "chacha20" : "aes"];
}

/** Suites of SHA-256 with hashes of our own (docs/decisions/0030). */
export function openSuite(name: CiphersuiteName): Promise<CiphersuiteImpl> {
  const suite = opening.get(name) ?? open(name);
  opening.set(name, suite);
  return suite;
}

async function open(name: CiphersuiteName): Promise<CiphersuiteImpl> {
  const suite = await getCiphersuiteImpl(getCiphersuiteFromName(name), defaultCryptoProvider);
  return name.includes("_SHA256_") ? { ...suite, ...sha256Hashes } : suite;
}

export const config: ClientConfig = {
  // A message never follows a commit of its epoch (room-relay), so that no past epoch is kept.
  keyRetentionConfig: { retainKeysForEpochs: 0, retainKeysForGenerations: 64, maximumForwardRatchetSteps: 1000 },
  lifetimeConfig: { maximumTotalLifetime: LIFETIME_S, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
  authService: {
    validateCredential: async (credential, leafKey) =>
      credential.credentialType === "basic" && isCertified(credential.identity, leafKey),
  },
};

export function capabilities(suite: CiphersuiteName): Capabilities {
  return { versions: ["mls10"], ciphersuites: [suite], extensions: [CHARTER], proposals: [], credentials: ["basic"] };
}
