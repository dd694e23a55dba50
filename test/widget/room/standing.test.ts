/** How sure one can be of somebody, and whose presence stops one's own sending. Source: product.md R9. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type Acquaintance,
  type Circle,
  hueOf,
  initialsOf,
  standingOf,
  stopsSending,
  type Verdict,
} from "../../../widget/frame/room/standing.ts";
import type { Person } from "../../../widget/wire/frame-group.ts";

const person = (name: string, identity = `key of ${name}`, self = false): Person => ({
  id: `id of ${identity}`,
  identity,
  name,
  host: false,
  self,
});
const ME = person("Me", "my key", true);

interface Met {
  readonly name: string;
  readonly identity?: string;
  readonly verdict?: Verdict;
  readonly firstMet?: number;
}

function circle(people: readonly Person[], ...met: readonly Met[]): Circle {
  const known = met.map(({ name, identity = `key of ${name}`, verdict, firstMet = 1 }): [string, Acquaintance] => [
    identity,
    { identity, names: [name], firstMet, ...(verdict ? { verdict } : {}) },
  ]);
  return { people: [ME, ...people], known: new Map(known), enteredAt: 1_000 };
}

describe("somebody is", () => {
  const anna = person("Anna");
  test("new, if this browser never met the key", () => {
    assert.equal(standingOf(anna, circle([anna])), "new");
  });

  test("new for the whole visit in which they were met, and seen before in the next", () => {
    assert.equal(standingOf(anna, circle([anna], { name: "Anna", firstMet: 1_000 })), "new");
    assert.equal(standingOf(anna, circle([anna], { name: "Anna", firstMet: 999 })), "seen");
  });

  test("verified, whatever they call themselves", () => {
    assert.equal(standingOf(anna, circle([anna], { name: "Anna", verdict: "verified" })), "verified");
    const renamed = person("Aunt", anna.identity);
    assert.equal(standingOf(renamed, circle([renamed], { name: "Anna", verdict: "verified" })), "verified");
  });

  test("oneself, in whatever window", () => {
    assert.equal(standingOf(ME, circle([])), "own");
    const twin = { ...ME, id: "other leaf", self: false };
    assert.equal(standingOf(twin, circle([twin], { name: "Me", identity: "else", verdict: "verified" })), "own");
  });

  const verified: Met = { name: "Anna", identity: "the true key", verdict: "verified" };
  for (const name of ["Anna", "anna", "ANNA", " Anna", "Anna ", "An\u200bna", "Ａｎｎａ", "Anna\u2060"]) {
    test(`changed, if called ${JSON.stringify(name)} where an Anna was verified`, () => {
      const other = person(name, "another key");
      assert.equal(standingOf(other, circle([other], verified)), "changed");
    });
  }

  for (const [what, name] of [
    ["a variation selector", "Anna\ufe0f"],
    ["a combining grapheme joiner", "An\u034fna"],
    ["a Hangul filler", "Anna\u3164"],
    ["a blank Braille cell", "Anna\u2800"],
    ["a Cyrillic А", "\u0410nna"],
    ["Greek capitals", "\u0391\u039d\u039dA"],
    ["a Cyrillic а at its end", "Ann\u0430"],
    ["a Lisu A", "\ua4eenna"],
  ] as const) {
    test(`changed by ${what} in the name of a verified Anna`, () => {
      const other = person(name, "another key");
      assert.equal(standingOf(other, circle([other], verified)), "changed");
    });
  }

  for (const [true_, false_] of [
    ["Вера", "Bepa"],
    ["Ida", "lda"],
    ["Ben", "\u0412en"],
    ["Νίκος", "νίκος"],
    ["Νίκος", "Nίκος"],
    ["Moritz", "rnor1tz"],
    ["José", "J\u043ese\u0301"],
  ] as const) {
    test(`changed by ${false_} where ${true_} was verified`, () => {
      const other = person(false_, "another key");
      const met: Met = { name: true_, identity: "the true key", verdict: "verified" };
      assert.equal(standingOf(other, circle([other], met)), "changed");
    });
  }

  test("changed also by a name that is written with other bytes", () => {
    const other = person("Jose\u0301", "another key");
    const jose: Met = { name: "Jos\u00e9", identity: "the true key", verdict: "verified" };
    assert.equal(standingOf(other, circle([other], jose)), "changed");
  });

  test("changed even if the verified one is here too, or the key was seen before", () => {
    const other = person("anna", "another key");
    const true_ = person("Anna", "the true key");
    assert.equal(standingOf(other, circle([true_, other], verified)), "changed");
    assert.equal(standingOf(true_, circle([true_, other], verified)), "verified");
    assert.equal(standingOf(other, circle([other], verified, { name: "anna", identity: "another key" })), "changed");
  });

  test("not changed, if another person of that name was accepted, or the name is another", () => {
    const other = person("Anna", "another key");
    const accepted: Met = { name: "Anna", identity: "another key", verdict: "another" };
    assert.equal(standingOf(other, circle([other], verified, accepted)), "seen");
    for (const name of ["Annika", "Änna", "Anne", "Анна Б", "小林さくら", "Ana"]) {
      const another = person(name);
      assert.equal(standingOf(another, circle([another], verified)), "new", name);
    }
  });
});

test("only who changed, or whose digits differ, stops the sending", () => {
  const [anna, ben, cleo] = [person("Anna", "another key"), person("Ben"), person("Cleo")];
  const room = circle(
    [anna, ben, cleo],
    { name: "Anna", identity: "the true key", verdict: "verified" },
    { name: "Ben", verdict: "differs" },
    { name: "Cleo", verdict: "verified" },
  );
  assert.deepEqual(stopsSending(room), [anna, ben]);
  assert.deepEqual(stopsSending({ ...room, people: [ME, cleo] }), []);
});

test("initials come from any alphabet, and there is always one", () => {
  for (const [name, initials] of [
    ["Mara Keller", "MK"],
    ["anna", "A"],
    ["Émilie de la Fontaine", "ÉF"],
    ["Jean-Paul", "JP"],
    ["小林さくら", "小"],
    ["ليلى", "ل"],
    ["🙂", "?"],
    ["", "?"],
    ["R2-D2", "RD"],
  ] as const) {
    assert.equal(initialsOf(name), initials);
  }
});

test("a colour belongs to a key, not to a name", () => {
  assert.equal(hueOf("a key"), hueOf("a key"));
  const hues = new Set(Array.from({ length: 100 }, (_, i) => hueOf(`key ${i}`)));
  assert.ok(hues.size > 50, `${hues.size} colours for 100 keys`);
  for (const hue of hues) assert.ok(hue >= 0 && hue < 360);
});
