/**
 * ts-mls reads, writes, protects and opens messages as RFC 9420 publishes: encodings of every structure (§6, §10, §12),
 * PublicMessage and PrivateMessage (§6.2, §6.3), Welcome (§12.4.3.1).
 */
import assert from "node:assert/strict";
import {
  type CiphersuiteImpl,
  type Decoder,
  decodeMlsMessage,
  defaultKeyRetentionConfig,
  type Encoder,
  encodeMlsMessage,
  type FramedContentInfo,
  type GroupContext,
  type LeafNode,
  type RatchetTree,
  type SecretTree,
} from "ts-mls";
import type { AuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { decodeCommit, encodeCommit } from "ts-mls/commit.js";
import { createContentCommitSignature } from "ts-mls/framedContent.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { decodeGroupSecrets, encodeGroupSecrets } from "ts-mls/groupSecrets.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { protect, protectApplicationData, protectProposal, unprotectPrivateMessage } from "ts-mls/messageProtection.js";
import { protectProposalPublic, protectPublicMessage, unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js";
import * as proposals from "ts-mls/proposal.js";
import { decodeRatchetTree, encodeRatchetTree } from "ts-mls/ratchetTree.js";
import { createSecretTree } from "ts-mls/secretTree.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";
import { bytes, decodeWhole, hex, sameBytes } from "./mls-bytes.ts";
import { testFile, testSuites } from "./published-vectors.ts";

// The codecs differ in their type; only that one undoes the other counts here.
type Codec = [decode: Decoder<never>, encode: Encoder<never>];
const codec = <T>(decode: Decoder<T>, encode: Encoder<T>): Codec => [
  decode as Decoder<never>,
  encode as Encoder<never>,
];
const MESSAGE = codec(decodeMlsMessage, encodeMlsMessage);
const CODECS: Record<string, Codec> = {
  mls_welcome: MESSAGE,
  mls_group_info: MESSAGE,
  mls_key_package: MESSAGE,
  ratchet_tree: codec(decodeRatchetTree, encodeRatchetTree),
  group_secrets: codec(decodeGroupSecrets, encodeGroupSecrets),
  add_proposal: codec(proposals.decodeAdd, proposals.encodeAdd),
  update_proposal: codec(proposals.decodeUpdate, proposals.encodeUpdate),
  remove_proposal: codec(proposals.decodeRemove, proposals.encodeRemove),
  pre_shared_key_proposal: codec(proposals.decodePSK, proposals.encodePSK),
  re_init_proposal: codec(proposals.decodeReinit, proposals.encodeReinit),
  external_init_proposal: codec(proposals.decodeExternalInit, proposals.encodeExternalInit),
  group_context_extensions_proposal: codec(
    proposals.decodeGroupContextExtensions,
    proposals.encodeGroupContextExtensions,
  ),
  commit: codec(decodeCommit, encodeCommit),
  public_message_application: MESSAGE,
  public_message_proposal: MESSAGE,
  public_message_commit: MESSAGE,
  private_message: MESSAGE,
};

testFile<Record<string, string>>("messages", "every structure reads, and writes back to the same bytes", (vector) => {
  assert.deepEqual(Object.keys(vector).sort(), Object.keys(CODECS).sort());
  for (const [name, [decode, encode]] of Object.entries(CODECS)) {
    const encoded = vector[name] ?? "";
    sameBytes(encode(decodeWhole(decode, bytes(encoded))), encoded, name);
  }
});

type Kind = "proposal" | "commit" | "application";
type MessageProtection = { cipher_suite: number; epoch: number } & Record<
  | Kind
  | `${Kind}_priv`
  | "proposal_pub"
  | "commit_pub"
  | "group_id"
  | "tree_hash"
  | "confirmed_transcript_hash"
  | "signature_priv"
  | "signature_pub"
  | "encryption_secret"
  | "sender_data_secret"
  | "membership_key",
  string
>;
const SENDER = 1;
const NOTHING = new Uint8Array();
const PADDING = { kind: "padUntilLength", padUntilLength: 300 } as const;

testSuites<MessageProtection>("message-protection", "messages open as published, and so do our own", async (v, cs) => {
  const suite = await Protection.make(v, cs);
  for (const kind of ["proposal", "commit", "application"] as const) {
    assert.equal(await suite.openPrivate(bytes(v[`${kind}_priv`])), v[kind], `${kind} in a PrivateMessage`);
    assert.equal(await suite.openPrivate(await suite.protectPrivate(kind)), v[kind], `our own private ${kind}`);
  }
  for (const kind of ["proposal", "commit"] as const) {
    assert.equal(await suite.openPublic(bytes(v[`${kind}_pub`])), v[kind], `${kind} in a PublicMessage`);
    assert.equal(await suite.openPublic(await suite.protectPublic(kind)), v[kind], `our own public ${kind}`);
  }
});

/** The vector's group of two, whose second member sends. */
class Protection {
  readonly #v: MessageProtection;
  readonly #cs: CiphersuiteImpl;
  readonly #context: GroupContext;
  readonly #secrets: SecretTree;
  readonly #tree: RatchetTree;

  private constructor(v: MessageProtection, cs: CiphersuiteImpl, secrets: SecretTree) {
    this.#v = v;
    this.#cs = cs;
    this.#secrets = secrets;
    // Of the sender's leaf only the signature key is looked at.
    const leaf = { signaturePublicKey: bytes(v.signature_pub) } as LeafNode;
    this.#tree = [undefined, undefined, { nodeType: "leaf", leaf }];
    this.#context = {
      version: "mls10",
      cipherSuite: cs.name,
      groupId: bytes(v.group_id),
      epoch: BigInt(v.epoch),
      treeHash: bytes(v.tree_hash),
      confirmedTranscriptHash: bytes(v.confirmed_transcript_hash),
      extensions: [],
    };
  }

  static async make(v: MessageProtection, cs: CiphersuiteImpl): Promise<Protection> {
    return new Protection(v, cs, await createSecretTree(2, bytes(v.encryption_secret), cs.kdf));
  }

  async openPrivate(encoded: Uint8Array): Promise<string> {
    const message = decodeWhole(decodeMlsMessage, encoded);
    assert.ok(message.wireformat === "mls_private_message");
    const { content } = await unprotectPrivateMessage(
      bytes(this.#v.sender_data_secret),
      message.privateMessage,
      this.#secrets,
      this.#tree,
      this.#context,
      defaultKeyRetentionConfig,
      this.#cs,
    );
    return payload(content.content);
  }

  async openPublic(encoded: Uint8Array): Promise<string> {
    const message = decodeWhole(decodeMlsMessage, encoded);
    assert.ok(message.wireformat === "mls_public_message");
    const key = bytes(this.#v.membership_key);
    const { content } = await unprotectPublicMessage(key, this.#context, this.#tree, message.publicMessage, this.#cs);
    return payload(content);
  }

  async protectPrivate(kind: Kind): Promise<Uint8Array> {
    const [key, secret] = [bytes(this.#v.signature_priv), bytes(this.#v.sender_data_secret)];
    const rest = [NOTHING, this.#context, this.#secrets, SENDER, PADDING, this.#cs] as const;
    const made =
      kind === "application"
        ? await protectApplicationData(key, secret, bytes(this.#v.application), ...rest)
        : kind === "proposal"
          ? await protectProposal(key, secret, this.#proposal(), ...rest)
          : await this.#protectCommit();
    return encodeMlsMessage({
      version: "mls10",
      wireformat: "mls_private_message",
      privateMessage: made.privateMessage,
    });
  }

  async protectPublic(kind: "proposal" | "commit"): Promise<Uint8Array> {
    const [key, membershipKey] = [bytes(this.#v.signature_priv), bytes(this.#v.membership_key)];
    const publicMessage =
      kind === "proposal"
        ? (await protectProposalPublic(key, membershipKey, this.#context, NOTHING, this.#proposal(), SENDER, this.#cs))
            .publicMessage
        : await protectPublicMessage(
            membershipKey,
            this.#context,
            await this.#signedCommit("mls_public_message"),
            this.#cs,
          );
    return encodeMlsMessage({ version: "mls10", wireformat: "mls_public_message", publicMessage });
  }

  #proposal() {
    return decodeWhole(proposals.decodeProposal, bytes(this.#v.proposal));
  }

  async #signedCommit(wireformat: "mls_public_message" | "mls_private_message") {
    const commit = decodeWhole(decodeCommit, bytes(this.#v.commit));
    const sender = { senderType: "member", leafIndex: SENDER } as const;
    const key = bytes(this.#v.signature_priv);
    const signature = this.#cs.signature;
    const signed = await createContentCommitSignature(
      this.#context,
      wireformat,
      commit,
      sender,
      NOTHING,
      key,
      signature,
    );
    const auth = { contentType: "commit", signature: signed.signature, confirmationTag: new Uint8Array(32) } as const;
    return { wireformat, content: signed.framedContent, auth } satisfies AuthenticatedContent;
  }

  async #protectCommit() {
    const { content, auth } = await this.#signedCommit("mls_private_message");
    const secret = bytes(this.#v.sender_data_secret);
    const whole = { ...content, auth };
    return protect(secret, NOTHING, this.#context, this.#secrets, whole, SENDER, PADDING, this.#cs);
  }
}

function payload(content: FramedContentInfo): string {
  if (content.contentType === "application") return hex(content.applicationData);
  return hex(
    content.contentType === "proposal" ? proposals.encodeProposal(content.proposal) : encodeCommit(content.commit),
  );
}

interface Welcome {
  cipher_suite: number;
  init_priv: string;
  signer_pub: string;
  key_package: string;
  welcome: string;
}

testSuites<Welcome>("welcome", "a Welcome opens to a signed and confirmed GroupInfo", async (vector, cs) => {
  const keyPackage = decodeWhole(decodeMlsMessage, bytes(vector.key_package));
  const message = decodeWhole(decodeMlsMessage, bytes(vector.welcome));
  assert.ok(keyPackage.wireformat === "mls_key_package" && message.wireformat === "mls_welcome");
  const reference = await makeKeyPackageRef(keyPackage.keyPackage, cs.hash);
  const key = await cs.hpke.importPrivateKey(bytes(vector.init_priv));
  const secrets = await decryptGroupSecrets(key, reference, message.welcome, cs.hpke);
  assert.ok(secrets);
  const noPsk = new Uint8Array(cs.kdf.size);
  const info = await decryptGroupInfo(message.welcome, secrets.joinerSecret, noPsk, cs);
  assert.ok(info);
  assert.equal(await verifyGroupInfoSignature(info, bytes(vector.signer_pub), cs.signature), true, "signature");
  assert.equal(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, noPsk, cs), true, "confirmation tag");
});
