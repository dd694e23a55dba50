/** The group's cipher suite, as docs/decisions/0030 and the room's charter have it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { suiteNameOf } from "../../../widget/group/mls/group-state.ts";
import { openSuite, suiteOf } from "../../../widget/group/mls/suite.ts";
import { adoptOwn } from "../../../widget/group/room-state.ts";
import { sha256Hashes } from "../../../widget/seal/mls-hashes.ts";
import { DEFAULT_RULES } from "../../../widget/wire/room-rules.ts";
import { Lab, newPerson } from "./lab.ts";

test("the group's hashes and derived keys are computed on the spot", async () => {
  const { hash, kdf } = await openSuite(suiteOf(DEFAULT_RULES));
  assert.equal(hash, sha256Hashes.hash);
  assert.equal(kdf, sha256Hashes.kdf);
});

const SUITES = [
  ["AES_256_GCM_SHA512_128", "x25519", "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"],
  ["AES_128_GCM_SHA256_128", "x25519", "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519"],
  ["CHACHA20_POLY1305_SHA512_128", "x25519", "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519"],
  ["AES_256_GCM_SHA512_128", "x-wing", "MLS_256_XWING_AES256GCM_SHA512_Ed25519"],
  ["CHACHA20_POLY1305_SHA512_128", "x-wing", "MLS_256_XWING_CHACHA20POLY1305_SHA512_Ed25519"],
] as const;

for (const [cipher, keyAgreement, suite] of SUITES) {
  test(`a charter of ${cipher} and ${keyAgreement} makes a group of ${suite}, and one of another suite is not entered`, async () => {
    const rules = { ...DEFAULT_RULES, cipher, keyAgreement };
    const lab = await Lab.open(rules);
    const alone = await lab.found();
    assert.equal(suiteNameOf(alone.group), suite);
    const guest = await newPerson("guest", undefined, rules);
    const { made, claim, poster } = await lab.commit(alone, { add: [await lab.asks(guest, alone)] });
    const adopted = await adoptOwn(alone, made, poster, claim);
    assert.ok(!("fault" in adopted));
    assert.equal(suiteNameOf((await lab.join(guest, made, alone.trail, adopted.state)).group), suite);
    const other = keyAgreement === "x25519" ? "x-wing" : "x25519";
    const stranger = await newPerson("stranger", undefined, { ...rules, keyAgreement: other });
    await assert.rejects(lab.commit(adopted.state, { add: [await lab.asks(stranger, adopted.state)] }));
  });
}
