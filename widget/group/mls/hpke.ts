/**
 * HPKE's export mode (RFC 9180 §5.3) over the KEM of a room's suite: two ends share a secret that only the holder of the
 * private key can find. Realm: group worker. Source: RFC 9180; the library is ts-mls's own.
 */
import type { Bytes } from "../../wire/bytes.ts";
import type { KeyAgreement } from "../../wire/room-rules.ts";
import { openSuite, suiteOf } from "./suite.ts";

/** DHKEM(X25519) or X-Wing; the AEAD of the suite is not used here. */
async function hpkeOf(keyAgreement: KeyAgreement) {
  return (await openSuite(suiteOf({ keyAgreement, cipher: "AES_256_GCM_SHA512_128" }))).hpke;
}

export interface ExportName {
  readonly info: Uint8Array;
  readonly context: Uint8Array;
  /** B */
  readonly length: number;
}

/** What a private key opens. */
export interface Recipient {
  /** 32 B, or 1,216 B for X-Wing */
  readonly publicKey: Bytes;
  /** Null if the encapsulation is none. @param enc as `exportTo` gave it */
  importFrom(enc: Uint8Array, name: ExportName): Promise<Bytes | null>;
}

/** @param seed 32 B: the same pair each time (RFC 9180 §7.1.3, X-Wing's own) */
export async function recipientOf(keyAgreement: KeyAgreement, seed: Uint8Array): Promise<Recipient> {
  const hpke = await hpkeOf(keyAgreement);
  const { privateKey, publicKey } = await hpke.deriveKeyPair(seed);
  return {
    publicKey: (await hpke.exportPublicKey(publicKey)) as Bytes,
    async importFrom(enc, { info, context, length }) {
      try {
        return (await hpke.importSecret(privateKey, context, enc, length, info)) as Bytes;
      } catch {
        return null;
      }
    },
  };
}

/** Null if the public key is none. */
export async function exportTo(
  keyAgreement: KeyAgreement,
  publicKey: Uint8Array,
  { info, context, length }: ExportName,
): Promise<{ readonly enc: Bytes; readonly secret: Bytes } | null> {
  const hpke = await hpkeOf(keyAgreement);
  try {
    const { enc, secret } = await hpke.exportSecret(await hpke.importPublicKey(publicKey), context, length, info);
    return { enc: enc as Bytes, secret: secret as Bytes };
  } catch {
    return null;
  }
}

/** B of an encapsulation. */
export function encBytes(keyAgreement: KeyAgreement): number {
  return keyAgreement === "x-wing" ? 1_120 : 32;
}
