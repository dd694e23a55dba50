/**
 * patches/ts-mls: one rule of RFC 9420 for each hunk that is not about joining (ts-mls-patch-joins.test.ts).
 * docs/decisions/0031 lists the hunks.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  bytesToBase64,
  type ClientConfig,
  type ClientState,
  createGroupInfoWithExternalPub,
  createGroupInfoWithExternalPubAndRatchetTree,
  emptyPskIndex,
  joinGroupExternal,
  makePskIndex,
  type Proposal,
  proposeExternal,
} from "ts-mls";
import { applyProposals } from "ts-mls/clientState.js";
import { signWithLabel } from "ts-mls/crypto/signature.js";
import { encodeExternalSenders } from "ts-mls/externalSender.js";
import { encodeLeafNodeTBS } from "ts-mls/leafNode.js";
import { encodeRequiredCapabilities } from "ts-mls/requiredCapabilities.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { applyUpdatePath, createUpdatePath } from "ts-mls/updatePath.js";
import { hex } from "./mls-bytes.ts";
import {
  add,
  CHARTER,
  capabilities,
  charter,
  client,
  commit,
  config,
  cs,
  extensions,
  found,
  group,
  inSameEpoch,
  join,
  receive,
  remove,
  suiteReusing,
} from "./mls-members.ts";

const inline = (proposal: Proposal) => ({ proposalOrRefType: "proposal", proposal }) as const;

/** Refused by who would commit them, and by who would receive such a commit of the first leaf. */
async function refusedByAll(state: ClientState, proposals: Proposal[], reason: RegExp): Promise<void> {
  await assert.rejects(commit(state, proposals), reason, "by the committer");
  const committer = toLeafIndex(0);
  const received = applyProposals(state, proposals.map(inline), committer, emptyPskIndex, false, cs);
  await assert.rejects(received, reason, "by a receiver");
}

/** An Update proposal of a leaf to another HPKE key, with a signature key that goes with it. */
async function updateOf({ ratchetTree, groupContext }: ClientState, leafIndex: number, hpkePublicKey: Uint8Array) {
  const node = ratchetTree[2 * leafIndex];
  assert.ok(node?.nodeType === "leaf");
  const keys = await cs.signature.keygen();
  const { credential } = node.leaf;
  const leaf = { hpkePublicKey, signaturePublicKey: keys.publicKey, credential, capabilities, extensions: [] };
  const signed = { ...leaf, leafNodeSource: "update", groupId: groupContext.groupId, leafIndex } as const;
  const signature = await signWithLabel(keys.signKey, "LeafNodeTBS", encodeLeafNodeTBS(signed), cs.signature);
  return { proposalType: "update", update: { leafNode: { ...leaf, leafNodeSource: "update", signature } } } as const;
}

/** Applies Updates that the members from leaf 0 on proposed, each by its reference, in a commit of the last member. */
function applyUpdates(state: ClientState, proposals: readonly Proposal[]) {
  const references = proposals.map((_, senderLeafIndex) => new Uint8Array(32).fill(senderLeafIndex));
  const unappliedProposals = Object.fromEntries(
    proposals.map((proposal, senderLeafIndex) => [
      bytesToBase64(references[senderLeafIndex] as Uint8Array),
      { proposal, senderLeafIndex },
    ]),
  );
  const list = references.map((reference) => ({ proposalOrRefType: "reference", reference }) as const);
  return applyProposals({ ...state, unappliedProposals }, list, toLeafIndex(2), emptyPskIndex, false, cs);
}

