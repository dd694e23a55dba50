/**
 * Who is let in by a host's hand: for that the charter key has signed for this person, this group, this link and this
 * time, and for nothing else. Every commit here is a valid MLS commit of a real member. Source: product.md R8;
 * protocol.md §2 (Knock admission).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { epochOf, groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { makePass } from "../../../widget/group/pass.ts";
import { adoptOwn, type Change, type RoomState } from "../../../widget/group/room-state.ts";
import { type Bytes, toBase64url } from "../../../widget/wire/bytes.ts";
import type { LobbyAdmission } from "../../../widget/wire/commit-data.ts";
import { newKey, newPerson, type Person } from "./lab.ts";
import { nextCharter, type Room, room, step, verdictOn } from "./two-members.ts";

/** A room where everybody waits in the lobby, link or not. */
async function lobby(): Promise<Room> {
  const given = await room();
  return step(given, { newCharter: await nextCharter(given, { admission: ["knock"] }) });
}

interface Odd {
  readonly lobby?: LobbyAdmission;
  readonly for?: Pick<Person, "identity" | "name">;
  readonly key?: Room["lab"]["audit"];
  readonly at?: Partial<{ groupId: Bytes; v: number; epoch: number }>;
}

/** What somebody sends whom a host has let in. */
async function letIn({ lab, founder }: Room, person: Person, odd: Odd = {}): Promise<Change["add"][number]> {
  const { identity, name } = odd.for ?? person;
  const now = {
    groupId: groupIdOf(founder.group) as Bytes,
    v: founder.charter.charter.v,
    epoch: epochOf(founder.group),
  };
  const at = { ...now, ...odd.at, lobby: odd.lobby ?? ("compared" as const) };
  const who = { identity: toBase64url(identity.publicKey), name };
  const { epoch, proof } = await makePass(odd.key ?? lab.host.charterKey, who, at);
  const leaf = { ref: toBase64url(person.own.ref), postKey: person.post };
  return { keyPackage: person.own.bytes, admitted: { ...leaf, epoch, proof, lobby: at.lobby } };
}

const unverifiedIn = ({ unverified }: RoomState) => [...unverified];

test("takes whom a host lets in, and knows from the commit alone whether the digits were compared", async () => {
  for (const word of ["compared", "unverified"] as const) {
    const given = await lobby();
    const person = await newPerson("visitor");
    const after = await step(given, { add: [await letIn(given, person, { lobby: word })] });
    const expected = word === "unverified" ? [toBase64url(person.identity.publicKey)] : [];
    assert.deepEqual([unverifiedIn(after.founder), unverifiedIn(after.guest)], [expected, expected]);
  }
});

test("a joiner learns who was let in without digits, itself included", async () => {
  const given = await lobby();
  const person = await newPerson("visitor");
  const { made, claim, poster } = await given.lab.commit(given.founder, {
    add: [await letIn(given, person, { lobby: "unverified" })],
  });
  const after = await adoptOwn(given.founder, made, poster, claim);
  if ("fault" in after) throw new Error(after.fault);
  const joined = await given.lab.join(person, made, given.founder.trail, after.state);
  assert.deepEqual(unverifiedIn(joined), [toBase64url(person.identity.publicKey)]);
});

test("whoever comes back as another leaf stays what they were; let in again with digits they are not any more", async () => {
  const given = await lobby();
  const person = await newPerson("visitor");
  const inside = await step(given, { add: [await letIn(given, person, { lobby: "unverified" })] });
  const again = await newPerson("visitor", person.identity);
  const remove = [{ postKey: person.post, reason: "replaced" as const }];
  const back = await step(inside, { add: [await inside.lab.asks(again, inside.founder)], remove });
  assert.deepEqual(unverifiedIn(back.guest), [toBase64url(person.identity.publicKey)]);
  const third = await newPerson("visitor", person.identity);
  const compared = await step(back, { add: [await letIn(back, third)] });
  assert.deepEqual(unverifiedIn(compared.guest), []);
});

test("refuses a host's word that another key gave: no member, and no relay, lets anybody in from the lobby", async () => {
  const given = await lobby();
  const person = await newPerson("ghost");
  const add = [await letIn(given, person, { key: await newKey() })];
  assert.equal(await verdictOn(given, { add }), "not-admitted");
  const byLink = await given.lab.asks(person, given.founder);
  const asHost = { ...byLink, admitted: { ...byLink.admitted, lobby: "compared" as const } };
  assert.equal(await verdictOn(given, { add: [asHost] }), "not-admitted");
});

test("refuses a word for somebody else, for another name, and one that says more than the host did", async () => {
  const given = await lobby();
  const person = await newPerson("visitor");
  const { identity } = person;
  const odd = [
    await letIn(given, person, { for: await newPerson("visitor") }),
    await letIn(given, person, { for: { identity, name: "the director" } }),
  ];
  const flipped = await letIn(given, person, { lobby: "unverified" });
  odd.push({ ...flipped, admitted: { ...flipped.admitted, lobby: "compared" } });
  for (const add of odd) assert.equal(await verdictOn(given, { add: [add] }), "not-admitted");
});

test("refuses a word of another group, of another link and of a time to come", async () => {
  const given = await lobby();
  const person = await newPerson("visitor");
  const epoch = epochOf(given.founder.group);
  const other = crypto.getRandomValues(new Uint8Array(32));
  for (const at of [{ groupId: other }, { v: 2 }]) {
    assert.equal(await verdictOn(given, { add: [await letIn(given, person, { at })] }), "not-admitted");
  }
  const early = await letIn(given, person, { at: { epoch: epoch + 1 } });
  assert.equal(await verdictOn(given, { add: [early] }), "admission-too-old");
});

test("a host's word lets nobody in where there is no lobby, nor into a locked room", async () => {
  const open = await room();
  assert.equal(await verdictOn(open, { add: [await letIn(open, await newPerson("new"))] }), "no-lobby-admission");
  const given = await lobby();
  const locked = await step(given, { newCharter: await nextCharter(given, { locked: true }) });
  assert.equal(await verdictOn(locked, { add: [await letIn(locked, await newPerson("new"))] }), "locked");
});
