/** The links of a room, written and read. Source: protocol.md §2, product.md W4 (mangled links, for rooms too). */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatGuestLink, formatHostLink, formatLobbyLink, parseRoomLink } from "../../../widget/seal/room-link.ts";
import { CodedError } from "../../../widget/wire/errors.ts";

const origin = "https://frame.example";
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test("what is written is read again", () => {
  fc.assert(
    fc.property(bytes(16), bytes(32), fc.integer({ min: 1, max: 999_999 }), (roomId, secret, v) => {
      const guest = parseRoomLink(formatGuestLink(origin, roomId, secret, v));
      assert.ok(guest.kind === "guest");
      assert.deepEqual([guest.roomId, guest.roomSecret, guest.v, guest.mangled], [roomId, secret, v, false]);
      const host = parseRoomLink(formatHostLink(origin, roomId, secret));
      assert.ok(host.kind === "host");
      assert.deepEqual([host.roomId, host.hostSecret, host.mangled], [roomId, secret, false]);
    }),
  );
});

test("the secret stands behind the #, which no server gets", () => {
  const secret = new Uint8Array(32).fill(255);
  for (const link of [
    formatGuestLink(origin, new Uint8Array(16), secret, 1),
    formatHostLink(origin, new Uint8Array(16), secret),
  ]) {
    const { pathname, search } = new URL(link);
    assert.equal(pathname + search, "/r/AAAAAAAAAAAAAAAAAAAAAA");
  }
});

test("a link whose # became %23 is read and marked: the server has seen its secret", () => {
  const guest = formatGuestLink(origin, new Uint8Array(16), new Uint8Array(32), 3);
  for (const href of [
    guest.replace("#", "%23"),
    guest.replace("#", "%23").replaceAll("=", "%3D").replace("&", "%26"),
  ]) {
    const link = parseRoomLink(href);
    assert.ok(link.kind === "guest" && link.mangled);
    assert.equal(link.v, 3);
  }
});

test("trackers behind the secret are left out", () => {
  const link = parseRoomLink(`${formatGuestLink(origin, new Uint8Array(16), new Uint8Array(32), 2)}&utm_source=x`);
  assert.ok(link.kind === "guest" && link.v === 2);
});

test("a link without its fragment is the room's address: one may knock there, and it gives nothing else", () => {
  const roomId = crypto.getRandomValues(new Uint8Array(16));
  const address = formatLobbyLink(origin, roomId);
  for (const href of [address, `${address}#`, `${address}/`, `${address}?utm_source=x`]) {
    assert.deepEqual(parseRoomLink(href), { kind: "lobby", roomId, mangled: false });
  }
  assert.equal(formatGuestLink(origin, roomId, new Uint8Array(32), 1).split("#")[0], address);
});

test("refuses every link that is not whole", () => {
  const whole = formatGuestLink(origin, new Uint8Array(16), new Uint8Array(32), 1);
  const broken = [
    "",
    "x",
    origin,
    `${whole.split("#")[0]}%23`,
    `${whole.split("#")[0]}x`,
    `${whole.split("#")[0]}#`.replace("/r/", "/r//"),
    whole.replace("&v=1", ""),
    whole.replace("v=1", "v=0"),
    whole.replace("#s=A", "#s="),
    whole.replace("/r/A", "/r/"),
    whole.replace("/r/", "/v/"),
    whole.replace("#s=", "#k="),
  ];
  for (const href of broken) {
    assert.throws(
      () => parseRoomLink(href),
      (error) => error instanceof CodedError && error.code === "link-malformed",
      href,
    );
  }
});