describe("keys are unique in the group (§7.3)", () => {
  test("an Add that reuses a member's HPKE key is refused, of leaf or parent", async () => {
    const [first, second] = (await group(3)) as [ClientState, ClientState];
    const state = await receive(first, (await commit(second)).commit);
    for (const node of [state.ratchetTree[2], state.ratchetTree[3]]) {
      const publicKey = node?.nodeType === "leaf" ? node.leaf.hpkePublicKey : node?.parent.hpkePublicKey;
      assert.ok(publicKey);
      const { privateKey } = await cs.hpke.generateKeyPair();
      const suite = await suiteReusing({ publicKey, privateKey: await cs.hpke.exportPrivateKey(privateKey) });
      await refusedByAll(state, [add(await client("copy", { suite }))], /hpke keys not unique/);
    }
  });

  test("two Adds of one commit with the same HPKE key are refused", async () => {
    const [state] = (await group(2)) as [ClientState];
    const one = await client("one");
    const publicKey = one.publicPackage.leafNode.hpkePublicKey;
    const suite = await suiteReusing({ publicKey, privateKey: one.privatePackage.hpkePrivateKey });
    await refusedByAll(state, [add(one), add(await client("two", { suite }))], /hpke keys not unique/);
  });

  test("Updates of two members to the same HPKE key are refused (§12.3)", async () => {
    const state = (await group(3))[2] as ClientState;
    const { publicPackage: fresh } = await client("fresh");
    const proposals = await Promise.all([0, 1].map((leaf) => updateOf(state, leaf, fresh.leafNode.hpkePublicKey)));
    const one = applyUpdates(state, proposals.slice(0, 1));
    assert.deepEqual((await one).tree[0], { nodeType: "leaf", leaf: proposals[0]?.update.leafNode });
    await assert.rejects(applyUpdates(state, proposals), /hpke keys not unique/);
  });

  test("an Add that reuses a member's signature key is refused, whatever the application takes for one client", async () => {
    const keys = await cs.signature.keygen();
    const lenient = { compareKeyPackages: () => false, compareKeyPackageToLeafNode: () => false };
    const own: ClientConfig = { ...config, keyPackageEqualityConfig: lenient };
    const state = await found(await client("first", { keys }), [], own);
    await refusedByAll(state, [add(await client("again", { keys }))], /signature keys not unique/);
  });

  test("who is removed may be added again in the same commit with the same signature key (§12.3)", async () => {
    const [creator, keys] = [await client("creator"), await cs.signature.keygen()];
    const old = await client("old leaf", { keys });
    const added = await commit(await found(creator), [add(old)]);
    const fresh = await client("new leaf", { keys });
    const made = await commit(added.newState, [remove(1), add(fresh)]);
    inSameEpoch(await join(made.welcome, fresh), made.newState);
  });

  test("an Add that does not support the members' credentials is refused: nobody could join after it", async () => {
    const [state] = (await group(2)) as [ClientState];
    const unable = await client("unable", { capabilities: { ...capabilities, credentials: ["x509", "basic"] } });
    assert.ok((await commit(state, [add(unable)])).welcome, "more than needed is fine");
    const blind = await client("blind", { capabilities: { ...capabilities, credentials: ["x509"] } });
    await refusedByAll(state, [add(blind)], /does not support the credential/);
  });
});

test("a path whose keys stand in the tree already, or twice in the path, is refused (§12.4.2)", async () => {
  const [state] = (await group(4)) as [ClientState];
  const { ratchetTree: tree, groupContext, signaturePrivateKey } = state;
  const [, path] = await createUpdatePath(tree, toLeafIndex(0), groupContext, signaturePrivateKey, cs);
  const leaf = tree[4];
  assert.ok(leaf?.nodeType === "leaf" && path.nodes.length === 2);
  const withKeys = (...keys: (Uint8Array | undefined)[]) => ({
    ...path,
    nodes: path.nodes.map((node, index) => ({ ...node, hpkePublicKey: keys[index] ?? node.hpkePublicKey })),
  });
  await applyUpdatePath(tree, toLeafIndex(0), path, cs.hash);
  const used = /may not appear in a node/;
  for (const bad of [
    withKeys(leaf.leaf.hpkePublicKey),
    withKeys(path.nodes[1]?.hpkePublicKey),
    withKeys(path.leafNode.hpkePublicKey),
  ]) {
    await assert.rejects(applyUpdatePath(tree, toLeafIndex(0), bad, cs.hash), used);
  }
});

