/**
 * Members of MLS groups for tests of ts-mls itself: real key packages, commits, Welcomes. Test support.
 */
import assert from "node:assert/strict";
import {
  type Capabilities,
  type CiphersuiteImpl,
  type ClientConfig,
  type ClientState,
  type CreateCommitOptions,
  type CreateCommitResult,
  createCommit,
  createGroup,
  defaultAuthenticationService,
  defaultKeyPackageEqualityConfig,
  defaultKeyRetentionConfig,
  defaultLifetime,
  defaultLifetimeConfig,
  defaultPaddingConfig,
  type Extension,
  emptyPskIndex,
  generateKeyPackageWithKey,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  joinGroup,
  type KeyPackage,
  type MLSMessage,
  type PrivateKeyPackage,
  type Proposal,
  type PskIndex,
  processMessage,
} from "ts-mls";
import { sha256Hashes } from "../../../widget/seal/mls-hashes.ts";

export const SUITE = "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519";
export const cs: CiphersuiteImpl = {
  ...(await getCiphersuiteImpl(getCiphersuiteFromName(SUITE))),
  ...sha256Hashes,
};
export const GROUP_ID = new Uint8Array(32).fill(7);
/** A GroupContext extension of our own; every key package here supports it. */
export const CHARTER = 0xf0a1;

export const config: ClientConfig = {
  keyRetentionConfig: defaultKeyRetentionConfig,
  lifetimeConfig: defaultLifetimeConfig,
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: defaultPaddingConfig,
  authService: defaultAuthenticationService,
};

export const capabilities: Capabilities = {
  versions: ["mls10"],
  ciphersuites: [SUITE],
  extensions: [CHARTER],
  proposals: [],
  credentials: ["basic"],
};

export interface Client {
  publicPackage: KeyPackage;
  privatePackage: PrivateKeyPackage;
}
interface ClientChoices {
  keys?: { signKey: Uint8Array; publicKey: Uint8Array };
  capabilities?: Capabilities;
  suite?: CiphersuiteImpl;
}

/** A fresh key package and its private keys. */
export async function client(name: string, choices: ClientChoices = {}): Promise<Client> {
  const suite = choices.suite ?? cs;
  const credential = { credentialType: "basic", identity: new TextEncoder().encode(name) } as const;
  const keys = choices.keys ?? (await suite.signature.keygen());
  const able = choices.capabilities ?? capabilities;
  return generateKeyPackageWithKey(credential, able, defaultLifetime, [], keys, suite);
}

/** The suite with a key pair of its own choosing where a key package asks for one: the second is the leaf's. */
export async function suiteReusing(pair: { publicKey: Uint8Array; privateKey: Uint8Array }): Promise<CiphersuiteImpl> {
  let made = 0;
  const generateKeyPair: typeof cs.hpke.generateKeyPair = async () => {
    made += 1;
    if (made === 1) return cs.hpke.generateKeyPair();
    return {
      publicKey: await cs.hpke.importPublicKey(pair.publicKey),
      privateKey: await cs.hpke.importPrivateKey(pair.privateKey),
    };
  };
  return { ...cs, hpke: { ...cs.hpke, generateKeyPair } };
}

export const add = ({ publicPackage }: Client): Proposal => ({
  proposalType: "add",
  add: { keyPackage: publicPackage },
});
export const remove = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } });
export const extensions = (list: Extension[]): Proposal => ({
  proposalType: "group_context_extensions",
  groupContextExtensions: { extensions: list },
});
export const charter = (version: number): Extension => ({
  extensionType: CHARTER,
  extensionData: new Uint8Array([version]),
});

export function found(creator: Client, list: Extension[] = [], own = config): Promise<ClientState> {
  return createGroup(GROUP_ID, creator.publicPackage, creator.privatePackage, list, cs, own);
}

export function commit(
  state: ClientState,
  proposals: Proposal[] = [],
  options: CreateCommitOptions & { suite?: CiphersuiteImpl; psks?: PskIndex } = {},
): Promise<CreateCommitResult> {
  const { suite = cs, psks, ...rest } = options;
  const context = { state, cipherSuite: suite, ...(psks ? { pskIndex: psks } : {}) };
  return createCommit(context, { extraProposals: proposals, ratchetTreeExtension: true, ...rest });
}

export function join(welcome: CreateCommitResult["welcome"], who: Client, own = config): Promise<ClientState> {
  assert.ok(welcome, "there is a Welcome");
  const { publicPackage, privatePackage } = who;
  return joinGroup(welcome, publicPackage, privatePackage, emptyPskIndex, cs, undefined, undefined, own);
}

export async function receive(state: ClientState, message: MLSMessage, psks = emptyPskIndex): Promise<ClientState> {
  assert.ok(message.wireformat === "mls_private_message" || message.wireformat === "mls_public_message");
  return (await processMessage(message, state, psks, () => "accept", cs)).newState;
}

/** A group of the given size that its first member made in one commit; states in the order of the leaves. */
export async function group(size: number, list: Extension[] = [], own = config): Promise<ClientState[]> {
  const clients = await Promise.all(Array.from({ length: size }, (_, index) => client(`member ${index}`)));
  const [creator, ...others] = clients as [Client, ...Client[]];
  const alone = await found(creator, list, own);
  if (others.length === 0) return [alone];
  const { newState, welcome } = await commit(alone, others.map(add));
  return [newState, ...(await Promise.all(others.map((other) => join(welcome, other, own))))];
}

/** Both have the same epoch, down to its secrets. */
export function inSameEpoch(a: ClientState, b: ClientState): void {
  assert.equal(a.groupContext.epoch, b.groupContext.epoch);
  assert.deepEqual(a.keySchedule.epochAuthenticator, b.keySchedule.epochAuthenticator);
}
