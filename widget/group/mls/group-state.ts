/**
 * The state of a group at one epoch: begun, joined, looked at, wiped. Realm: group worker. Source: RFC 9420 §11, §12.4.3.
 *
 * A state is immutable: every operation gives the next one. Two uses of one state would use one key twice, so there is
 * one queue per group (membership). States live in memory only. `wipe` zeroes what an operation used up, and may be
 * called only when the state that it came from is given up for good: for a commit, once the relay has ordered it.
 */

import {
  type CiphersuiteName,
  type ClientState,
  createGroup,
  emptyPskIndex,
  joinGroupWithExtensions,
  mlsExporter,
  zeroOutUint8Array,
} from "ts-mls";
import { allSecretTreeValues } from "ts-mls/secretTree.js";
import type { Bytes } from "../../wire/bytes.ts";
import { CodedError } from "../../wire/errors.ts";
import type { OwnKeyPackage } from "./key-package.ts";
import { CHARTER, config, HANDOVER, openSuite } from "./suite.ts";
import { decode } from "./wire-format.ts";

declare const stateBrand: unique symbol;

/** Opaque outside this file. */
export type GroupState = ClientState & { readonly [stateBrand]: true };

export interface Leaf {
  readonly index: number;
  /** bytes of the basic credential */
  readonly credential: Uint8Array;
}

/** A group of one. */
export async function foundGroup(groupId: Uint8Array, own: OwnKeyPackage, charter: Uint8Array): Promise<GroupState> {
  const extensions = [{ extensionType: CHARTER, extensionData: charter }];
  const { publicPackage, privatePackage } = own.inner;
  return sealState(await createGroup(groupId, publicPackage, privatePackage, extensions, await suiteOf(own), config));
}

const suiteOf = ({ inner }: OwnKeyPackage) => openSuite(inner.publicPackage.cipherSuite);

/** @throws Error for a Welcome of another suite, for one that isn't for this key package or whose tree does not hold */
export async function joinGroup(
  welcome: Uint8Array,
  own: OwnKeyPackage,
): Promise<{ state: GroupState; handover: Uint8Array }> {
  const message = decode(welcome);
  if (message?.wireformat !== "mls_welcome") throw new Error("not a Welcome");
  const { publicPackage, privatePackage } = own.inner;
  const [state, extensions] = await joinGroupWithExtensions(
    message.welcome,
    publicPackage,
    privatePackage,
    emptyPskIndex,
    await suiteOf(own),
    undefined,
    undefined,
    config,
  );
  zeroOutUint8Array(privatePackage.initPrivateKey);
  const handover = extensions.find(({ extensionType }) => extensionType === HANDOVER)?.extensionData;
  return { state: sealState(state), handover: handover ?? new Uint8Array() };
}

export const epochOf = (state: GroupState): number => Number(state.groupContext.epoch);

export const groupIdOf = (state: GroupState): Bytes => state.groupContext.groupId as Bytes;

/** As in suite.ts. */
export const suiteNameOf = (state: GroupState): CiphersuiteName => state.groupContext.cipherSuite;

export const ownLeafOf = (state: GroupState): number => state.privatePath.leafIndex;

/** The charter's bytes; empty if there is none. */
export function charterOf(state: GroupState): Uint8Array {
  const extension = state.groupContext.extensions.find(({ extensionType }) => extensionType === CHARTER);
  return extension?.extensionData ?? new Uint8Array();
}

/** All leaves that are not blank, by index. */
export function leavesOf(state: GroupState): Leaf[] {
  return state.ratchetTree.flatMap((node, place) => {
    if (node?.nodeType !== "leaf" || node.leaf.credential.credentialType !== "basic") return [];
    return [{ index: place / 2, credential: node.leaf.credential.identity }];
  });
}

/**
 * MLS-Exporter (RFC 9420 §8.5) for each label, and the exporter secret is used up: a copy of the state gives none of them
 * again. @param length bytes of each @throws CodedError internal the second time
 */
export async function takeExports(
  state: GroupState,
  labels: readonly string[],
  { context, length }: { context: Uint8Array; length: number },
): Promise<Bytes[]> {
  const { exporterSecret } = state.keySchedule;
  // Zeroes would give keys that everyone can make.
  if (exporterSecret.every((byte) => byte === 0)) throw new CodedError("internal", "These keys were taken already.");
  // Copied before the first await: the state may be wiped while this runs.
  const secret = exporterSecret.slice();
  zeroOutUint8Array(exporterSecret);
  const suite = await openSuite(state.groupContext.cipherSuite);
  const exported = await Promise.all(labels.map((label) => mlsExporter(secret, label, context, length, suite)));
  zeroOutUint8Array(secret);
  return exported as Bytes[];
}

/**
 * Zeroes every secret of a state that is given up: of its epoch, its ratchets, and its private keys.
 * @param next the state that goes on, which keeps what it shares with this one
 */
export function wipeState(state: GroupState, next?: GroupState): void {
  const kept = new Set<Uint8Array>(next && [next.signaturePrivateKey, ...secretsOf(next)]);
  for (const secret of [state.signaturePrivateKey, ...secretsOf(state)]) {
    if (!kept.has(secret)) zeroOutUint8Array(secret);
  }
}

function secretsOf(state: GroupState): Uint8Array[] {
  return [
    ...Object.values<Uint8Array>({ ...state.keySchedule }),
    ...Object.values(state.privatePath.privateKeys),
    ...allSecretTreeValues(state.secretTree),
  ].filter((secret) => secret !== undefined);
}

/** ts-mls keeps every past epoch when told to keep none. */
export const withoutPast = (state: ClientState): GroupState =>
  sealState({ ...state, historicalReceiverData: new Map() });

export const sealState = (state: ClientState): GroupState => state as GroupState;

export function wiping(consumed: readonly Uint8Array[]): () => void {
  return () => {
    for (const secret of consumed) zeroOutUint8Array(secret);
  };
}
