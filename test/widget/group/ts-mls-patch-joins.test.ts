/**
 * patches/ts-mls: who joins. The tree in a Welcome is refused for what RFC 9420 §12.4.3.1 names and for nothing else.
 * docs/decisions/0031 lists the hunks.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientState, ParentNode, RatchetTree } from "ts-mls";
import { validateRatchetTree } from "ts-mls/clientState.js";
import { verifyParentHashes } from "ts-mls/parentHash.js";
import { removeLeaves } from "ts-mls/ratchetTree.js";
import { originalTreeHash, treeHash } from "ts-mls/treeHash.js";
import { toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { add, type Client, client, commit, config, cs, found, inSameEpoch, join, receive } from "./mls-members.ts";

/**
 * Every member commits once, in the order of the leaves; the state of who was last. Making a commit takes the group's
 * secrets, which all have, and one's own signature key: so one state is handed round instead of followed by everyone.
 */
async function eachCommitsOnce(size: number): Promise<ClientState> {
  const clients = await Promise.all(Array.from({ length: size }, (_, index) => client(`member ${index}`)));
  const [creator, ...others] = clients as [Client, ...Client[]];
  let { newState: state } = await commit(await found(creator), others.map(add));
  for (const [leafIndex, { privatePackage }] of clients.entries()) {
    const { hpkePrivateKey, signaturePrivateKey } = privatePackage;
    const privatePath = { leafIndex, privateKeys: { [2 * leafIndex]: hpkePrivateKey } };
    state = (await commit({ ...state, privatePath, signaturePrivateKey })).newState;
  }
  return state;
}

/** Two Adds without path by the last of `size` members who each committed once; both who were added. */
async function addTwo(size: number): Promise<[ClientState, ClientState]> {
  const committer = await eachCommitsOnce(size);
  const [first, second] = [await client("first"), await client("second")];
  const one = await commit(committer, [add(first)]);
  const joinedFirst = await join(one.welcome, first);
  const two = await commit(one.newState, [add(second)]);
  const joinedSecond = await join(two.welcome, second);
  const follows = await receive(joinedFirst, two.commit);
  inSameEpoch(follows, joinedSecond);
  return [follows, joinedSecond];
}

for (const size of [11, 19, 21, 22, 23, 27]) {
  test(`of ${size} members who each committed once, one adds two without path: the second joins (§12.4.3.1)`, async () => {
    const [first, second] = await addTwo(size);
    const made = await commit(second);
    inSameEpoch(await receive(first, made.commit), made.newState);
  });
}

const unmergedOf = (tree: RatchetTree): [node: number, leaves: number[]][] =>
  tree.flatMap((node, index) =>
    node?.nodeType === "parent" && node.parent.unmergedLeaves.length > 0 ? [[index, node.parent.unmergedLeaves]] : [],
  );

/** Null if the tree is accepted; else what is wrong with it. */
async function fault(tree: RatchetTree, { groupContext }: ClientState, own = config): Promise<string | null> {
  const hash = await treeHash(tree, toNodeIndex(2 ** Math.floor(Math.log2(tree.length)) - 1), cs.hash);
  const error = await validateRatchetTree(tree, groupContext, own.lifetimeConfig, own.authService, hash, cs);
  return error?.message ?? null;
}

function withParent(tree: RatchetTree, index: number, change: Partial<ParentNode>): RatchetTree {
  const node = tree[index];
  assert.ok(node?.nodeType === "parent");
  return tree.with(index, { ...node, parent: { ...node.parent, ...change } });
}

