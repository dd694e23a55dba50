/**
 * A membership ends while it works: what is under way goes nowhere, and nothing of it stays in memory.
 * Source: protocol.md §5, §10.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { allSecretTreeValues } from "ts-mls/secretTree.js";
import { MemberMedia } from "../../../widget/group/member-media.ts";
import { Membership } from "../../../widget/group/membership.ts";
import { adoptOwn } from "../../../widget/group/room-state.ts";
import type { ToRelay } from "../../../widget/wire/room-relay.ts";
import { startLiar } from "../../flow/rooms/liar.ts";
import { Lab, newPerson } from "./lab.ts";
import { Room, relayOf } from "./rooms-on-a-relay.ts";

/** Ben's, in a room of two. */
async function membership(sent: ToRelay[]): Promise<Membership> {
  const lab = await Lab.open();
  const founder = await lab.found();
  const ben = await newPerson("ben");
  const { made, claim, poster } = await lab.commit(founder, { add: [await lab.asks(ben, founder)] });
  const { trail } = founder;
  const adopted = await adoptOwn(founder, made, poster, claim);
  assert.ok("state" in adopted);
  const state = await lab.join(ben, made, trail, adopted.state);
  const nothing = () => undefined;
  const send = (message: ToRelay) => void sent.push(message);
  const media = new MemberMedia({ send, enterAnew: nothing });
  return new Membership({
    entered: { state, postKey: ben.postKey, seq: 0 },
    keys: () => lab.keys,
    nextCharter: async () => null,
    send,
    nextId: media.nextId,
    media: media.keys,
    on: {
      ...{ adopted: nothing, said: nothing, unconfirmed: nothing, removed: nothing, gap: nothing },
      ...{ fault: nothing, stranded: nothing, reform: nothing },
    },
  });
}

/** Secrets of its state that are not zeroes. */
function secretsLeft({ state: { group } }: Membership): number {
  const secrets = [...allSecretTreeValues(group.secretTree), ...Object.values(group.keySchedule)];
  return secrets.filter((secret) => secret instanceof Uint8Array && secret.some((byte) => byte !== 0)).length;
}

test("whenever a membership ends, nothing is posted after it, and no secret of its state stays", async () => {
  for (const turns of [0, 1, 2, 3, 5, 8, 13, 21, 34]) {
    const sent: ToRelay[] = [];
    const ben = await membership(sent);
    assert.notEqual(secretsLeft(ben), 0);
    void ben.say({ type: "chat", id: "1", text: "the secret", at: 1 });
    for (let i = 0; i < turns; i++) await turn();
    const before = sent.length;
    ben.end();
    await ben.settled();
    assert.equal(sent.length, before, `after ${turns} turns`);
    assert.equal(secretsLeft(ben), 0, `after ${turns} turns`);
  }
});

test("who leaves while its Welcome is being opened is in no room", async () => {
  const relay = await relayOf();
  const room = await Room.open(relay.origin);
  const liar = await startLiar(relay.origin);
  const epoch = room.host.last("roster")?.epoch ?? 0;
  let ask: ToRelay | undefined;
  liar.lies = {
    // A commit between door and Welcome: the trail is read while the Welcome is being opened.
    toRelay: (message) => {
      if (message.type !== "ask") return [message];
      ask = message;
      void room.host.member.acts.changeRules({});
      return [];
    },
    trail: (text) => {
      void victim.member.leave();
      return text;
    },
  };
  const victim = await room.invite("victim", { relay: liar.origin });
  await room.host.until(() => (room.host.last("roster")?.epoch ?? 0) > epoch, "a commit");
  assert.ok(ask);
  liar.say(ask);
  await victim.until(() => victim.phase === "left", "left");
  // Longer than any Welcome takes to open.
  const cleo = await room.invite("cleo");
  await cleo.until(() => cleo.phase === "in", "in");
  assert.equal(victim.phase, "left");
  assert.equal(await victim.member.exportTrail(), undefined, "no membership");
  await room.leave();
  await liar.close();
});
