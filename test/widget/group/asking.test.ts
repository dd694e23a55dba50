/** What somebody at the door sends, and which of it a commit may contain. Source: protocol.md §2 (Link admission). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { proveAdmission } from "../../../widget/group/admission.ts";
import { openAsk } from "../../../widget/group/asking.ts";
import { certify } from "../../../widget/group/credential.ts";
import { epochOf, groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { makeKeyPackage } from "../../../widget/group/mls/key-package.ts";
import { suiteOf } from "../../../widget/group/mls/suite.ts";
import type { RoomState } from "../../../widget/group/room-state.ts";
import { sealEnvelope } from "../../../widget/seal/envelope.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { KEY_PACKAGE_S } from "../../../widget/wire/room-limits.ts";
import { DEFAULT_RULES } from "../../../widget/wire/room-rules.ts";
import { Lab, newKey } from "./lab.ts";

const NOW_S = Math.floor(Date.now() / 1000);
/** s that clocks may be apart */
const SKEW_S = 300;

async function entryOf(lab: Lab, state: RoomState, madeS: number, change: { v?: number } = {}) {
  const [identity, postKey] = await Promise.all([newKey(), newKey()]);
  const credential = (leafKey: Uint8Array) => certify(identity, leafKey, { postKey: postKey.publicKey, name: "new" });
  const own = await makeKeyPackage(suiteOf(DEFAULT_RULES), credential, madeS);
  const groupId = groupIdOf(state.group);
  const at = { groupId, v: 1, epoch: epochOf(state.group), ref: own.ref, postKey: postKey.publicKey };
  const admitted = await proveAdmission(lab.keys.admissionKey, at);
  const said = new TextEncoder().encode(JSON.stringify({ keyPackage: toBase64url(own.bytes), admitted }));
  const name = { type: "ask", groupId, v: change.v ?? 1, reference: own.ref } as const;
  const sealed = await sealEnvelope(lab.keys.envelopeKey, name, said);
  return {
    type: "ask",
    seq: 1,
    ref: toBase64url(own.ref),
    postKey: toBase64url(postKey.publicKey),
    sealed: toBase64url(sealed),
  } as const;
}

test("a key package is good for ten minutes, and for as long as two clocks may be apart", async () => {
  const lab = await Lab.open();
  const state = await lab.found();
  const isTaken = async (madeS: number) =>
    (await openAsk(state, lab.keys.envelopeKey, await entryOf(lab, state, madeS))) !== null;
  assert.equal(await isTaken(NOW_S), true);
  assert.equal(await isTaken(NOW_S - KEY_PACKAGE_S - SKEW_S + 10), true);
  assert.equal(await isTaken(NOW_S - KEY_PACKAGE_S - SKEW_S - 10), false);
  assert.equal(await isTaken(NOW_S + SKEW_S - 10), true);
  assert.equal(await isTaken(NOW_S + SKEW_S + 10), false);
});

test("an ask opens only under the link, the group and the reference that it was sealed for", async () => {
  const lab = await Lab.open();
  const [state, elsewhere] = [await lab.found(), await lab.found()];
  const entry = await entryOf(lab, state, NOW_S);
  const stranger = await Lab.open();
  assert.notEqual(await openAsk(state, lab.keys.envelopeKey, entry), null);
  assert.equal(await openAsk(elsewhere, lab.keys.envelopeKey, entry), null);
  assert.equal(await openAsk(state, stranger.keys.envelopeKey, entry), null);
  assert.equal(await openAsk(state, lab.keys.envelopeKey, { ...entry, ref: entry.postKey }), null);
  assert.equal(await openAsk(state, lab.keys.envelopeKey, { ...entry, postKey: entry.ref }), null);
  assert.equal(await openAsk(state, lab.keys.envelopeKey, await entryOf(lab, state, NOW_S, { v: 2 })), null);
});
