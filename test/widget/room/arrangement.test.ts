/** Who stands where on a call's stage, and who comes to the front: pure, without a browser. Source: product.md R16. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type MediaState, NO_MEDIA, type Tile } from "../../../widget/frame/room/call/media-state.ts";
import { EMPTY_ROOM, type Room } from "../../../widget/frame/room/room.ts";
import {
  type Arrangement,
  arrange,
  type Figure,
  figuresOf,
  isStageOn,
  type Place,
  type Wish,
} from "../../../widget/frame/room/view/arrangement.ts";
import { FrontSpeaker } from "../../../widget/frame/room/view/front-speaker.ts";
import { handsAfter } from "../../../widget/frame/room/view/hands.ts";
import type { Person, SelfState } from "../../../widget/wire/frame-group.ts";

const person = (name: string, self = false): Person => ({
  id: name,
  identity: `key of ${name}`,
  name,
  host: false,
  self,
});
const ME = person("Mara", true);
const QUIET: SelfState = { microphone: false, camera: false, screen: false, hand: false };
const SIZE = { width: 900, height: 600 };
const GRID: Wish = { layout: "grid", pinned: undefined, speaker: undefined };
const SPEAKER: Wish = { ...GRID, layout: "speaker" };

const roomOf = (...others: string[]): Room => ({
  ...EMPTY_ROOM,
  phase: "in",
  people: [ME, ...others.map((name) => person(name))],
});
const picture = (name: string | undefined, more: Partial<Tile> = {}): Tile => ({
  key: `${name} ${more.kind}`,
  person: name,
  kind: "video",
  opening: "open",
  show: () => undefined,
  ...more,
});
const mediaOf = (...tiles: Tile[]): MediaState => ({ ...NO_MEDIA, tiles });
const keysOf = (figures: readonly Figure[]) => figures.map(({ key }) => key);

describe("who is on the stage", () => {
  test("nobody, where nobody shows or says anything", () => {
    assert.equal(isStageOn(roomOf("Anna"), NO_MEDIA), false);
  });

  test("a picture, a microphone that is on, a voice, or what one sends oneself opens it", () => {
    const room = roomOf("Anna");
    assert.ok(isStageOn(room, mediaOf(picture("Anna"))));
    assert.ok(isStageOn({ ...room, selfStates: new Map([["Anna", { ...QUIET, microphone: true }]]) }, NO_MEDIA));
    assert.ok(isStageOn(room, { ...NO_MEDIA, speaking: ["Anna"] }));
    assert.ok(isStageOn(room, { ...NO_MEDIA, sources: { ...NO_MEDIA.sources, screen: "starting" } }));
  });

  test("everybody has a figure, with a picture or without, oneself last", () => {
    const figures = figuresOf(roomOf("Anna", "Ben"), mediaOf(picture("Ben")));
    assert.deepEqual(keysOf(figures), ["person Anna", "person Ben", "own"]);
    assert.deepEqual(
      figures.map(({ tile }) => tile !== undefined),
      [false, true, false],
    );
  });

  test("a name at the SFU that nobody on the roster has is a figure of nobody", () => {
    const figures = figuresOf(roomOf("Anna"), mediaOf(picture(undefined), picture("Zoe")));
    assert.equal(figures.filter(({ person: who, own }) => !who && !own).length, 2);
    assert.equal(new Set(keysOf(figures)).size, figures.length);
  });

  test("a figure keeps its key when its picture comes or goes", () => {
    const room = roomOf("Anna");
    assert.deepEqual(keysOf(figuresOf(room, NO_MEDIA)), keysOf(figuresOf(room, mediaOf(picture("Anna")))));
  });

  test("who reloaded has one figure, not two", () => {
    const room = roomOf("Anna");
    const again = { ...person("Anna"), id: "Anna again" };
    const figures = figuresOf({ ...room, people: [...room.people, again] }, mediaOf(picture("Anna again")));
    assert.equal(figures.filter(({ person: who }) => who?.name === "Anna").length, 1);
  });
});

describe("who is large", () => {
  const room = roomOf("Anna", "Ben", "Cleo");
  const shared = figuresOf(room, mediaOf(picture("Anna"), picture("Ben", { kind: "screen" })));

  test("in the grid nobody; in the speaker view whoever speaks", () => {
    const figures = figuresOf(room, mediaOf(picture("Anna")));
    assert.equal(arrange(figures, GRID, SIZE).front, undefined);
    assert.equal(arrange(figures, { ...SPEAKER, speaker: "Ben" }, SIZE).front, "person Ben");
  });

  test("a shared screen takes the stage by itself, one's own does not", () => {
    assert.equal(arrange(shared, GRID, SIZE).front, "screen Ben");
    const own = { ...NO_MEDIA, sources: { ...NO_MEDIA.sources, screen: "on" } } as const;
    assert.equal(arrange(figuresOf(room, own), GRID, SIZE).front, undefined);
  });

  test("a screen that can't be opened does not take it", () => {
    const closed = figuresOf(room, mediaOf(picture("Ben", { kind: "screen", opening: "closed" })));
    assert.equal(arrange(closed, GRID, SIZE).front, undefined);
  });

  test("a pin wins over the screen and over whoever speaks, also of somebody without a picture", () => {
    assert.equal(arrange(shared, { ...SPEAKER, speaker: "Anna", pinned: "person Cleo" }, SIZE).front, "person Cleo");
  });

  test("alone with one other in the speaker view, one is in the corner of their picture", () => {
    const { front, corner, places } = arrange(figuresOf(roomOf("Anna"), NO_MEDIA), SPEAKER, SIZE);
    assert.deepEqual([front, corner], ["person Anna", "own"]);
    assert.deepEqual(places.get("person Anna"), { x: 0, y: 0, ...SIZE });
  });
});

describe("places", () => {
  const sizes = fc.record({ width: fc.integer({ min: 200, max: 2_000 }), height: fc.integer({ min: 90, max: 1_400 }) });
  const crowds = fc.integer({ min: 1, max: 60 });
  const wishes = fc.record({
    layout: fc.constantFrom("grid" as const, "speaker" as const),
    pinned: fc.constantFrom(undefined, "person 1", "own"),
    speaker: fc.constantFrom(undefined, "2"),
  });
  const crowd = (count: number) => roomOf(...Array.from({ length: count }, (_, i) => String(i)));

  function boxesOf({ places, more, corner }: Arrangement): Place[] {
    const seated = [...places].flatMap(([key, place]) => (key === corner ? [] : [place]));
    return more ? [...seated, more.place] : seated;
  }

  test("lie inside the stage, apart from each other, in every size, for every crowd", () => {
    fc.assert(
      fc.property(sizes, crowds, wishes, (size, count, wish) => {
        const boxes = boxesOf(arrange(figuresOf(crowd(count), NO_MEDIA), wish, size));
        for (const [i, a] of boxes.entries()) {
          assert.ok(a.x >= -0.01 && a.y >= -0.01, `${JSON.stringify(a)}`);
          assert.ok(a.x + a.width <= size.width + 0.01 && a.y + a.height <= size.height + 0.01, JSON.stringify(a));
          for (const b of boxes.slice(i + 1)) {
            const apart =
              a.x + a.width <= b.x + 0.01 ||
              b.x + b.width <= a.x + 0.01 ||
              a.y + a.height <= b.y + 0.01 ||
              b.y + b.height <= a.y + 0.01;
            assert.ok(apart, `${JSON.stringify([a, b, size, count, wish])}`);
          }
        }
      }),
    );
  });

  test("everybody has one or is counted in +n", () => {
    fc.assert(
      fc.property(sizes, crowds, wishes, (size, count, wish) => {
        const figures = figuresOf(crowd(count), NO_MEDIA);
        const { places, more } = arrange(figures, wish, size);
        assert.equal(places.size + (more?.count ?? 0), figures.length);
        assert.notEqual(more?.count, 0);
      }),
    );
  });

  test("where not all fit, whoever speaks and whoever shows a picture stand before the others", () => {
    const figures = figuresOf(crowd(40), mediaOf(picture("38")));
    const { places, more } = arrange(figures, { ...GRID, speaker: "39" }, { width: 300, height: 200 });
    assert.ok(more && more.count > 0);
    assert.ok(places.has("own") && places.has("person 39") && places.has("person 38"));
  });
});

describe("whoever speaks comes to the front", () => {
  test("the first at once, another one only after a second of being the loudest", () => {
    const speaker = new FrontSpeaker();
    speaker.heard("a", 0);
    assert.equal(speaker.front, "a");
    assert.equal(speaker.heard("b", 10_000), 1_000);
    assert.equal(speaker.front, "a");
    speaker.heard("b", 11_000);
    assert.equal(speaker.front, "b");
  });

  test("a cough moves nothing, nor does silence", () => {
    const speaker = new FrontSpeaker();
    speaker.heard("a", 0);
    speaker.heard("b", 10_000);
    speaker.heard("a", 10_500);
    speaker.heard("b", 10_900);
    speaker.heard(undefined, 11_800);
    speaker.heard("b", 11_900);
    assert.equal(speaker.front, "a");
  });

  test("whoever has just come to the front stays for two and a half seconds", () => {
    const speaker = new FrontSpeaker();
    speaker.heard("a", 0);
    speaker.heard("b", 100);
    assert.equal(speaker.heard("b", 1_200), 1_300);
    assert.equal(speaker.front, "a");
    speaker.heard("b", 2_500);
    assert.equal(speaker.front, "b");
  });
});

describe("hands", () => {
  const up = (...ids: string[]) => new Map(["a", "b", "c"].map((id) => [id, { ...QUIET, hand: ids.includes(id) }]));

  test("stand in the order of raising, whatever the order of the states", () => {
    const first = handsAfter([], up("c"));
    assert.deepEqual(handsAfter(first, up("a", "c")), ["c", "a"]);
  });

  test("who lowers and raises again stands last; who left is gone", () => {
    const hands = handsAfter(handsAfter(["c", "a"], up("a")), up("a", "c"));
    assert.deepEqual(hands, ["a", "c"]);
    assert.deepEqual(handsAfter(["a", "gone"], up("a")), ["a"]);
  });
});
