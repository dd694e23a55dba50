/**
 * What a relay that keeps everything has in the end: no word, no name, no key. And what a copy of a member, its link
 * included, is worth after that member heals: nothing. Source: product.md R5, R7.
 */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { hostKeys, linkKeys } from "../../../widget/seal/room-keys.ts";
import { CANARY, findIn, type Pattern, unwrapped, wanted } from "../../support/canary.ts";
import { hearSockets } from "../../support/record-sockets.ts";
import { tappedKeys } from "../../support/tapped-keys.ts";
import { Headless, Room } from "./headless.ts";
import { openRelay } from "./relay.ts";
import { dumpRedis } from "./relay-dump.ts";

const prefix = `secrets-${randomBytes(4).toString("hex")}:`;
const relays = { redis: await openRelay("redis", { prefix }), embedded: await openRelay("embedded") };
const { redis: relay } = relays;
after(() => Promise.all(Object.values(relays).map((each) => each.close())));

let passed = "";
hearSockets((_, text) => {
  passed += `${text}\n`;
});

/** Somebody with the marker for a name comes, all talk, the link is renewed, one is sent away. */
async function live(origin: string): Promise<Room> {
  const room = await Room.open(origin);
  const guest = await room.invite(CANARY);
  await guest.untilPeople(2);
  await guest.say(`I said ${CANARY}`);
  await room.host.say(`and I heard ${CANARY}`);
  await guest.untilHeard(`and I heard ${CANARY}`);
  await room.grow("ben");
  await room.host.member.acts.renewLink([room.host.id("ben")]);
  await guest.until(() => guest.member.invitation?.v === 2, "the new link");
  await guest.member.acts.heal();
  await room.host.until(() => room.host.last("roster")?.people.length === 2, "ben is out");
  return room;
}

/** All that must not be found: the marker, and every secret key of everybody, by its bytes. */
async function secretsOf({ hostSecret }: Room): Promise<Pattern[]> {
  const host = await hostKeys(hostSecret);
  const link = [await host.roomSecret(1), await host.roomSecret(2)];
  const named = [hostSecret, ...link].map((bytes, i) => ({
    name: i === 0 ? "host secret" : `room secret ${i}`,
    bytes,
  }));
  return [...named, ...tappedKeys()].map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes) }));
}

async function stored(store: keyof typeof relays): Promise<Buffer> {
  if (store === "embedded") {
    const { dataDir } = relays.embedded;
    return Buffer.concat(
      readdirSync(dataDir).flatMap((name) => (name.includes("sqlite") ? [readFileSync(join(dataDir, name))] : [])),
    );
  }
  const { documents, entries } = await dumpRedis(process.env.TEST_REDIS_URL ?? "", prefix);
  return Buffer.from([...documents.map(({ value }) => value), ...entries.map(({ text }) => text)].join("\n"));
}

for (const store of ["redis", "embedded"] as const) {
  test(`names, words and keys stand in nothing that passes, is stored on ${store} or logged, in no spelling and not inside of what is there`, async () => {
    passed = "";
    const room = await live(relays[store].origin);
    const secrets = await secretsOf(room);
    const patterns = wanted(secrets);
    const places = {
      sockets: Buffer.from(passed),
      store: await stored(store),
      log: readFileSync(relays[store].logFile),
    };
    for (const [name, bytes] of Object.entries(places)) {
      assert.deepEqual(findIn(bytes, name, patterns), []);
      assert.deepEqual(findIn(Buffer.concat(unwrapped(bytes.toString("latin1"))), `inside ${name}`, patterns), []);
    }
    // Of everybody: post key, leaf key, envelope keys, keys of messages. And the search finds what is there.
    assert.ok(secrets.length > 50, `${secrets.length} secrets`);
    const { relayToken } = await linkKeys(await (await hostKeys(room.hostSecret)).roomSecret(1), room.roomId);
    const token = wanted([{ name: "token", bytes: Buffer.from(relayToken) }]);
    assert.notEqual(findIn(places.sockets, "sockets", token).length, 0);
    const inside = unwrapped(places.sockets.toString("latin1"));
    assert.notEqual(findIn(Buffer.concat(inside), "inside", token).length, 0);
    assert.ok(places.store.includes(Buffer.from(room.roomId).toString("base64url")) && places.log.length > 0);
    await room.leave();
  });
}

test("a copy of a host, link included, is locked out once the host heals: its link is dead and its leaf is followed by nobody", async () => {
  const room = await Room.open(relay.origin);
  await room.grow("anna");
  const stolen = room.link;
  const epoch = room.host.last("roster")?.epoch ?? 0;
  await room.host.member.acts.heal();
  await room.host.until(() => (room.host.last("roster")?.epoch ?? 0) > epoch, "healed");
  const copy = await Headless.begin({ relay: relay.origin, link: stolen, name: "host", identity: room.host.identity });
  await copy.until(() => copy.phase === "refused", "refused");
  assert.equal(copy.last("phase")?.code, "link-replaced");
  assert.deepEqual(room.host.names, ["anna", "host"]);
  await room.leave();
});
