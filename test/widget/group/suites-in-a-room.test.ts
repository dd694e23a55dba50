/**
 * Whatever a room's charter asks for, the room works as any other: people come, talk, are sent away; and what it asks for
 * is what its chat and its media are sealed with. On a real relay. Source: product.md R4, protocol.md §2, §3.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GroupToMedia, MediaSuite } from "../../../widget/wire/group-media.ts";
import type { KeyAgreement } from "../../../widget/wire/room-rules.ts";
import type { Headless } from "../../flow/rooms/headless.ts";
import { Room, relayOf, rulesOf } from "./rooms-on-a-relay.ts";

const relay = await relayOf();

interface Choice {
  readonly cipher: MediaSuite;
  readonly keyAgreement: KeyAgreement;
}

const CHOICES: readonly Choice[] = [
  { cipher: "AES_128_GCM_SHA256_128", keyAgreement: "x25519" },
  { cipher: "CHACHA20_POLY1305_SHA512_128", keyAgreement: "x25519" },
  { cipher: "AES_256_GCM_SHA512_128", keyAgreement: "x-wing" },
  { cipher: "CHACHA20_POLY1305_SHA512_128", keyAgreement: "x-wing" },
];

type EpochMessage = Extract<GroupToMedia, { type: "epoch" }>;

/** What a media worker would be told first. */
function epochOf(one: Headless): Promise<EpochMessage> {
  return new Promise((resolve) => {
    one.member.media.takePort({
      postMessage: (message) => {
        if (message.type === "epoch") resolve(message);
      },
    });
  });
}

for (const { cipher, keyAgreement } of CHOICES) {
  describe(`a room of ${cipher} and ${keyAgreement}`, () => {
    test("lets people in, carries what they say, and sends somebody away for good", async () => {
      const room = await Room.open(relay.origin, relay.origin, { cipher, keyAgreement });
      const [anna, ben] = await room.grow("anna", "ben");
      assert.ok(anna && ben);
      const { rules } = rulesOf(ben);
      assert.deepEqual([rules.cipher, rules.keyAgreement], [cipher, keyAgreement]);
      await anna.say("hello");
      await ben.untilHeard("hello");
      const dead = room.link;
      await room.host.member.acts.renewLink([room.host.id("ben")]);
      await ben.until(() => ben.phase === "removed", "removed");
      await anna.untilPeople(2);
      const again = await room.invite("ben", { link: dead });
      await again.until(() => again.phase === "refused", "refused");
      await anna.member.acts.heal();
      await room.host.say("still here");
      await anna.untilHeard("still here");
      for (const one of [room.host, anna]) assert.deepEqual(one.faults, []);
      await room.leave();
    });

    test("gives media keys of its cipher, the same to all", async () => {
      const room = await Room.open(relay.origin, relay.origin, { cipher, keyAgreement });
      const [anna] = await room.grow("anna");
      assert.ok(anna);
      const [ours, theirs] = await Promise.all([epochOf(room.host), epochOf(anna)]);
      assert.equal(ours.suite, cipher);
      assert.deepEqual([theirs.suite, theirs.epoch, theirs.baseKeys], [ours.suite, ours.epoch, ours.baseKeys]);
      await room.leave();
    });
  });
}

test("how a room is sealed is chosen when it is opened: a host can't change it later", async () => {
  const room = await Room.open(relay.origin);
  const change = room.host.member.acts.changeRules({ keyAgreement: "x-wing" });
  await assert.rejects(change, { code: "bad-request" });
  await assert.rejects(room.host.member.acts.changeRules({ keyAgreement: "rot13" as never }), { code: "bad-request" });
  await room.leave();
});

test("of a kind that the rules don't allow nobody has keys", async () => {
  const room = await Room.open(relay.origin, relay.origin, { kinds: ["audio"] });
  const { baseKeys } = await epochOf(room.host);
  assert.deepEqual(Object.keys(baseKeys), ["audio"]);
  await room.leave();
});
