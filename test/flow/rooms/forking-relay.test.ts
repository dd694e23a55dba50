/**
 * The relay lies with its own signature: it signs another trail for one member, or for a later visit, or splits one off
 * from the others. And lies that need no signature: it delays, and brings back who has gone. Each test names the lie, and
 * what the members do. Source: product.md R8, R11; protocol.md §5, §9.
 */
import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from "node:crypto";
import { after, test } from "node:test";
import { type AuditEntry, canonicalEntry, signHead } from "../../../widget/wire/audit.ts";
import type { FromRelay, PostCommit } from "../../../widget/wire/room-relay.ts";
import { type Headless, Room } from "./headless.ts";
import { type Liar, startLiar } from "./liar.ts";
import { lied } from "./lied.ts";
import { openRelay } from "./relay.ts";

const seed = randomBytes(32);
const relay = await openRelay("embedded", { env: { AUDIT_KEY: seed.toString("base64url") } });
after(() => relay.close());

type Of<T extends FromRelay["type"]> = Extract<FromRelay, { type: T }>;

/** RFC 8410. */
const key = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  format: "der",
  type: "pkcs8",
});
const publicKey = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");

/** A trail of the liar's own: goes on from what it was given, and signs it as the relay would. */
class OwnTrail {
  #size: number;
  #hash: string;

  constructor(size: number, hash: string) {
    this.#size = size;
    this.#hash = hash;
  }