describe("GroupContextExtensions (§12.1.7, §12.3)", () => {
  test("with a Remove and an Add in one commit, all who stay or come have the new list", async () => {
    const [first, second] = (await group(3, [charter(1)])) as [ClientState, ClientState];
    const newcomer = await client("newcomer");
    const made = await commit(first, [extensions([charter(2)]), remove(2), add(newcomer)]);
    for (const state of [await receive(second, made.commit), await join(made.welcome, newcomer)]) {
      inSameEpoch(state, made.newState);
      assert.deepEqual(state.groupContext.extensions, [charter(2)]);
    }
  });

  test("an empty list clears, none keeps", async () => {
    const [first, second] = (await group(2, [charter(1)])) as [ClientState, ClientState];
    const kept = await commit(first);
    assert.deepEqual(kept.newState.groupContext.extensions, [charter(1)]);
    const cleared = await commit(first, [extensions([])]);
    assert.deepEqual(cleared.newState.groupContext.extensions, []);
    inSameEpoch(await receive(second, cleared.commit), cleared.newState);
  });

  test("a commit of it alone has a path, and is refused without (§12.4)", async () => {
    const [state] = (await group(2, [charter(1)])) as [ClientState];
    const { commit: message } = await commit(state, [extensions([charter(2)])], { wireAsPublicMessage: true });
    assert.ok(message.wireformat === "mls_public_message" && message.publicMessage.content.contentType === "commit");
    assert.ok(message.publicMessage.content.commit.path, "there is a path");
    const proposals = [inline(extensions([charter(2)]))];
    const applied = await applyProposals(state, proposals, toLeafIndex(0), emptyPskIndex, false, cs);
    assert.equal(applied.needsUpdatePath, true, "a receiver wants one");
  });

  test("the new list is what Adds of the same commit are held against", async () => {
    const [state] = (await group(2)) as [ClientState];
    const needs = encodeRequiredCapabilities({ extensionTypes: [CHARTER], proposalTypes: [], credentialTypes: [] });
    const required = { extensionType: "required_capabilities", extensionData: needs } as const;
    const unable = await client("unable", { capabilities: { ...capabilities, extensions: [] } });
    assert.ok((await commit(state, [add(unable)])).welcome, "without it");
    await refusedByAll(state, [extensions([charter(1)]), add(unable)], /doesn't support extension/);
    await refusedByAll(state, [extensions([required]), add(unable)], /required capabilities/);
  });
});

test("a commit in a PrivateMessage may bring in a pre-shared key (§8.4, §12.4.2)", async () => {
  const [first, second] = (await group(2)) as [ClientState, ClientState];
  const id = { psktype: "external", pskId: new Uint8Array([1]), pskNonce: new Uint8Array(32) } as const;
  const psk = { [Buffer.from([1]).toString("base64")]: new Uint8Array(32).fill(9) };
  const proposal: Proposal = { proposalType: "psk", psk: { preSharedKeyId: id } };
  const made = await commit(first, [proposal], { psks: makePskIndex(first, psk) });
  assert.equal(made.commit.wireformat, "mls_private_message");
  inSameEpoch(await receive(second, made.commit, makePskIndex(second, psk)), made.newState);
  await assert.rejects(receive(second, made.commit), /pskId/);
});

describe("joining and proposing from outside", () => {
  test("external_pub has a length of its own, and who joins by it is followed (§12.4.3.2)", async () => {
    const [first] = (await group(2)) as [ClientState];
    const info = await createGroupInfoWithExternalPubAndRatchetTree(first, [], cs);
    const { publicKey } = await cs.hpke.deriveKeyPair(first.keySchedule.externalSecret);
    const encoded = `20${hex(await cs.hpke.exportPublicKey(publicKey))}`;
    for (const { extensions: list } of [info, await createGroupInfoWithExternalPub(first, [], cs)]) {
      const published = list.find(({ extensionType }) => extensionType === "external_pub")?.extensionData;
      assert.equal(hex(published ?? new Uint8Array()), encoded);
    }
    const { publicPackage, privatePackage } = await client("outsider");
    const joined = await joinGroupExternal(info, publicPackage, privatePackage, false, cs);
    const message = {
      version: "mls10",
      wireformat: "mls_public_message",
      publicMessage: joined.publicMessage,
    } as const;
    inSameEpoch(await receive(first, message), joined.newState);
  });

  test("a resync of somebody without a former leaf is refused, and ends (§12.4.3.2)", async () => {
    const [first] = (await group(2)) as [ClientState];
    const info = await createGroupInfoWithExternalPubAndRatchetTree(first, [], cs);
    const { publicPackage, privatePackage } = await client("stranger");
    await assert.rejects(joinGroupExternal(info, publicPackage, privatePackage, true, cs), /former leaf/);
  });

  test("external_senders is a vector: each is validated, and each may propose (§12.1.8.1)", async () => {
    const keys = [await cs.signature.keygen(), await cs.signature.keygen()];
    const senders = keys.map(({ publicKey }) => ({
      signaturePublicKey: publicKey,
      credential: { credentialType: "basic", identity: publicKey } as const,
    }));
    const list = [
      charter(1),
      { extensionType: "external_senders", extensionData: encodeExternalSenders(senders) } as const,
    ];
    const asked: string[] = [];
    const validateCredential = async (_: unknown, key: Uint8Array): Promise<boolean> => asked.push(hex(key)) > 0;
    const [state] = (await group(2, list, { ...config, authService: { validateCredential } })) as [ClientState];
    assert.deepEqual(
      asked.slice(0, 2),
      keys.map(({ publicKey }) => hex(publicKey)),
    );
    const info = await createGroupInfoWithExternalPubAndRatchetTree(state, [], cs);
    for (const { publicKey, signKey } of keys) {
      const message = await proposeExternal(info, remove(1), publicKey, signKey, cs);
      assert.equal(Object.keys((await receive(state, message)).unappliedProposals).length, 1);
    }
    const stranger = await cs.signature.keygen();
    await assert.rejects(proposeExternal(info, remove(1), stranger.publicKey, stranger.signKey, cs), /external_sender/);
  });
});
