/** Sabotage of what keeps whoever carries media, or writes into it, from being believed. */
import type { Patch } from "../patches.ts";

const FRAMES = "test/flow/media/malicious-sfu.test.ts";
const LIES = "test/flow/media/metadata-lies.test.ts";
const KEYLESS = "test/flow/media/keyless.test.ts";
const PASSED_ON =
  'if (typeof outcome === "string") return tally.dropped(identity, kind, outcome) ?? (() => undefined);';
const CARRIED = "test/flow/media/what-the-sfu-carries.test.ts";

export const maliciousSfuPatches: readonly Patch[] = [
  {
    name: "the SFU's word for who sends is believed",
    file: "widget/media/epoch-keyring.ts",
    find: "if (epoch.senders.get(parts.leaf) !== track.identity || ",
    replace: "if (",
    test: FRAMES,
    title: "opens no member's frame under another member's name",
  },
  {
    name: "a camera's frame opens on a screen's track",
    file: "widget/media/epoch-keyring.ts",
    find: '    if (parts.kind !== track.kind) return "wrong-kind";',
    replace: "",
    test: FRAMES,
    title: "opens no camera's frame on a screen's track",
  },
  {
    name: "a copy of a frame opens",
    file: "widget/media/replay-window.ts",
    find: "this.#seen[ctr % REPLAY_WINDOW] === 0;",
    replace: "true;",
    test: FRAMES,
    title: "opens a frame once",
  },
  {
    name: "a frame whose tag is wrong is passed on as it is",
    file: "widget/seal/media-frame.ts",
    find: "  } catch {\n    return null;",
    replace: "  } catch {\n    return box.slice(header.length) as Bytes;",
    test: FRAMES,
    title: "opens no altered frame",
  },
  {
    name: "the clear prefix is not authenticated",
    file: "widget/seal/media-frame.ts",
    find: "  metadata.set(clearPrefix, 1);",
    replace: "",
    test: FRAMES,
    title: "opens no altered frame",
  },
  {
    name: "what can't be opened is passed on",
    file: "widget/media/room-main.ts",
    find: 'if (typeof outcome === "string") return tally.dropped(identity, kind, outcome);',
    replace: PASSED_ON,
    test: FRAMES,
    title: "opens nothing of a stranger",
  },
  {
    name: "what can't be opened is passed on, as LiveKit's own encryption does with what the SFU says it made",
    file: "widget/media/room-main.ts",
    find: 'if (typeof outcome === "string") return tally.dropped(identity, kind, outcome);',
    replace: PASSED_ON,
    test: FRAMES,
    title: "opens no plain picture that ends as the SFU says",
  },
  {
    name: "sound of any codec is sealed as if it were Opus",
    file: "widget/media/clear-prefix.ts",
    find: 'return codec === "opus" ? 0 : null;',
    replace: "return 0;",
    test: LIES,
    title: "sound that the SFU wants sent twice over",
  },
  {
    name: "without a key frames leave as they are",
    file: "widget/media/room-main.ts",
    find: 'if (typeof outcome === "string") return tally.dropped("", kind, outcome);',
    replace: PASSED_ON.replace("identity", '""'),
    test: KEYLESS,
    title: "while somebody is being removed nothing is sealed",
  },
  {
    name: "key frames stay readable far beyond their header",
    file: "widget/media/clear-prefix.ts",
    find: "const VP8_KEY = 10;",
    replace: "const VP8_KEY = 1000;",
    test: CARRIED,
    title: "every frame of every kind is sealed",
  },
  {
    name: "every frame has the same counter",
    file: "widget/media/epoch-keyring.ts",
    find: "const ctr = this.#counters.get(kid) ?? 0n;",
    replace: "const ctr = 0n;",
    test: CARRIED,
    title: "every frame of every kind is sealed",
  },
  {
    name: "sections that the SFU has added come into being open",
    file: "widget/frame/room/call/frame-sealing.ts",
    find: "if (transport) this.#closeAtBirth(transport.pc);",
    replace: "void transport;",
    test: LIES,
    title: "no sender and no receiver is without its transform",
  },
  {
    name: "the SFU mutes and unmutes",
    file: "widget/frame/room/call/frame-sealing.ts",
    find: "        engine.removeAllListeners(REMOTE_MUTE as never);",
    replace: "",
    test: LIES,
    title: "the SFU turns nothing on or off",
  },
  {
    name: "a tile stays when its track is said to be another's",
    file: "widget/frame/room/call/sealed-call.ts",
    find: "if (shown === track.mediaStreamTrack) this.#went(other);",
    replace: "void [other, shown];",
    test: "test/flow/media/renamed-track.test.ts",
    title: "a track that the SFU says anew is another member's",
  },
  {
    name: "a sender that is none of ours is sealed for if its frames name a codec",
    file: "widget/media/frame-transform.ts",
    find: 'if (!track) return "codec";',
    replace: 'track ??= { kind: "video", codec: "vp8" };',
    test: "test/widget/media/frame-transform.test.ts",
    title: "of what is no track of ours nothing is sealed",
  },
  {
    name: "frames under counters that nobody knows anything of any more open",
    file: "widget/media/insider-check.ts",
    find: "at < known.floor && !known.listed.has(at)",
    replace: "at < 0",
    test: "test/widget/media/insider-check.test.ts",
    title: "a counter of which nothing is known any more",
  },
];
