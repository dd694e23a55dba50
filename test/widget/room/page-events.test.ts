/** What a page hears of a room: ids, states, counts; each once, when it changes. Source: protocol.md §11. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type MediaState, NO_MEDIA } from "../../../widget/frame/room/call/media-state.ts";
import { type PageEvent, pageEvents, type Seen } from "../../../widget/frame/room/page-events.ts";
import { EMPTY_ROOM, type Room } from "../../../widget/frame/room/room.ts";
import { pageIdOf } from "../../../widget/seal/page-id.ts";
import type { FrameEvents } from "../../../widget/wire/host-frame.ts";
import { ROOM_POSES } from "../../shots/room-poses.ts";

const idOf = (id: string) => `<${id}>`;
const TALKING = ROOM_POSES.talking as Room;
const seen = (room: Room, media: Partial<MediaState> = {}): Seen => ({ room, media: { ...NO_MEDIA, ...media } });
const INSIDE = seen(TALKING, { sfu: "connected" });
const of = <N extends PageEvent["name"]>(events: readonly PageEvent[], name: N) =>
  events.filter((event) => event.name === name).map(({ detail }) => detail as FrameEvents[N]);
const inside = (media: Partial<MediaState>) => seen(TALKING, { sfu: "connected", ...media });
const ANNA = "id of Anna";
const MARA = "id of Mara Keller";

test("a page that knew nothing hears where the person is, and nothing that is as it always begins", () => {
  assert.deepEqual(pageEvents(undefined, seen(EMPTY_ROOM), idOf), [
    { name: "whatping-phase", detail: { phase: "start" } },
  ]);
});

test("what has not changed is not said again", () => {
  for (const room of Object.values(ROOM_POSES)) assert.deepEqual(pageEvents(seen(room), seen(room), idOf), []);
});

test("whoever comes is a pseudonym, oneself marked; whoever goes is the same one", () => {
  const came = pageEvents(undefined, INSIDE, idOf);
  assert.deepEqual(of(came, "whatping-people"), [{ count: 4 }]);
  assert.deepEqual(of(came, "whatping-participant-joined")[0], { id: `<${MARA}>`, self: true });
  assert.equal(of(came, "whatping-participant-joined").length, 4);
  const went = pageEvents(INSIDE, seen(ROOM_POSES.left as Room), idOf);
  assert.deepEqual(
    of(went, "whatping-participant-left"),
    of(came, "whatping-participant-joined").map(({ id }) => ({ id })),
  );
  assert.deepEqual(of(went, "whatping-people"), [{ count: 0 }]);
});

test("whoever came back as another leaf is another pseudonym, and still one person", () => {
  const people = TALKING.people.map((person) => (person.id === ANNA ? { ...person, id: "another leaf" } : person));
  const events = pageEvents(INSIDE, seen({ ...TALKING, people }, { sfu: "connected" }), idOf);
  assert.deepEqual(
    events.map(({ name }) => name),
    ["whatping-participant-left", "whatping-participant-joined"],
  );
});

describe("media", () => {
  test("one's own count as on when they are on, not when they are coming", () => {
    const starting = inside({ sources: { ...NO_MEDIA.sources, camera: "starting" } });
    assert.deepEqual(pageEvents(INSIDE, starting, idOf), []);
    const on = inside({ sources: { microphone: "off", camera: "on", screen: "off" } });
    assert.deepEqual(pageEvents(starting, on, idOf), [
      { name: "whatping-media", detail: { microphone: false, camera: true, screen: false } },
    ]);
  });

  test("those of others are what they say of themselves; a raised hand is not among them", () => {
    const states = (state: object): Seen =>
      seen(
        {
          ...TALKING,
          selfStates: new Map([[ANNA, { microphone: false, camera: false, screen: false, hand: false, ...state }]]),
        },
        { sfu: "connected" },
      );
    assert.deepEqual(pageEvents(INSIDE, states({ hand: true }), idOf), []);
    assert.deepEqual(pageEvents(INSIDE, states({ microphone: true }), idOf), [
      {
        name: "whatping-participant-media",
        detail: { id: `<${ANNA}>`, microphone: true, camera: false, screen: false },
      },
    ]);
  });

  test("who is heard, in order; nobody, too", () => {
    const heard = inside({ speaking: [ANNA, MARA] });
    assert.deepEqual(pageEvents(INSIDE, heard, idOf), [
      { name: "whatping-speaking", detail: { ids: [`<${ANNA}>`, `<${MARA}>`] } },
    ]);
    assert.deepEqual(pageEvents(heard, INSIDE, idOf), [{ name: "whatping-speaking", detail: { ids: [] } }]);
  });

  test("the quality of one's own connection, nobody else's", () => {
    assert.deepEqual(pageEvents(INSIDE, inside({ quality: new Map([[ANNA, "lost"]]) }), idOf), []);
    assert.deepEqual(pageEvents(INSIDE, inside({ quality: new Map([[MARA, "weak"]]) }), idOf), [
      { name: "whatping-quality", detail: { own: "weak" } },
    ]);
  });
});

describe("what can't be opened", () => {
  const tile = (opening: "coming" | "open" | "closed", person: string | undefined = ANNA) =>
    inside({ tiles: [{ key: "1", person, kind: "video", opening, reason: "not-authentic", show: () => undefined }] });

  test("is said when it closes and when it opens again", () => {
    assert.deepEqual(pageEvents(tile("coming"), tile("closed"), idOf), [
      { name: "whatping-decryption-failed", detail: { member: `<${ANNA}>`, kind: "video", reason: "not-authentic" } },
    ]);
    assert.deepEqual(pageEvents(tile("closed"), tile("open"), idOf), [
      { name: "whatping-decryption-resumed", detail: { member: `<${ANNA}>`, kind: "video" } },
    ]);
    assert.deepEqual(pageEvents(tile("coming"), tile("open"), idOf), []);
    assert.deepEqual(pageEvents(tile("closed"), tile("closed"), idOf), []);
  });

  test("and goes away closed has not come back", () => {
    assert.deepEqual(pageEvents(tile("closed"), inside({}), idOf), []);
  });

  test("of nobody in the room has no member", () => {
    const nobody = inside({
      tiles: [{ key: "1", person: undefined, kind: "video", opening: "closed", show: () => undefined }],
    });
    assert.deepEqual(of(pageEvents(INSIDE, nobody, idOf), "whatping-decryption-failed"), [
      { member: null, kind: "video", reason: "unknown" },
    ]);
  });
});

test("the relay's connection follows the phase, the SFU's is its own", () => {
  const relay = (name: string) =>
    of(pageEvents(undefined, seen(ROOM_POSES[name] as Room), idOf), "whatping-connection");
  assert.deepEqual(relay("connecting"), [{ relay: "connecting", sfu: "away" }]);
  assert.deepEqual(relay("waiting"), [{ relay: "connected", sfu: "away" }]);
  assert.deepEqual(relay("reconnecting"), [{ relay: "reconnecting", sfu: "away" }]);
  assert.deepEqual(relay("start"), []);
  assert.deepEqual(of(pageEvents(INSIDE, inside({ sfu: "reconnecting" }), idOf), "whatping-connection"), [
    { relay: "connected", sfu: "reconnecting" },
  ]);
});

test("a device that the page's policy forbids is said with what the page has to change", () => {
  const events = pageEvents(INSIDE, inside({ problem: { source: "screen", code: "permission-policy" } }), idOf);
  const [{ code, message } = { code: "", message: "" }] = of(events, "whatping-error");
  assert.equal(code, "permission-policy");
  assert.match(message, /display-capture=\(self/);
});

test("no name, text, link, key, code or identity of any state is ever said", () => {
  let before: Seen | undefined;
  const said: PageEvent[] = [];
  for (const room of Object.values(ROOM_POSES)) {
    const after = seen(room, { speaking: room.people.map(({ id }) => id) });
    said.push(...pageEvents(before, after, (id) => pageIdOf("https://shop.example", id)));
    before = after;
  }
  assert.ok(said.length > 40, `${said.length} events`);
  assert.doesNotMatch(JSON.stringify(said), /Mara|Anna|Ben|Cleo|key of|id of|lid|#[hs]=|4829/);
});

describe("a pseudonym", () => {
  test("is another one on every site, and the same one for every page of a site", () => {
    const shop = pageIdOf("https://shop.example", ANNA);
    assert.match(shop, /^[\w-]{22}$/);
    assert.equal(pageIdOf("https://shop.example", ANNA), shop);
    assert.notEqual(pageIdOf("https://blog.example", ANNA), shop);
    assert.notEqual(pageIdOf("https://shop.example", "another membership"), shop);
  });

  test("can't be made to collide by where origin and key meet", () => {
    assert.notEqual(pageIdOf("https://shop.example", "ab"), pageIdOf("https://shop.examplea", "b"));
  });
});
