/**
 * ts-mls computes what RFC 9420 publishes for its primitives and its key schedule: labelled functions (§5), secret tree
 * (§9), key schedule (§8), transcript hashes (§8.2), pre-shared keys (§8.4), lengths (§2.1.2).
 */
import assert from "node:assert/strict";
import type { CiphersuiteImpl, GroupContext } from "ts-mls";
import { mlsExporter } from "ts-mls";
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { determineLength } from "ts-mls/codec/variableLength.js";
import { refhash } from "ts-mls/crypto/hash.js";
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js";
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "ts-mls/crypto/kdf.js";
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import { encodeGroupContext } from "ts-mls/groupContext.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { accumulatePskSecret } from "ts-mls/pskIndex.js";
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from "ts-mls/secretTree.js";
import { expandSenderDataKey, expandSenderDataNonce } from "ts-mls/sender.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import { bytes, decodeWhole, hex, sameBytes } from "./mls-bytes.ts";
import { testFile, testSuites, testSuitesWithoutKem } from "./published-vectors.ts";

interface CryptoBasics {
  cipher_suite: number;
  ref_hash: { label: string; value: string; out: string };
  expand_with_label: { secret: string; label: string; context: string; length: number; out: string };
  derive_secret: { secret: string; label: string; out: string };
  derive_tree_secret: { secret: string; label: string; generation: number; length: number; out: string };
  sign_with_label: { priv: string; pub: string; content: string; label: string; signature: string };
  encrypt_with_label: Record<"priv" | "pub" | "label" | "context" | "plaintext" | "kem_output" | "ciphertext", string>;
}

testSuites<CryptoBasics>("crypto-basics", "labelled functions give the published bytes", async (vector, cs) => {
  const { ref_hash: ref, expand_with_label: expand, derive_secret: derive, derive_tree_secret: tree } = vector;
  sameBytes(await refhash(ref.label, bytes(ref.value), cs.hash), ref.out, "RefHash");
  const context = bytes(expand.context);
  const expanded = await expandWithLabel(bytes(expand.secret), expand.label, context, expand.length, cs.kdf);
  sameBytes(expanded, expand.out, "ExpandWithLabel");
  sameBytes(await deriveSecret(bytes(derive.secret), derive.label, cs.kdf), derive.out, "DeriveSecret");
  const ofTree = await deriveTreeSecret(bytes(tree.secret), tree.label, tree.generation, tree.length, cs.kdf);
  sameBytes(ofTree, tree.out, "DeriveTreeSecret");
  await checkSignature(vector.sign_with_label, cs);
  await checkEncryption(vector.encrypt_with_label, cs);
});

async function checkSignature(given: CryptoBasics["sign_with_label"], cs: CiphersuiteImpl): Promise<void> {
  const [key, content] = [bytes(given.pub), bytes(given.content)];
  const verify = (signature: Uint8Array) => verifyWithLabel(key, given.label, content, signature, cs.signature);
  assert.equal(await verify(bytes(given.signature)), true, "the published signature");
  const own = await signWithLabel(bytes(given.priv), given.label, content, cs.signature);
  assert.equal(await verify(own), true, "a signature of our own");
}

async function checkEncryption(given: CryptoBasics["encrypt_with_label"], cs: CiphersuiteImpl): Promise<void> {
  const [context, plaintext] = [bytes(given.context), bytes(given.plaintext)];
  const key = await cs.hpke.importPrivateKey(bytes(given.priv));
  const open = (enc: Uint8Array, ct: Uint8Array) => decryptWithLabel(key, given.label, context, enc, ct, cs.hpke);
  sameBytes(await open(bytes(given.kem_output), bytes(given.ciphertext)), given.plaintext, "DecryptWithLabel");
  const publicKey = await cs.hpke.importPublicKey(bytes(given.pub));
  const own = await encryptWithLabel(publicKey, given.label, context, plaintext, cs.hpke);
  sameBytes(await open(own.enc, own.ct), given.plaintext, "EncryptWithLabel and back");
}

testFile<{ vlbytes_header: string; length: number }>("deserialization", "lengths read as published", (vector) => {
  const header = bytes(vector.vlbytes_header);
  assert.deepEqual(determineLength(header), { length: vector.length, lengthFieldSize: header.length });
});

const EPOCH_SECRETS = {
  initSecret: "init_secret",
  senderDataSecret: "sender_data_secret",
  exporterSecret: "exporter_secret",
  externalSecret: "external_secret",
  confirmationKey: "confirmation_key",
  membershipKey: "membership_key",
  resumptionPsk: "resumption_psk",
  epochAuthenticator: "epoch_authenticator",
} as const;

type EpochField =
  | (typeof EPOCH_SECRETS)[keyof typeof EPOCH_SECRETS]
  | "commit_secret"
  | "psk_secret"
  | "joiner_secret"
  | "welcome_secret"
  | "encryption_secret"
  | "external_pub"
  | "group_context"
  | "tree_hash"
  | "confirmed_transcript_hash";
type Epoch = Record<EpochField, string> & {
  exporter: { label: string; context: string; length: number; secret: string };
};
interface KeySchedule {
  cipher_suite: number;
  group_id: string;
  initial_init_secret: string;
  epochs: Epoch[];
}

