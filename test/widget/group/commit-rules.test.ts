/**
 * What a member refuses to adopt, each with the rule that it breaks: every commit here is a valid MLS commit of a real
 * member, posted under a correctly signed audit trail. Source: protocol.md §2.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { proveAdmission } from "../../../widget/group/admission.ts";
import { hostName, signCharter } from "../../../widget/group/charter.ts";
import { epochOf, groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { makeLink } from "../../../widget/group/open-room.ts";
import { adoptCommit, adoptOwn } from "../../../widget/group/room-state.ts";
import { generateHostSecret, hostKeys } from "../../../widget/seal/room-keys.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { ADMISSION_EPOCHS } from "../../../widget/wire/room-limits.ts";
import { Lab, newKey, newPerson, type Person } from "./lab.ts";
import {
  grow,
  locked,
  nextCharter,
  type Room,
  rawCommit,
  room,
  step,
  toldOf,
  verdict,
  verdictOn,
} from "./two-members.ts";

test("takes somebody who asked with the link", async () => {
  const given = await room();
  const ask = await given.lab.asks(await newPerson("new"), given.founder);
  assert.equal(await verdictOn(given, { add: [ask] }), "adopted");
});

test("refuses an Add whose proof another key signed: whoever commits can't bring in a ghost", async () => {
  const given = await room();
  const ghost = await newPerson("ghost");
  const { keyPackage, admitted } = await given.lab.asks(ghost, given.founder);
  const stranger = await newKey();
  const proof = toBase64url(await stranger.sign(new Uint8Array(32)));
  assert.equal(await verdictOn(given, { add: [{ keyPackage, admitted: { ...admitted, proof } }] }), "not-admitted");
});

test("refuses a swapped key package: the proof is for another one", async () => {
  const given = await room();
  const asked = await given.lab.asks(await newPerson("asked"), given.founder);
  const other = await newPerson("other");
  assert.equal(
    await verdictOn(given, { add: [{ keyPackage: other.own.bytes, admitted: asked.admitted }] }),
    "list-differs",
  );
});

test("refuses a proof made for another group", async () => {
  const [given, elsewhere] = [await room(), await room()];
  const person = await newPerson("new");
  const proof = await elsewhere.lab.asks(person, elsewhere.founder);
  assert.equal(await verdictOn(given, { add: [proof] }), "not-admitted");
});

test("refuses the old key package of somebody who has gone: its proof and its init key still hold", async () => {
  const leaver = await newPerson("leaver");
  const given = await grow(await room(), leaver);
  const old = await given.lab.asks(leaver, given.founder);
  const without = await step(given, { remove: [{ postKey: leaver.post, reason: "gone" }] });
  assert.equal(await verdictOn(without, { add: [old] }), "used-before");
});

test("a joiner learns which key packages were used before it came", async () => {
  const leaver = await newPerson("leaver");
  const given = await grow(await room(), leaver);
  const old = await given.lab.asks(leaver, given.founder);
  const without = await step(given, { remove: [{ postKey: leaver.post, reason: "gone" }] });
  const newcomer = await newPerson("newcomer");
  const { made, claim, poster } = await given.lab.commit(without.founder, {
    add: [await given.lab.asks(newcomer, without.founder)],
  });
  const founder = await adoptOwn(without.founder, made, poster, claim);
  if ("fault" in founder) throw new Error(founder.fault);
  const guest = await given.lab.join(newcomer, made, without.founder.trail, founder.state);
  assert.equal(await verdictOn({ ...given, founder: founder.state, guest }, { add: [old] }), "used-before");
});

test("refuses a proof that names an epoch to come", async () => {
  const given = await room();
  const ask = await given.lab.asks(await newPerson("new"), given.founder, epochOf(given.founder.group) + 1);
  assert.equal(await verdictOn(given, { add: [ask] }), "admission-too-old");
});

test(`refuses a proof once ${ADMISSION_EPOCHS} epochs have passed: used ones are remembered as long`, async () => {
  let given = await room();
  const asks = [await newPerson("late"), await newPerson("too late")].map((who) => given.lab.asks(who, given.founder));
  const [late, tooLate] = await Promise.all(asks);
  for (let i = 1; i < ADMISSION_EPOCHS; i++) given = await step(given, {});
  given = await step(given, { add: late ? [late] : [] });
  assert.equal(await verdictOn(given, { add: tooLate ? [tooLate] : [] }), "admission-too-old");
});

test("refuses an Add that the relay's list does not show, and a listed one that is not made", async () => {
  const given = await room();
  const ask = await given.lab.asks(await newPerson("new"), given.founder);
  assert.equal(await verdict(given, await rawCommit(given.founder, { add: [ask.keyPackage] })), "list-differs");
  const listed = await rawCommit(given.founder, { data: { add: [ask.admitted] } });
  assert.equal(await verdict(given, listed), "list-differs");
});

test("refuses a smuggled post key: the list names another than the leaf's credential", async () => {
  const given = await room();
  const person = await newPerson("new");
  const smuggled = await newKey();
  const admission = {
    groupId: groupIdOf(given.founder.group),
    v: 1,
    epoch: epochOf(given.founder.group),
    ref: person.own.ref,
    postKey: smuggled.publicKey,
  };
  const admitted = await proveAdmission(given.lab.keys.admissionKey, admission);
  assert.equal(await verdictOn(given, { add: [{ keyPackage: person.own.bytes, admitted }] }), "list-differs");
});

test("refuses a Remove that the list does not show, or shows for somebody else", async () => {
  const given = await grow(await room(), await newPerson("third"));
  const leaf = [...given.founder.roster].find(([, { name }]) => name === "third")?.[0] ?? -1;
  assert.equal(await verdict(given, await rawCommit(given.founder, { remove: [leaf] })), "list-differs");
  const data = { remove: [{ postKey: given.guestPerson.post, reason: "gone" as const }] };
  assert.equal(await verdict(given, await rawCommit(given.founder, { remove: [leaf], data })), "list-differs");
});

test("refuses “came back” for somebody who did not come", async () => {
  const given = await grow(await room(), await newPerson("third"));
  const third = [...given.founder.roster.values()].find(({ name }) => name === "third")?.postKey ?? "";
  assert.equal(await verdictOn(given, { remove: [{ postKey: third, reason: "replaced" }] }), "not-the-same-person");
});

test("refuses that somebody is sent away without a new link: the old one would let them in again", async () => {
  const given = await grow(await room(), await newPerson("third"));
  const third = [...given.founder.roster.values()].find(({ name }) => name === "third")?.postKey ?? "";
  assert.equal(await verdictOn(given, { remove: [{ postKey: third, reason: "removed" }] }), "link-differs");
});

test("takes a host's new link together with a removal", async () => {
  const given = await grow(await room(), await newPerson("third"));
  const third = [...given.founder.roster.values()].find(({ name }) => name === "third")?.postKey ?? "";
  const newCharter = await nextCharter(given, {}, given.founder.charter.charter.v + 1);
  assert.equal(await verdictOn(given, { remove: [{ postKey: third, reason: "removed" }], newCharter }), "adopted");
});

test("refuses a charter that another key signed: nobody makes a host but the holder of the host link", async () => {
  const given = await room();
  const { charter } = given.founder.charter;
  const forger = await hostKeys(generateHostSecret());
  const forged = await signCharter(forger.charterKey, {
    ...charter,
    version: charter.version + 1,
    hosts: [await hostName(given.guestPerson.identity.publicKey)],
  });
  assert.equal(await verdict(given, await rawCommit(given.founder, { charter: forged.bytes })), "forged-charter");
});

test("refuses an older charter, and the same again", async () => {
  const given = await room();
  assert.equal(
    await verdict(given, await rawCommit(given.founder, { charter: given.founder.charter.bytes })),
    "older-charter",
  );
});

test("refuses a new link in the charter that the relay is not told, and the other way round", async () => {
  const given = await room();
  const { charter } = given.founder.charter;
  const made = await makeLink(given.lab.host, { ...charter, version: charter.version + 1 }, charter.v + 1);
  const untold = await rawCommit(given.founder, { charter: made.charter.bytes });
  assert.equal(await verdict(given, untold), "link-differs");
  assert.equal(await verdict(given, await rawCommit(given.founder, { data: { link: made.link } })), "link-differs");
});

test("lets nobody new into a locked room, but lets a member come back as another leaf", async () => {
  const given = await room({ locked: true });
  const stranger = await given.lab.asks(await newPerson("new"), given.founder);
  assert.equal(await verdictOn(given, { add: [stranger] }), "locked");
  const again = await newPerson("founder", given.lab.founder.identity);
  assert.equal(await verdictOn(given, { add: [await given.lab.asks(again, given.founder)] }), "locked");
  // Somebody of the locked room who comes back: in one commit, the old leaf goes.
  const guestAgain = await newPerson("guest", given.guestPerson.identity);
  const commit = await given.lab.commit(given.founder, {
    add: [await given.lab.asks(guestAgain, given.founder)],
    remove: [{ postKey: given.guestPerson.post, reason: "replaced" }],
  });
  const claim = await given.lab.claim(given.guest, commit.made, commit.poster);
  const seen = await adoptCommit(given.guest, commit.made.bytes, commit.poster, claim);
  assert.ok(!("fault" in seen) && seen.self);
});

test("in a locked room one leaf that goes makes room for one that comes, not for two", async () => {
  const given = await grow(await room(), await newPerson("third"));
  const third = [...given.founder.roster.values()].find(({ name }) => name === "third");
  assert.ok(third);
  const shut = await locked(given);
  const identity = await newKey();
  const twice = await Promise.all([newPerson("x", identity), newPerson("x", identity)]);
  const asks = await Promise.all(twice.map((person) => given.lab.asks(person, shut.founder)));
  const back = [{ postKey: given.guestPerson.post, reason: "replaced" as const }];
  const again = await Promise.all(
    [1, 2].map(async () => given.lab.asks(await newPerson("guest", given.guestPerson.identity), shut.founder)),
  );
  assert.equal(await verdictOn(shut, { add: asks }), "locked");
  assert.equal(await verdictOn(shut, { add: again, remove: back }), "locked");
  assert.equal(await verdictOn(shut, { add: again.slice(0, 1), remove: back }), "adopted");
});

test("lets nobody in by the link alone where the charter names knocking only", async () => {
  const given = await room();
  const shut = await step(given, { newCharter: await nextCharter(given, { admission: ["knock"] }) });
  const ask = await given.lab.asks(await newPerson("new"), shut.founder);
  assert.equal(await verdictOn(shut, { add: [ask] }), "no-link-admission");
});

test("refuses a charter that the relay is not told of: the next generation would begin with an older one", async () => {
  const given = await room();
  const next = await nextCharter(given, { locked: true });
  assert.equal(await verdict(given, await rawCommit(given.founder, { charter: next.charter.bytes })), "link-differs");
  const told = await rawCommit(given.founder, { data: toldOf(next) });
  assert.equal(await verdict(given, told), "link-differs");
  assert.equal(await verdictOn(given, { newCharter: next }), "adopted");
});

test("refuses a charter that names another relay: its key and its place hold for the whole generation", async () => {
  const given = await room();
  const key = toBase64url((await newKey()).publicKey);
  assert.equal(await verdictOn(given, { newCharter: await nextCharter(given, { auditKey: key }) }), "other-relay");
  assert.equal(await verdictOn(given, { newCharter: await nextCharter(given, { region: "ch" }) }), "other-relay");
});

test("refuses a charter that would seal otherwise than the group does: a group has one suite", async () => {
  const given = await room();
  const chacha = await nextCharter(given, { cipher: "CHACHA20_POLY1305_SHA512_128" });
  assert.equal(await verdictOn(given, { newCharter: chacha }), "other-suite");
  const xWing = await nextCharter(given, { keyAgreement: "x-wing" });
  assert.equal(await verdictOn(given, { newCharter: xWing }), "other-suite");
  const shorter = await nextCharter(given, { cipher: "AES_128_GCM_SHA256_128" });
  assert.equal(await verdictOn(given, { newCharter: shorter }), "adopted");
});

test("only a host sends people away; whoever has the host link makes its device one in the same commit", async () => {
  const given = await grow(await room(), await newPerson("third"));
  const third = [...given.founder.roster.values()].find(({ name }) => name === "third")?.postKey ?? "";
  const remove = [{ postKey: third, reason: "removed" as const }];
  const { v } = given.founder.charter.charter;
  const nobody = await nextCharter(given, { hosts: [] });
  const hostless = await step(given, { newCharter: nobody });
  assert.equal(await verdictOn(hostless, { remove, newCharter: await nextCharter(hostless, {}, v + 1) }), "not-a-host");
  const hosts = [await hostName(given.lab.founder.identity.publicKey)];
  assert.equal(
    await verdictOn(hostless, { remove, newCharter: await nextCharter(hostless, { hosts }, v + 1) }),
    "adopted",
  );
});

test("does not add again who made the commit because of which the group was formed anew", async () => {
  const accused = await newPerson("accused");
  const at = Date.now();
  const given = await room({}, { at, accused: [toBase64url(accused.identity.publicKey)], was: [], unverified: [] });
  const again = await newPerson("accused", accused.identity);
  assert.equal(await verdictOn(given, { add: [await given.lab.asks(again, given.founder)] }), "accused");
});

test("formed anew twice: only who was there comes back by the link, until a host acts", async () => {
  const [known, stranger] = [await newPerson("known"), await newPerson("stranger")];
  const given = await suspended(known);
  const ask = (person: Person, { founder }: Room) => given.lab.asks(person, founder);
  assert.equal(await verdictOn(given, { add: [await ask(stranger, given)] }), "suspended");
  const back = await step(given, { add: [await ask(known, given)] });
  const acted = await step(back, { newCharter: await nextCharter(back, {}) });
  assert.equal(await verdictOn(acted, { add: [await ask(stranger, acted)] }), "adopted");
});

test("formed anew: who was there comes back by the link, though the room be locked or have a lobby by now", async () => {
  const [known, stranger] = [await newPerson("known"), await newPerson("stranger")];
  const was = [toBase64url(known.identity.publicKey)];
  for (const rules of [{ locked: true }, { admission: ["knock"] }] as const) {
    const given = await room({}, { at: Date.now(), accused: [], was, unverified: was });
    const shut = await step(given, { newCharter: await nextCharter(given, rules) });
    assert.notEqual(await verdictOn(shut, { add: [await shut.lab.asks(stranger, shut.founder)] }), "adopted");
    const again = await newPerson("known", known.identity);
    const back = await step(shut, { add: [await shut.lab.asks(again, shut.founder)] });
    assert.deepEqual([...back.guest.unverified], was, "what nobody had compared before");
  }
});

/** A room that was formed anew twice: the founder, a guest who was there, and `known`, who is to come back. */
async function suspended(known: Person): Promise<Room> {
  const lab = await Lab.open();
  const guestPerson = await newPerson("guest");
  const only = [known, guestPerson].map(({ identity }) => toBase64url(identity.publicKey));
  const alone = await lab.found({ at: Date.now(), accused: [], was: only, unverified: [], suspended: { version: 1 } });
  const added = await lab.commit(alone, { add: [await lab.asks(guestPerson, alone)] });
  const adopted = await adoptOwn(alone, added.made, added.poster, added.claim);
  if ("fault" in adopted) throw new Error(adopted.fault);
  const guest = await lab.join(guestPerson, added.made, alone.trail, adopted.state);
  return { lab, founder: adopted.state, guest, guestPerson };
}

