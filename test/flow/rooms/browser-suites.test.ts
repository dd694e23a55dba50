/**
 * A room that is sealed otherwise than usual, in real Chromium: what it needs is loaded under the frame's own policy, and
 * a person can see what the room is sealed with. Source: product.md R4, protocol.md §2, §3.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { parseRoomLink } from "../../../widget/seal/room-link.ts";
import { button, inviteOf, openRoomPage, startRoom } from "../../widget/views/open-room.ts";
import { openWorld, type World } from "../world.ts";
import { Headless } from "./headless.ts";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

test("a room with ChaCha20-Poly1305 and X-Wing is started by a tag, entered, talked in, and says what it is sealed with", async () => {
  const tag = '<whatping-room cipher="chacha20" key-agreement="x-wing"></whatping-room>';
  const { page, within } = await openRoomPage(world, tag);
  await startRoom(within, "Mara");
  const guest = await Headless.begin({
    relay: `http://127.0.0.1:${world.api.port}`,
    link: parseRoomLink(await inviteOf(within)),
    name: "Ben",
  });
  await guest.untilPeople(2);
  const { rules } = guest.last("rules") ?? {};
  assert.deepEqual([rules?.cipher, rules?.keyAgreement], ["CHACHA20_POLY1305_SHA512_128", "x-wing"]);
  await guest.say("hello from Ben");
  await within.getByText("hello from Ben").waitFor();
  await within.getByRole("textbox", { name: "Write a message" }).fill("hello from Mara");
  await button(within, "Send").click();
  await guest.untilHeard("hello from Mara");
  await button(within, "Room code").click();
  await within.getByText("ChaCha20-Poly1305").and(within.getByText("ML-KEM-768")).waitFor();
  assert.deepEqual(guest.faults, []);
  await guest.member.leave();
  await page.context().close();
});

test("a tag that asks for what there is not starts a room as usual", async () => {
  const { page, within } = await openRoomPage(
    world,
    '<whatping-room cipher="rot13" key-agreement="none"></whatping-room>',
  );
  await startRoom(within, "Mara");
  await button(within, "Room code").click();
  await within.getByText("AES-256-GCM").and(within.getByText("X25519")).waitFor();
  await page.context().close();
});