testSuites<KeySchedule>("key-schedule", "each epoch's secrets are the published ones", async (vector, cs) => {
  let initSecret = bytes(vector.initial_init_secret);
  for (const [index, epoch] of vector.epochs.entries()) {
    const context: GroupContext = {
      version: "mls10",
      cipherSuite: cs.name,
      groupId: bytes(vector.group_id),
      epoch: BigInt(index),
      treeHash: bytes(epoch.tree_hash),
      confirmedTranscriptHash: bytes(epoch.confirmed_transcript_hash),
      extensions: [],
    };
    sameBytes(encodeGroupContext(context), epoch.group_context, "GroupContext");
    const [commitSecret, pskSecret] = [bytes(epoch.commit_secret), bytes(epoch.psk_secret)];
    const secrets = await initializeEpoch(initSecret, commitSecret, context, pskSecret, cs.kdf);
    sameBytes(secrets.joinerSecret, epoch.joiner_secret, "joiner_secret");
    sameBytes(secrets.welcomeSecret, epoch.welcome_secret, "welcome_secret");
    sameBytes(secrets.encryptionSecret, epoch.encryption_secret, "encryption_secret");
    for (const [ours, theirs] of Object.entries(EPOCH_SECRETS) as [keyof typeof EPOCH_SECRETS, EpochField][]) {
      sameBytes(secrets.keySchedule[ours], epoch[theirs], theirs);
    }
    await checkEpochKeys(secrets.keySchedule, epoch, cs);
    initSecret = secrets.keySchedule.initSecret;
  }
});

type KeysOfEpoch = Record<"externalSecret" | "exporterSecret", Uint8Array>;
async function checkEpochKeys(keys: KeysOfEpoch, epoch: Epoch, cs: CiphersuiteImpl): Promise<void> {
  const pair = await cs.hpke.deriveKeyPair(keys.externalSecret);
  sameBytes(await cs.hpke.exportPublicKey(pair.publicKey), epoch.external_pub, "external_pub");
  const { label, context, length, secret } = epoch.exporter;
  sameBytes(await mlsExporter(keys.exporterSecret, label, bytes(context), length, cs), secret, "exported secret");
}

interface PskSecret {
  cipher_suite: number;
  psks: { psk_id: string; psk: string; psk_nonce: string }[];
  psk_secret: string;
}

testSuitesWithoutKem<PskSecret>("psk_secret", "pre-shared keys chain to the published secret", async (vector, cs) => {
  const ids = vector.psks.map((psk) => ({
    psktype: "external" as const,
    pskId: bytes(psk.psk_id),
    pskNonce: bytes(psk.psk_nonce),
  }));
  const known = new Map(vector.psks.map((psk) => [psk.psk_id, bytes(psk.psk)]));
  const index = {
    findPsk: (id: { psktype: string; pskId?: Uint8Array }) => known.get(hex(id.pskId ?? new Uint8Array())),
  };
  const [secret] = await accumulatePskSecret(ids, index, cs, new Uint8Array(cs.kdf.size));
  sameBytes(secret, vector.psk_secret, "psk_secret");
});

type Generation = { generation: number } & Record<`${"handshake" | "application"}_${"key" | "nonce"}`, string>;
interface SecretTreeVector {
  cipher_suite: number;
  encryption_secret: string;
  sender_data: Record<"sender_data_secret" | "ciphertext" | "key" | "nonce", string>;
  leaves: Generation[][];
}
const FAR = { retainKeysForGenerations: 10, retainKeysForEpochs: 1, maximumForwardRatchetSteps: 1000 };

testSuitesWithoutKem<SecretTreeVector>(
  "secret-tree",
  "each generation has the published key and nonce",
  async (vector, cs) => {
    const { sender_data_secret, ciphertext, key, nonce } = vector.sender_data;
    const [secret, sample] = [bytes(sender_data_secret), bytes(ciphertext)];
    sameBytes(await expandSenderDataKey(cs, secret, sample), key, "sender data key");
    sameBytes(await expandSenderDataNonce(cs, secret, sample), nonce, "sender data nonce");
    const tree = await createSecretTree(vector.leaves.length, bytes(vector.encryption_secret), cs.kdf);
    for (const [leaf, generations] of vector.leaves.entries()) {
      const node = tree[2 * leaf];
      assert.ok(node);
      for (const given of generations) {
        for (const kind of ["handshake", "application"] as const) {
          const [reached] = await ratchetUntil(node[kind], given.generation, FAR, cs.kdf);
          sameBytes(await deriveKey(reached.secret, reached.generation, cs), given[`${kind}_key`], `${kind} key`);
          sameBytes(await deriveNonce(reached.secret, reached.generation, cs), given[`${kind}_nonce`], `${kind} nonce`);
        }
      }
    }
  },
);

interface TranscriptHashes {
  cipher_suite: number;
  confirmation_key: string;
  authenticated_content: string;
  interim_transcript_hash_before: string;
  confirmed_transcript_hash_after: string;
  interim_transcript_hash_after: string;
}

testSuitesWithoutKem<TranscriptHashes>(
  "transcript-hashes",
  "transcript hashes are the published ones",
  async (vector, cs) => {
    const { wireformat, content, auth } = decodeWhole(decodeAuthenticatedContent, bytes(vector.authenticated_content));
    assert.ok(content.contentType === "commit" && auth.contentType === "commit");
    const input = { wireformat, content, signature: auth.signature };
    const confirmed = await createConfirmedHash(bytes(vector.interim_transcript_hash_before), input, cs.hash);
    sameBytes(confirmed, vector.confirmed_transcript_hash_after, "confirmed");
    const key = bytes(vector.confirmation_key);
    assert.equal(await verifyConfirmationTag(key, auth.confirmationTag, confirmed, cs.hash), true, "confirmation tag");
    const interim = await createInterimHash(confirmed, auth.confirmationTag, cs.hash);
    sameBytes(interim, vector.interim_transcript_hash_after, "interim");
  },
);
