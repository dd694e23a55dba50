/**
 * Key packages: a fresh leaf that may be added once. Realm: group worker. Source: RFC 9420 §10.
 */
import {
  type CiphersuiteName,
  encodeMlsMessage,
  generateKeyPackageWithKey,
  type KeyPackage,
  type PrivateKeyPackage,
} from "ts-mls";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { sha256Hashes } from "../../seal/mls-hashes.ts";
import type { Bytes } from "../../wire/bytes.ts";
import { KEY_PACKAGE_S } from "../../wire/room-limits.ts";
import { capabilities, LIFETIME_S, openSuite, SKEW_S } from "./suite.ts";
import { decode } from "./wire-format.ts";

export interface OwnKeyPackage {
  /** MLSMessage */
  readonly bytes: Bytes;
  /** as referenceOf gives it */
  readonly ref: Bytes;
  readonly inner: { readonly publicPackage: KeyPackage; readonly privatePackage: PrivateKeyPackage };
}

/**
 * A fresh leaf. @param name of the group's suite @param credential makes the bytes of the credential for its signature key
 * @param nowS s since the epoch
 */
export async function makeKeyPackage(
  name: CiphersuiteName,
  credential: (leafKey: Uint8Array) => Promise<Bytes>,
  nowS: number,
): Promise<OwnKeyPackage> {
  const suite = await openSuite(name);
  const keys = await suite.signature.keygen();
  const inner = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: await credential(keys.publicKey) },
    capabilities(suite.name),
    { notBefore: BigInt(nowS) - SKEW_S, notAfter: BigInt(nowS + KEY_PACKAGE_S) },
    [],
    keys,
    suite,
  );
  const { publicPackage: keyPackage } = inner;
  return {
    bytes: encodeMlsMessage({ version: "mls10", wireformat: "mls_key_package", keyPackage }) as Bytes,
    ref: await referenceOf(keyPackage),
    inner,
  };
}

export interface ReadKeyPackage {
  readonly ref: Bytes;
  readonly credential: Uint8Array;
  /** in what it is not as ours are: a commit with it is refused by everyone */
  readonly odd: readonly string[];
  isGoodAt(nowS: number): boolean;
}

/** What a key package that asks to be added says; null for anything else. Its signature is checked when it is added. */
export async function readKeyPackage(bytes: Uint8Array): Promise<ReadKeyPackage | null> {
  const message = decode(bytes);
  if (message?.wireformat !== "mls_key_package") return null;
  const { credential, lifetime } = message.keyPackage.leafNode;
  if (credential.credentialType !== "basic") return null;
  const ref = await referenceOf(message.keyPackage);
  const isGoodAt = (nowS: number) => lifetime.notBefore <= BigInt(nowS) && BigInt(nowS) <= lifetime.notAfter + SKEW_S;
  return {
    ref,
    credential: credential.identity,
    odd: oddities(message.keyPackage, message.keyPackage.cipherSuite),
    isGoodAt,
  };
}

/**
 * What names a key package at the relay and in proofs. KeyPackageRef (RFC 9420 §5.2), with SHA-256 whatever the suite's
 * hash is: 32 B.
 */
export async function referenceOf(keyPackage: KeyPackage): Promise<Bytes> {
  return (await makeKeyPackageRef(keyPackage, sha256Hashes.hash)) as Bytes;
}

/** An added leaf must be able to do what ours can, or the next join fails. */
export function oddities({ leafNode, extensions }: KeyPackage, suite: CiphersuiteName): string[] {
  const { lifetime } = leafNode;
  const usual = JSON.stringify([capabilities(suite), []]);
  const isUsual = JSON.stringify([leafNode.capabilities, leafNode.extensions]) === usual && extensions.length === 0;
  const isShort = lifetime.notAfter - lifetime.notBefore <= LIFETIME_S;
  return [...(isUsual ? [] : ["unusual leaf"]), ...(isShort ? [] : ["long-lived key package"])];
}
