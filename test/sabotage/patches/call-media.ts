/** Sabotage of what is turned on, muted, heard and sent in a call. */
import type { Patch } from "../patches.ts";

const TWO = "test/flow/media/call-two.test.ts";
const TURNS = "test/flow/media/call-turns.test.ts";
const SPEAKING = "test/widget/room/speaking.test.ts";

export const callMediaPatches: readonly Patch[] = [
  {
    name: "a muted microphone goes on sending silence",
    file: "widget/frame/room/call/publication.ts",
    find: "    await sent.local.sender?.replaceTrack(null);",
    replace: "    await sent.local.replaceTrack((this.#wanted as Offer).track.clone(), true);",
    test: TURNS,
    title: "a muted microphone seals nothing",
  },
  {
    name: "how loud a packet is stands in the clear",
    file: "widget/frame/room/call/frame-sealing.ts",
    find: 'direction: uri === LOUDNESS ? "stopped" : direction',
    replace: "direction",
    test: TWO,
    title: "how loud a packet is",
  },
  {
    name: "a refused codec is told to nobody",
    file: "widget/frame/room/call/room-media.ts",
    find: 'report.reason !== "codec") return;',
    replace: 'report.reason !== "codec" || report.count > 0) return;',
    test: TURNS,
    title: "negotiated as video/H264",
  },
  {
    name: "devices stay on after leaving",
    file: "widget/frame/room/call.ts",
    find: "    this.media.lower();",
    replace: "",
    test: TURNS,
    title: "who leaves is off at once",
  },
  {
    name: "an unplugged camera gives way to another by itself",
    file: "widget/frame/room/call/room-media.ts",
    find: 'if (source !== "microphone" || !isOn) this.#sources.turnOff(source);',
    replace: "if (!isOn) this.#sources.turnOff(source);",
    test: TURNS,
    title: "a microphone that is unplugged",
  },
  {
    name: "whoever is a hair louder takes the first place",
    file: "widget/frame/room/call/speaking.ts",
    find: " + MARGIN)",
    replace: ")",
    test: SPEAKING,
    title: "clearly louder",
  },
  {
    name: "a device that could not be had stays chosen",
    file: "widget/frame/room/call/room-media.ts",
    find: 'if (isHad || (this.#devices.devices.chosen[use] ?? "") !== id) return;',
    replace: "if (isHad || id) return;",
    test: TURNS,
    title: "a device that can't be had leaves the choice",
  },
  {
    name: "the camera before is kept where one at a time is given",
    file: "widget/frame/room/call/sources.ts",
    find: '!taken || asCoded(error).code !== "device-in-use"',
    replace: '!taken || asCoded(error).code !== "internal"',
    test: TURNS,
    title: "a device that can't be had leaves the choice",
  },
];