  async add(entries: readonly AuditEntry[]): Promise<{ head: string; audit: string[] }> {
    const audit: string[] = [];
    let room = "";
    for (const entry of entries) {
      const bytes = canonicalEntry({ ...entry, seq: this.#size++, prev: this.#hash });
      this.#hash = createHash("sha256").update(bytes).digest("base64url");
      audit.push(new TextDecoder().decode(bytes));
      room = entry.room;
    }
    const head = {
      origin: `http://frame.localhost/r/${room}`,
      size: this.#size,
      hash: Uint8Array.from(Buffer.from(this.#hash, "base64url")),
    };
    return { audit, head: await signHead(head, publicKey, async (bytes) => sign(null, bytes, key)) };
  }
}

const entriesOf = (audit: readonly string[]): AuditEntry[] => audit.map((line) => JSON.parse(line) as AuditEntry);

/** Takes over what the member hears: the lie may take its time, the order stays. */
function lying(liar: Liar, lie: (message: FromRelay) => Promise<FromRelay[]>): void {
  let work: Promise<unknown> = Promise.resolve();
  liar.lies = {
    toMember(message) {
      work = work.then(async () => {
        for (const told of await lie(message)) liar.tell(told);
      });
      return [];
    },
  };
}

const epochOf = (one: Headless): number => one.last("roster")?.epoch ?? 0;

test("signs another trail for one member: what members say in the group shows it to that member and to the others", async () => {
  const { room, victim, liar, honest } = await lied(relay.origin);
  let own: OwnTrail | undefined;
  lying(liar, async (message) => {
    if (message.type !== "commit") return [message];
    const entries = entriesOf(message.audit);
    own ??= new OwnTrail(entries[0]?.seq ?? 0, entries[0]?.prev ?? "");
    return [{ ...message, ...(await own.add(entries.map((entry) => ({ ...entry, time: entry.time + 60_000 })))) }];
  });
  const epoch = epochOf(victim);
  await honest.member.acts.heal();
  await victim.until(() => epochOf(victim) > epoch, "adopted: on its own the trail holds");
  await Promise.all([victim, room.host].map((one) => one.until(() => one.faults.includes("heads-differ"), "an alarm")));
});

for (const [lie, alter] of [
  ["leaves a commit's entry out of the trail, and signs the rest", () => []],
  [
    "says in the trail that somebody else did it, and signs that",
    (all: AuditEntry[]) => all.map((entry) => ({ ...entry, subject: "A".repeat(22) })),
  ],
  [
    "says in the trail that something else happened, and signs that",
    (all: AuditEntry[]) => all.map((entry) => ({ ...entry, type: "link" as const })),
  ],
  [
    "names another commit in the trail, and signs that",
    (all: AuditEntry[]) => all.map((entry) => ({ ...entry, commit: "A".repeat(43) })),
  ],
] as const) {
  test(`${lie}: the epoch is not adopted, and the member says so and leaves`, async () => {
    const { victim, liar, honest } = await lied(relay.origin);
    const epoch = epochOf(victim);
    lying(liar, async (message) => {
      if (message.type !== "commit") return [message];
      const entries = entriesOf(message.audit);
      const own = new OwnTrail(entries[0]?.seq ?? 0, entries[0]?.prev ?? "");
      // With nothing to add, the head is the one before.
      const altered = await own.add(alter(entries));
      return [{ ...message, ...altered }];
    });
    await honest.member.acts.heal();
    await victim.until(() => victim.phase === "refused", "refused");
    assert.equal(victim.last("phase")?.code, "room-not-genuine");
    assert.match(victim.faults.join(), /^(entry-differs|head-differs|head-not-signed)$/);
    assert.equal(epochOf(victim), epoch);
  });
}

test("splits one off by taking its commit for itself alone: each side sees the other as not confirmed, and hears nothing of it", async () => {
  const { room, victim, liar, honest } = await lied(relay.origin);
  const commits = liar.heard.filter((message): message is Of<"commit"> => message.type === "commit");
  const welcome = liar.heard.findLast((message): message is Of<"welcome"> => message.type === "welcome");
  const last = entriesOf(commits.at(-1)?.audit ?? welcome?.audit ?? []).at(-1);
  assert.ok(last);
  const trail = new OwnTrail(last.seq + 1, createHash("sha256").update(canonicalEntry(last)).digest("base64url"));
  let seq = Math.max(...liar.heard.map((message) => ("seq" in message ? message.seq : 0)));
  const id = victim.people.find(({ self }) => self)?.id ?? "";
  liar.lies = {
    toRelay(message) {
      if (message.type !== "commit") return [message];
      void ordered(message).then((entry) => liar.tell(entry));
      return [];
    },
    // Nothing of the others' group is an entry of this one.
    toMember: (message) => ("seq" in message ? [] : [message]),
  };
  async function ordered({ bytes, signature }: PostCommit): Promise<Of<"commit">> {
    const subject = createHash("sha256").update(Buffer.from(id, "base64url")).digest().subarray(0, 16);
    const commit = createHash("sha256").update(Buffer.from(bytes, "base64url")).digest("base64url");
    const entry = { ...last, type: "epoch", subject: subject.toString("base64url"), commit } as AuditEntry;
    return { type: "commit", seq: ++seq, bytes, signature, poster: id, ...(await trail.add([entry])) };
  }
  const epoch = epochOf(victim);
  await victim.member.acts.heal();
  await victim.until(() => epochOf(victim) > epoch, "in an epoch of its own");
  void victim.say("not for them");
  await room.host.say("not for it");
  await honest.untilHeard("not for it");
  const unconfirmed = (one: Headless) => one.last("unconfirmed")?.ids ?? [];
  await victim.until(() => unconfirmed(victim).length === 2, "the others are not confirmed");
  await room.host.until(() => unconfirmed(room.host).includes(id), "it is not confirmed");
  assert.deepEqual([victim.heard, room.host.heard, honest.heard], [[], ["not for it"], ["not for it"]]);
});

for (const [lie, trail] of [
  ["withholds the trail", () => null],
  ["exports a rewritten trail", (text: string) => text.replace('"joined"', '"left"')],
  ["exports a trail without its end", (text: string) => text.split("\n").slice(0, -3).join("\n")],
] as const) {
  test(`${lie} from somebody who comes back: refused at the door`, async () => {
    const { room, victim, liar, honest } = await lied(relay.origin);
    await victim.member.leave();
    const epoch = epochOf(honest);
    await honest.member.acts.heal();
    await honest.until(() => epochOf(honest) > epoch, "the trail is longer");
    liar.lies = { trail };
    const how = { relay: liar.origin, identity: victim.identity, memory: victim.memory };
    const again = await room.invite("again", how);
    await again.until(() => again.phase === "refused", "refused");
    assert.equal(again.last("phase")?.code, "room-not-genuine");
    assert.equal(again.people.length, 0);
    liar.lies = {};
    const third = await room.invite("third", how);
    await third.until(() => third.phase === "in", "in, as the trail is whole");
  });
}

test("holds everything back for a while: heard late, once, and in order", async () => {
  const { room, victim, liar, honest } = await lied(relay.origin);
  const held: FromRelay[] = [];
  liar.lies = {
    toMember(message) {
      held.push(message);
      return [];
    },
  };
  const texts = ["one", "two", "three"];
  for (const text of texts) await room.host.say(text);
  const epoch = epochOf(honest);
  await honest.member.acts.heal();
  await honest.until(() => epochOf(honest) > epoch, "a new epoch");
  await honest.say("four");
  await room.host.untilHeard("four");
  assert.deepEqual(victim.heard, []);
  liar.lies = {};
  for (const message of held) liar.tell(message);
  await victim.untilHeard("four");
  assert.deepEqual(victim.heard, [...texts, "four"]);
  assert.deepEqual(victim.faults, []);
  room.assertOne();
});

test("brings back the key package of somebody who left: nobody is let in by it", async () => {
  const liar = await startLiar(relay.origin);
  const room = await Room.open(relay.origin, liar.origin);
  const [gone] = await room.grow("gone");
  const old = liar.heard.find((message): message is Of<"ask"> => message.type === "ask");
  assert.ok(old);
  await gone?.member.leave();
  await room.untilPeople(1);
  liar.lies = { toMember: (message) => [message.type === "ask" ? { ...old, seq: message.seq } : message] };
  const late = await room.invite("late");
  await late.until(() => late.phase === "waiting", "waiting");
  liar.lies = {};
  // Who asks next is let in, with all others whose asks are kept: there are none.
  const next = await room.invite("next");
  await next.untilPeople(2);
  assert.deepEqual(room.host.names, ["host", "next"]);
  assert.deepEqual([...room.host.faults, ...next.faults], []);
  assert.equal(late.people.length, 0);
  await late.member.leave();
  await room.leave();
  await liar.close();
});
