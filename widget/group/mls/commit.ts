/**
 * Commits: made with a fresh path, and read with all that the room's rules have to look at. Realm: group worker.
 * Source: RFC 9420 §12.4; whether a commit keeps the room's rules is decided in commit-rules.
 */
import {
  type ClientState,
  createCommit,
  emptyPskIndex,
  encodeMlsMessage,
  type KeyPackage,
  type LeafNode,
  type Proposal,
  type ProposalWithSender,
  processPrivateMessage,
} from "ts-mls";
import type { Bytes } from "../../wire/bytes.ts";
import { type GroupState, wiping, withoutPast } from "./group-state.ts";
import { oddities, referenceOf } from "./key-package.ts";
import { CHARTER, HANDOVER, openSuite } from "./suite.ts";
import { decode, privateMessage } from "./wire-format.ts";

export interface NewCommit {
  readonly bytes: Bytes;
  readonly next: GroupState;
  /** MLSMessage with one Welcome for everyone that was added */
  readonly welcome?: Bytes;
  readonly wipe: () => void;
}

/** A commit that MLS accepts; whether the room's rules do is for its caller (commit-rules). */
export interface ReadCommit {
  readonly next: GroupState;
  readonly sender: number;
  readonly adds: readonly { readonly ref: Bytes; readonly credential: Uint8Array }[];
  readonly removes: readonly number[];
  /** present if the commit changes it */
  readonly charter?: Uint8Array;
  /** kinds of proposals beyond these, and leaves that are not as ours are or no longer as they were */
  readonly others: readonly string[];
  readonly selfRemoved: boolean;
  readonly wipe: () => void;
}

/**
 * A commit with a fresh path for this leaf (RFC 9420 §12.4).
 * @param data the authenticated data @param handover goes into the Welcome
 */
export async function makeCommit(
  state: GroupState,
  change: {
    readonly add: readonly Uint8Array[];
    readonly remove: readonly number[];
    readonly charter?: Uint8Array;
    readonly data: Uint8Array;
    readonly handover: Uint8Array;
  },
): Promise<NewCommit> {
  const extraProposals: Proposal[] = [
    ...change.remove.map((removed): Proposal => ({ proposalType: "remove", remove: { removed } })),
    ...change.add.map((bytes): Proposal => {
      const message = decode(bytes);
      if (message?.wireformat !== "mls_key_package") throw new Error("not a key package");
      return { proposalType: "add", add: { keyPackage: message.keyPackage } };
    }),
    ...(change.charter ? [charterProposal(change.charter)] : []),
  ];
  const made = await createCommit(
    { state, cipherSuite: await openSuite(state.groupContext.cipherSuite) },
    {
      extraProposals,
      ratchetTreeExtension: true,
      authenticatedData: change.data,
      groupInfoExtensions: [{ extensionType: HANDOVER, extensionData: change.handover }],
    },
  );
  const welcome = made.welcome && ({ version: "mls10", wireformat: "mls_welcome", welcome: made.welcome } as const);
  return {
    bytes: encodeMlsMessage(made.commit) as Bytes,
    next: withoutPast(made.newState),
    ...(welcome ? { welcome: encodeMlsMessage(welcome) as Bytes } : {}),
    wipe: wiping(made.consumed),
  };
}

/** @throws Error if MLS refuses it: wrong epoch, signature, path, confirmation tag, credential … */
export async function readCommit(state: GroupState, bytes: Uint8Array): Promise<ReadCommit> {
  const suite = await openSuite(state.groupContext.cipherSuite);
  const message = privateMessage(bytes, "commit");
  let proposals: readonly ProposalWithSender[] = [];
  let sender: number | undefined;
  const result = await processPrivateMessage(state, message, emptyPskIndex, suite, (incoming) => {
    if (incoming.kind === "commit") {
      sender = incoming.senderLeafIndex;
      proposals = incoming.proposals;
    }
    return "accept";
  });
  if (result.kind !== "newState" || sender === undefined) throw new Error("not a commit of a member");
  const adds: { ref: Bytes; credential: Uint8Array }[] = [];
  const packages: KeyPackage[] = [];
  const removes: number[] = [];
  const others: string[] = [];
  let charter: Uint8Array | undefined;
  for (const { proposal } of proposals) {
    if (proposal.proposalType === "add") {
      packages.push(proposal.add.keyPackage);
      adds.push(await added(proposal.add.keyPackage));
    } else if (proposal.proposalType === "remove") removes.push(proposal.remove.removed);
    else if (proposal.proposalType === "group_context_extensions") {
      const given = proposal.groupContextExtensions.extensions;
      if (given.length !== 1 || given[0]?.extensionType !== CHARTER) others.push("extensions");
      else charter = given[0].extensionData;
    } else others.push(String(proposal.proposalType));
  }
  others.push(...oddLeaves(state, result.newState, sender, packages));
  return {
    next: withoutPast(result.newState),
    sender,
    adds,
    removes,
    others,
    ...(charter ? { charter } : {}),
    selfRemoved: result.newState.groupActiveState.kind === "removedFromGroup",
    wipe: wiping(result.consumed),
  };
}

/**
 * What MLS would let a commit do to leaves: its sender may not change its own beyond a fresh HPKE key, and an added one
 * must be as ours are.
 */
function oddLeaves(before: ClientState, after: ClientState, sender: number, adds: readonly KeyPackage[]): string[] {
  const was = leafAt(before, sender);
  const is = leafAt(after, sender);
  const same = (leaf: LeafNode) =>
    JSON.stringify([leaf.capabilities, leaf.extensions, leaf.credential, leaf.signaturePublicKey]);
  return [
    ...(was && is && same(was) !== same(is) ? ["changed leaf"] : []),
    ...adds.flatMap((added) => oddities(added, before.groupContext.cipherSuite)),
  ];
}

function leafAt(state: ClientState, index: number): LeafNode | undefined {
  const node = state.ratchetTree[2 * index];
  return node?.nodeType === "leaf" ? node.leaf : undefined;
}

async function added(keyPackage: KeyPackage) {
  const { credential } = keyPackage.leafNode;
  const ref = await referenceOf(keyPackage);
  return { ref, credential: credential.credentialType === "basic" ? credential.identity : new Uint8Array() };
}

function charterProposal(charter: Uint8Array): Proposal {
  return {
    proposalType: "group_context_extensions",
    groupContextExtensions: { extensions: [{ extensionType: CHARTER, extensionData: charter }] },
  };
}
