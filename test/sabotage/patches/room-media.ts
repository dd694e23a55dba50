/** Sabotage of what sound and pictures of a room rest on. */
import type { Patch } from "../patches.ts";

const KEYS = "test/widget/group/epoch-keys.test.ts";
const KEYRING = "test/widget/media/epoch-keyring.test.ts";

export const roomMediaPatches: readonly Patch[] = [
  {
    name: "who sends somebody away goes on sealing meanwhile",
    file: "widget/group/commit-turn.ts",
    find: "      this.#parts.sealing.hold();",
    replace: "",
    test: KEYS,
    title: "sealing stops before a commit that removes",
  },
  {
    name: "the exporter secret stays",
    file: "widget/group/mls/group-state.ts",
    find: "  zeroOutUint8Array(exporterSecret);",
    replace: "",
    test: KEYS,
    title: "the exporter secret is zero",
  },
  {
    name: "a second media worker gets an epoch's keys",
    file: "widget/group/epoch-keys.ts",
    find: "if (this.#port && this.#epoch >= 0) throw",
    replace: "if (this.#port && this.#epoch >= 1e9) throw",
    test: KEYS,
    title: "nobody else gets the keys",
  },
  {
    name: "older keys stay after a removal",
    file: "widget/media/epoch-keyring.ts",
    find: "if (dropOlder || (old.epoch",
    replace: "if ((old.epoch",
    test: KEYRING,
    title: "after a removal older keys are gone",
  },
  {
    name: "an epoch that comes again is installed again",
    file: "widget/media/epoch-keyring.ts",
    find: "if (epoch <= this.#installed) {",
    replace: "if (epoch <= -1) {",
    test: KEYRING,
    title: "an epoch that comes again",
  },
  {
    name: "any member's key opens any track",
    file: "widget/media/epoch-keyring.ts",
    find: "if (epoch.senders.get(parts.leaf) !== track.identity || ",
    replace: "if (",
    test: KEYRING,
    title: "a frame counts only for the member",
  },
  {
    name: "a frame opens twice",
    file: "widget/media/replay-window.ts",
    find: "this.#seen[ctr % REPLAY_WINDOW] === 0;",
    replace: "true;",
    test: KEYRING,
    title: "a frame opens once",
  },
  {
    name: "a changed key does not stop sealing",
    file: "widget/media/epoch-keyring.ts",
    find: "this.#isHushed = isHushed;",
    replace: "",
    test: KEYRING,
    title: "nothing is sealed while the person",
  },
  {
    name: "a charter may ask for another suite than the group has",
    file: "widget/group/commit-rules.ts",
    find: '  if (suiteOf(is) !== suiteOf(was)) return { fault: "other-suite" };',
    replace: "",
    test: "test/widget/group/commit-rules.test.ts",
    title: "refuses a charter that would seal otherwise",
  },
  {
    name: "media is sealed with the usual cipher, whatever the charter asks for",
    file: "widget/group/epoch-keys.ts",
    find: "const suite = state.charter.charter.cipher;",
    replace: 'const suite = "AES_256_GCM_SHA512_128";',
    test: "test/widget/group/suites-in-a-room.test.ts",
    title: "gives media keys of its cipher",
  },
  {
    name: "kinds that the rules don't allow get keys",
    file: "widget/group/epoch-keys.ts",
    find: "  const { kinds } = charter.charter;",
    replace: '  const kinds = charter ? (["audio", "video", "screen", "screen-audio"] as const) : [];',
    test: "test/widget/group/suites-in-a-room.test.ts",
    title: "of a kind that the rules don't allow nobody has keys",
  },
];
