/**
 * ts-mls builds and checks ratchet trees as RFC 9420 publishes: tree arithmetic (appendix C), tree operations (§7.7,
 * §12.1), validation on join (§7.8, §7.9, §12.4.3.1).
 */
import assert from "node:assert/strict";
import { type CiphersuiteImpl, defaultAuthenticationService, type GroupContext, type RatchetTree } from "ts-mls";
import { validateRatchetTree } from "ts-mls/clientState.js";
import { verifyLeafNodeSignature } from "ts-mls/leafNode.js";
import { verifyParentHashes } from "ts-mls/parentHash.js";
import { decodeProposal } from "ts-mls/proposal.js";
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from "ts-mls/ratchetTree.js";
import { originalTreeHash, treeHash, treeHashRoot } from "ts-mls/treeHash.js";
import { left, nodeWidth, parent, right, root, sibling, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { bytes, decodeWhole, sameBytes } from "./mls-bytes.ts";
import { testFile, testSuites, testSuitesWithoutKem } from "./published-vectors.ts";

const ANY_TIME = { maximumTotalLifetime: 0n, validateLifetimeOnReceive: false };

type Relation = (number | null)[];
interface TreeMath {
  n_leaves: number;
  n_nodes: number;
  root: number;
  left: Relation;
  right: Relation;
  parent: Relation;
  sibling: Relation;
}

testFile<TreeMath>("tree-math", "nodes are related as published", (vector) => {
  const leaves = vector.n_leaves;
  assert.equal(nodeWidth(leaves), vector.n_nodes);
  assert.equal(root(leaves), vector.root);
  const relations = {
    left,
    right,
    parent: (node: ReturnType<typeof toNodeIndex>) => parent(node, leaves),
    sibling: (node: ReturnType<typeof toNodeIndex>) => sibling(node, leaves),
  };
  for (const [name, relation] of Object.entries(relations)) {
    for (const [index, expected] of vector[name as keyof typeof relations].entries()) {
      if (expected === null) assert.throws(() => relation(toNodeIndex(index)), `${name} of ${index}`);
      else assert.equal(relation(toNodeIndex(index)), expected, `${name} of ${index}`);
    }
  }
});

interface TreeOperation {
  cipher_suite: number;
  tree_before: string;
  tree_after: string;
  tree_hash_before: string;
  tree_hash_after: string;
  proposal: string;
  proposal_sender: number;
}

testSuites<TreeOperation>("tree-operations", "a proposal changes the tree as published", async (vector, cs) => {
  const before = decodeWhole(decodeRatchetTree, bytes(vector.tree_before));
  sameBytes(await treeHashRoot(before, cs.hash), vector.tree_hash_before, "tree hash before");
  const after = applyToTree(before, vector);
  sameBytes(await treeHashRoot(after, cs.hash), vector.tree_hash_after, "tree hash after");
  sameBytes(encodeRatchetTree(after), vector.tree_after, "tree after");
});

function applyToTree(tree: RatchetTree, vector: TreeOperation): RatchetTree {
  const proposal = decodeWhole(decodeProposal, bytes(vector.proposal));
  if (proposal.proposalType === "add") return addLeafNode(tree, proposal.add.keyPackage.leafNode)[0];
  if (proposal.proposalType === "update") {
    return updateLeafNode(tree, proposal.update.leafNode, toLeafIndex(vector.proposal_sender));
  }
  assert.ok(proposal.proposalType === "remove");
  return removeLeafNode(tree, toLeafIndex(proposal.remove.removed));
}

interface TreeValidation {
  cipher_suite: number;
  tree: string;
  group_id: string;
  tree_hashes: string[];
  resolutions: number[][];
}

testSuitesWithoutKem<TreeValidation>("tree-validation", "a published tree is valid as a whole", async (vector, cs) => {
  const tree = decodeWhole(decodeRatchetTree, bytes(vector.tree));
  const cache = new Map();
  for (const [index, expected] of vector.tree_hashes.entries()) {
    const node = toNodeIndex(index);
    assert.deepEqual(resolution(tree, node), vector.resolutions[index], `resolution of ${index}`);
    sameBytes(await treeHash(tree, node, cs.hash), expected, `hash of ${index}`);
    sameBytes(await originalTreeHash(tree, node, cs.hash, [], cache), expected, `cached hash of ${index}`);
  }
  assert.equal(await verifyParentHashes(tree, cs.hash), true, "parent hashes");
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== "leaf") continue;
    const valid = await verifyLeafNodeSignature(node.leaf, bytes(vector.group_id), index / 2, cs.signature);
    assert.equal(valid, true, `signature of leaf ${index / 2}`);
  }
  assert.equal(await validateAsJoiner(tree, vector.group_id, cs), undefined, "validated as a joiner does");
});

async function validateAsJoiner(tree: RatchetTree, groupId: string, cs: CiphersuiteImpl): Promise<Error | undefined> {
  const hash = await treeHashRoot(tree, cs.hash);
  const context: GroupContext = {
    version: "mls10",
    cipherSuite: cs.name,
    groupId: bytes(groupId),
    epoch: 0n,
    treeHash: hash,
    confirmedTranscriptHash: new Uint8Array(),
    extensions: [],
  };
  return validateRatchetTree(tree, context, ANY_TIME, defaultAuthenticationService, hash, cs);
}
