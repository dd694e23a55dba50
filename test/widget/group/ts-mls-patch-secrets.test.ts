/**
 * patches/ts-mls: what the secrets of a new epoch come from, who is sent them and what is handed back for deletion. One
 * rule of RFC 9420 for each hunk. docs/decisions/0031 lists the hunks.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CiphersuiteImpl, type ClientState, emptyPskIndex, processMessage, zeroOutUint8Array } from "ts-mls";
import { deriveSecret } from "ts-mls/crypto/kdf.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { allSecretTreeValues } from "ts-mls/secretTree.js";
import { toLeafIndex } from "ts-mls/treemath.js";
import { createUpdatePath } from "ts-mls/updatePath.js";
import { hex } from "./mls-bytes.ts";
import { add, client, commit, config, cs, found, group, inSameEpoch, join, receive, remove } from "./mls-members.ts";

const ZEROES = new Uint8Array(cs.kdf.size);

/** What somebody who has the old epoch and the new GroupContext gets if the commit secret is all zeroes. */
async function exporterOfZeroes(old: ClientState, now: ClientState): Promise<string> {
  const guess = await initializeEpoch(old.keySchedule.initSecret, ZEROES, now.groupContext, ZEROES, cs.kdf);
  return hex(guess.keySchedule.exporterSecret);
}

describe("the commit secret (§7.4, §12.4.2)", () => {
  test("who is removed by the only other member cannot compute the next epoch", async () => {
    const [first, second] = (await group(2)) as [ClientState, ClientState];
    const { newState } = await commit(first, [remove(1)]);
    assert.notEqual(await exporterOfZeroes(second, newState), hex(newState.keySchedule.exporterSecret));
  });

  test("an only member's update is new to who knew its last epoch", async () => {
    const alone = await found(await client("alone"));
    const { newState } = await commit(alone);
    assert.notEqual(await exporterOfZeroes(alone, newState), hex(newState.keySchedule.exporterSecret));
  });

  test("without a path it is all zeroes: an Add alone changes no secrets for members", async () => {
    const [first, second] = (await group(2)) as [ClientState, ClientState];
    const { newState } = await commit(first, [add(await client("third"))]);
    assert.equal(await exporterOfZeroes(second, newState), hex(newState.keySchedule.exporterSecret));
  });

  test("it follows the highest node of the path, also where the root stays blank", async () => {
    const [, , third, fourth] = (await group(4)) as [ClientState, ClientState, ClientState, ClientState];
    const gone = await commit(third, [remove(0), remove(1)]);
    const follows = await receive(fourth, gone.commit);
    inSameEpoch(follows, gone.newState);
    assert.equal(follows.ratchetTree[3], undefined, "the root is blank");
    const { ratchetTree, groupContext, signaturePrivateKey } = follows;
    const made = await createUpdatePath(ratchetTree, toLeafIndex(3), groupContext, signaturePrivateKey, cs);
    const [, path, [only], , commitSecret] = made;
    assert.ok(only && path.nodes.length === 1);
    assert.equal(hex(commitSecret), hex(await deriveSecret(only.secret, "path", cs.kdf)));
    const next = await commit(follows);
    inSameEpoch(await receive(gone.newState, next.commit), next.newState);
    const newcomer = await client("newcomer");
    const refilled = await commit(next.newState, [remove(2), add(newcomer)]);
    inSameEpoch(await join(refilled.welcome, newcomer), refilled.newState);
  });
});

test("who is removed learns it, also if an Add of the same commit takes the leaf (§12.4.2)", async () => {
  const [first, , third] = (await group(3)) as [ClientState, ClientState, ClientState];
  for (const proposals of [[remove(2)], [remove(2), add(await client("successor"))]]) {
    const { commit: message } = await commit(first, proposals);
    assert.equal((await receive(third, message)).groupActiveState.kind, "removedFromGroup");
  }
});

/** The suite of a committer who publishes another key than the path secret makes, for its path's nth key from below. */
function lyingSuite(nth: number): CiphersuiteImpl {
  let published = 0;
  const exportPublicKey: typeof cs.hpke.exportPublicKey = async (key) => {
    published += 1;
    return cs.hpke.exportPublicKey(published === nth ? (await cs.hpke.generateKeyPair()).publicKey : key);
  };
  return { ...cs, hpke: { ...cs.hpke, exportPublicKey } };
}

describe("a path secret makes the keys that stand in the tree", () => {
  test("members refuse a commit whose public keys do not fit: later commits could not be opened (§7.5)", async () => {
    const [first, second, third] = (await group(4)) as [ClientState, ClientState, ClientState];
    const lowest = await commit(first, [], { suite: lyingSuite(1) });
    await assert.rejects(receive(second, lowest.commit), /does not make the public key/);
    const root = await commit(first, [], { suite: lyingSuite(2) });
    for (const member of [second, third]) {
      await assert.rejects(receive(member, root.commit), /does not make the public key/);
    }
  });

  test("a joiner refuses a Welcome whose path secret does not fit (§12.4.3.1)", async () => {
    const [first] = (await group(4)) as [ClientState];
    const newcomer = await client("newcomer");
    const { welcome } = await commit(first, [remove(1), add(newcomer)], { suite: lyingSuite(2) });
    await assert.rejects(join(welcome, newcomer), /does not make the public key/);
  });
});

describe("secrets of a dropped epoch are handed back for deletion (§9.2)", () => {
  const keeping = (epochs: number) => ({
    ...config,
    keyRetentionConfig: { ...config.keyRetentionConfig, retainKeysForEpochs: epochs },
  });
  const secretsOf = ({ secretTree, keySchedule }: ClientState): Uint8Array[] => [
    ...allSecretTreeValues(secretTree),
    keySchedule.senderDataSecret,
    keySchedule.resumptionPsk,
  ];

  test("all of them, and nothing but secrets, by committer and receiver", async () => {
    let [first, second] = (await group(3, [], keeping(2))) as [ClientState, ClientState];
    const dropped = [first, second];
    const consumed: [Uint8Array[], Uint8Array[]] = [[], []];
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const state of [first, second]) assert.ok(state.historicalReceiverData.size <= 2);
      const made = await commit(first);
      assert.ok(made.commit.wireformat === "mls_private_message");
      const processed = await processMessage(made.commit, second, emptyPskIndex, () => "accept", cs);
      consumed[0].push(...made.consumed);
      consumed[1].push(...processed.consumed);
      [first, second] = [made.newState, processed.newState];
    }
    for (const [index, handedBack] of consumed.entries()) {
      assert.ok(handedBack.every((secret) => secret instanceof Uint8Array && secret.length > 0));
      const missing = secretsOf(dropped[index] as ClientState).filter((secret) => !handedBack.includes(secret));
      assert.equal(missing.length, 0, `${missing.length} secrets were kept back`);
    }
    for (const secret of consumed.flat()) zeroOutUint8Array(secret);
    const after = await commit(first);
    inSameEpoch(await receive(second, after.commit), after.newState);
  });

  test("told to keep no past epoch, it keeps none", async () => {
    const [first, second] = (await group(2, [], keeping(0))) as [ClientState, ClientState];
    const { newState, consumed, commit: message } = await commit(first);
    const received = await receive(second, message);
    for (const state of [newState, received]) assert.equal(state.historicalReceiverData.size, 0);
    assert.ok(secretsOf(first).every((secret) => consumed.includes(secret)));
  });
});
