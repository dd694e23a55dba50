/**
 * ts-mls opens, applies and makes the paths of a commit as RFC 9420 publishes: TreeKEM (§7.4 to §7.6).
 */
import assert from "node:assert/strict";
import type { CiphersuiteImpl, GroupContext, RatchetTree } from "ts-mls";
import { applyUpdatePathSecret } from "ts-mls/createCommit.js";
import { getCommitSecret } from "ts-mls/pathSecrets.js";
import { type PrivateKeyPath, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { decodeRatchetTree } from "ts-mls/ratchetTree.js";
import { treeHashRoot } from "ts-mls/treeHash.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { applyUpdatePath, createUpdatePath, decodeUpdatePath, type UpdatePath } from "ts-mls/updatePath.js";
import { bytes, decodeWhole, hex } from "./mls-bytes.ts";
import { testSuites } from "./published-vectors.ts";

interface PrivateLeaf {
  index: number;
  encryption_priv: string;
  signature_priv: string;
  path_secrets: { node: number; path_secret: string }[];
}
interface PublishedPath {
  sender: number;
  update_path: string;
  path_secrets: (string | null)[];
  commit_secret: string;
  tree_hash_after: string;
}
interface TreeKem {
  cipher_suite: number;
  group_id: string;
  epoch: number;
  confirmed_transcript_hash: string;
  ratchet_tree: string;
  leaves_private: PrivateLeaf[];
  update_paths: PublishedPath[];
}

function contextOf(vector: TreeKem, treeHash: Uint8Array, cs: CiphersuiteImpl): GroupContext {
  return {
    version: "mls10",
    cipherSuite: cs.name,
    groupId: bytes(vector.group_id),
    epoch: BigInt(vector.epoch),
    treeHash,
    confirmedTranscriptHash: bytes(vector.confirmed_transcript_hash),
    extensions: [],
  };
}

testSuites<TreeKem>("treekem", "every member gets the published secrets of a path", async (vector, cs) => {
  const tree = decodeWhole(decodeRatchetTree, bytes(vector.ratchet_tree));
  const members = await Promise.all(vector.leaves_private.map((leaf) => privatePath(tree, leaf, cs)));
  for (const published of vector.update_paths) {
    const path = decodeWhole(decodeUpdatePath, bytes(published.update_path));
    const sender = toLeafIndex(published.sender);
    const updated = await applyUpdatePath(tree, sender, path, cs.hash);
    const hash = await treeHashRoot(updated, cs.hash);
    assert.equal(hex(hash), published.tree_hash_after, "tree hash after");
    const receivers = members.filter((member) => member.leafIndex !== sender);
    const context = contextOf(vector, hash, cs);
    for (const member of receivers) {
      const got = await openPath(updated, member, { sender, path, context }, cs);
      assert.equal(hex(got.pathSecret), published.path_secrets[member.leafIndex], `path secret of ${member.leafIndex}`);
      assert.equal(hex(got.commitSecret), published.commit_secret, `commit secret of ${member.leafIndex}`);
    }
    await checkOwnPath(tree, vector, sender, receivers, cs);
  }
});

/** A path of our own, made for the same tree: all receivers get its commit secret. */
async function checkOwnPath(
  tree: RatchetTree,
  vector: TreeKem,
  sender: ReturnType<typeof toLeafIndex>,
  receivers: readonly PrivateKeyPath[],
  cs: CiphersuiteImpl,
): Promise<void> {
  const signatureKey = bytes(vector.leaves_private.find(({ index }) => index === sender)?.signature_priv ?? "");
  const before = contextOf(vector, await treeHashRoot(tree, cs.hash), cs);
  const [updated, path, , , commitSecret] = await createUpdatePath(tree, sender, before, signatureKey, cs);
  const context = { ...before, epoch: before.epoch + 1n, treeHash: await treeHashRoot(updated, cs.hash) };
  for (const member of receivers) {
    const got = await openPath(updated, member, { sender, path, context }, cs);
    assert.equal(hex(got.commitSecret), hex(commitSecret), `commit secret of our own path for ${member.leafIndex}`);
  }
}

/** The private keys of a member; each has to belong to the node's public key. */
async function privatePath(tree: RatchetTree, leaf: PrivateLeaf, cs: CiphersuiteImpl): Promise<PrivateKeyPath> {
  const secrets = Object.fromEntries(leaf.path_secrets.map((each) => [each.node, bytes(each.path_secret)]));
  const path = await toPrivateKeyPath(secrets, leaf.index, cs, tree);
  return { ...path, privateKeys: { ...path.privateKeys, [2 * leaf.index]: bytes(leaf.encryption_priv) } };
}

interface SentPath {
  sender: ReturnType<typeof toLeafIndex>;
  path: UpdatePath;
  context: GroupContext;
}
/** @param updated the tree with the path applied */
async function openPath(updated: RatchetTree, member: PrivateKeyPath, sent: SentPath, cs: CiphersuiteImpl) {
  const { sender, path, context } = sent;
  const { nodeIndex, pathSecret } = await applyUpdatePathSecret(updated, member, sender, context, path, [], cs);
  return { pathSecret, commitSecret: await getCommitSecret(updated, nodeIndex, pathSecret, cs.kdf) };
}