test("a tree is refused if an unmerged leaf is blank, elsewhere or outside, or not listed below (§12.4.3.1)", async () => {
  const [state] = await addTwo(11);
  const tree = state.ratchetTree;
  assert.equal(await fault(tree, state), null, "as it was sent");
  const listing = unmergedOf(tree);
  assert.deepEqual(
    listing,
    [
      [15, [11, 12]],
      [19, [11]],
    ],
    "the root lists both newcomers, its right child's left child one",
  );
  for (const [parent, leaf] of [
    [15, 15], // blank
    [19, 0], // not below that parent
    // Outside the tree: asked for its direct path, the library would never come back.
    [15, 0x7ffffff],
  ] as const) {
    const before = listing.find(([index]) => index === parent)?.[1] ?? [];
    const listed = withParent(tree, parent, { unmergedLeaves: [...before, leaf] });
    assert.match((await fault(listed, state)) ?? "", /non-blank descendant/, `leaf ${leaf}`);
  }
  const unlisted = await fault(withParent(tree, 19, { unmergedLeaves: [] }), state);
  assert.match(unlisted ?? "", /non-blank intermediate node/);
});

test("every leaf of a tree is checked, whichever of them is bad (§7.3, §12.4.3.1)", async () => {
  const state = await eachCommitsOnce(5);
  for (let leaf = 0; leaf < 5; leaf++) {
    const node = state.ratchetTree[2 * leaf];
    assert.ok(node?.nodeType === "leaf");
    const signature = node.leaf.signature.map((byte, index) => (index === 5 ? byte ^ 1 : byte));
    const tampered = state.ratchetTree.with(2 * leaf, { ...node, leaf: { ...node.leaf, signature } });
    assert.match((await fault(tampered, state)) ?? "", /leaf node signature/);
    const unknown = {
      ...config.authService,
      validateCredential: async (_: unknown, key: Uint8Array) => key !== node.leaf.signaturePublicKey,
    };
    assert.match((await fault(state.ratchetTree, state, { ...config, authService: unknown })) ?? "", /credential/);
  }
});

test("the leaves of a tree are checked all at once: nobody waits for the one before (§12.4.3.1)", async () => {
  const state = await eachCommitsOnce(5);
  const asked: (() => void)[] = [];
  const validateCredential = (): Promise<boolean> =>
    new Promise((resolve) => {
      asked.push(() => resolve(true));
      if (asked.length === 5) for (const answer of asked) answer();
    });
  assert.equal(await fault(state.ratchetTree, state, { ...config, authService: { validateCredential } }), null);
});

test("a tree whose parent hashes do not chain is refused, unmerged leaves or none (§7.9.2)", async () => {
  for (const state of [await eachCommitsOnce(6), (await addTwo(11))[0]]) {
    const parents = [...state.ratchetTree.keys()].filter((index) => state.ratchetTree[index]?.nodeType === "parent");
    assert.ok(parents.length > 2);
    for (const index of parents) {
      const node = state.ratchetTree[index];
      assert.ok(node?.nodeType === "parent");
      const hpkePublicKey = node.parent.hpkePublicKey.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
      assert.match((await fault(withParent(state.ratchetTree, index, { hpkePublicKey }), state)) ?? "", /parent hash/);
    }
  }
});

test("checking parent hashes takes about two digests for each node, in a tree twice as large twice as many (§7.9.2)", async () => {
  for (const size of [8, 16, 32]) {
    const { ratchetTree } = await eachCommitsOnce(size);
    let digests = 0;
    const digest = (data: Uint8Array): Promise<Uint8Array> => {
      digests += 1;
      return cs.hash.digest(data);
    };
    assert.equal(await verifyParentHashes(ratchetTree, { ...cs.hash, digest }), true);
    assert.ok(digests <= 2 * ratchetTree.length, `${digests} digests for ${ratchetTree.length} nodes`);
  }
});

test("hashes taken from the cache are those of the tree without the unmerged leaves (§7.9)", async () => {
  const [{ ratchetTree: tree }] = await addTwo(11);
  const present = [...tree.keys()].filter((index) => tree[index]?.nodeType === "leaf").map((index) => index / 2);
  const cache = new Map();
  for (const blanked of [[], [3], [0, 1], [11], [11, 12], present.slice(1)]) {
    const reduced = removeLeaves(tree, blanked.map(toLeafIndex));
    for (const index of reduced.keys()) {
      const node = toNodeIndex(index);
      const cached = await originalTreeHash(tree, node, cs.hash, blanked, cache);
      assert.deepEqual(cached, await treeHash(reduced, node, cs.hash), `node ${index} without ${blanked}`);
    }
  }
});