test("a joiner refuses the relay's trail if whoever let it in knows of another", async () => {
  const given = await room();
  const newcomer = await newPerson("newcomer");
  const { made, claim, poster } = await given.lab.commit(given.founder, {
    add: [await given.lab.asks(newcomer, given.founder)],
  });
  const after = await adoptOwn(given.founder, made, poster, claim);
  if ("fault" in after) throw new Error(after.fault);
  const other = { size: given.founder.trail.size, hash: toBase64url(new Uint8Array(32)) };
  await assert.rejects(given.lab.join(newcomer, made, other, after.state), { message: "head-differs" });
});

test("a joiner refuses a group whose id is not made of this room and of a place in its trail", async () => {
  const given = await room();
  const newcomer = await newPerson("newcomer");
  const elsewhere = { ...given.founder, origin: { ...given.founder.origin, n: 2 } };
  const { made, claim, poster } = await given.lab.commit(elsewhere, {
    add: [await given.lab.asks(newcomer, given.founder)],
  });
  const after = await adoptOwn(elsewhere, made, poster, claim);
  if ("fault" in after) throw new Error(after.fault);
  await assert.rejects(given.lab.join(newcomer, made, given.founder.trail, after.state), { message: "wrong-group" });
});

test("refuses a commit that another member posted than made it", async () => {
  const given = await room();
  const { made } = await given.lab.commit(given.founder, {});
  const claim = await given.lab.claim(given.guest, made, given.guestPerson.post);
  const adopted = await adoptCommit(given.guest, made.bytes, given.guestPerson.post, claim);
  assert.deepEqual(adopted, { fault: "list-differs" });
});

test("a refused commit leaves the state as it was: the right one is adopted after it", async () => {
  const given = await room();
  const { charter } = given.founder.charter;
  const forger = await hostKeys(generateHostSecret());
  const forged = await signCharter(forger.charterKey, { ...charter, version: charter.version + 1 });
  assert.equal(await verdict(given, await rawCommit(given.founder, { charter: forged.bytes })), "forged-charter");
  assert.equal(await verdictOn(given, {}), "adopted");
});

/** The same room with one more. */
