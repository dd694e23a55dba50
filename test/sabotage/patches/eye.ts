/** Sabotage of what "verify it yourself" rests on: a look that can do nothing, and that can fail. */
import type { Patch } from "../patches.ts";

const EYE = "test/api/sfu/eye.test.ts";
const TRANSFORM = "test/widget/media/frame-transform.test.ts";

export const eyePatches: readonly Patch[] = [
  {
    name: "who looks may send, too",
    file: "api/sfu/livekit.ts",
    find: "      canPublish: false,",
    replace: "      canPublish: true,",
    test: EYE,
    title: "gets a token that lets it get media",
  },
  {
    name: "everybody is told of who looks",
    file: "api/sfu/livekit.ts",
    find: "      hidden: true,\n",
    replace: "",
    test: EYE,
    title: "gets a token that lets it get media",
  },
  {
    name: "any eye may stay in LiveKit",
    file: "api/sfu/sfu-watch.ts",
    find: "there.filter((identity) => !members.has(identity))",
    replace: 'there.filter((identity) => !members.has(identity) && !identity.endsWith(".eye"))',
    test: EYE,
    title: "is out at once after a removal",
  },
  {
    name: "a member's eye is put out as a stranger's",
    file: "api/sfu/sfu-watch.ts",
    find: "[sfuIdentityOf(postKey), sfuEyeOf(postKey)]",
    replace: "[sfuIdentityOf(postKey)]",
    test: EYE,
    title: "is left alone for as long as it is on the list",
  },
  {
    name: "who says goodbye goes on looking",
    file: "api/sfu/sfu.ts",
    find: "[sfuIdentityOf(postKey), sfuEyeOf(postKey)];",
    replace: "[sfuIdentityOf(postKey)];",
    test: EYE,
    title: "is out as soon as it says goodbye",
  },
  {
    name: "decoders find the partition of a sealed key frame",
    file: "widget/media/frame-transform.ts",
    find: "clear === VP8_KEY ? maskTag(whole) : whole;",
    replace: "whole;",
    test: TRANSFORM,
    title: "names a partition that no decoder finds",
  },
  {
    name: "sealed sound is an Opus packet with frames",
    file: "widget/media/opus-guard.ts",
    find: "const GUARD = [0x03, 0x00] as const;",
    replace: "const GUARD = [0x03, 0x01] as const;",
    test: TRANSFORM,
    title: "sealed sound is an Opus packet without frames",
  },
  {
    name: "the eye's worker reaches the crypto",
    file: "widget/media/eye-main.ts",
    find: 'import type { EyeOptions, EyeSample } from "../wire/frame-eye.ts";',
    replace: 'import type { EyeOptions, EyeSample } from "../wire/frame-eye.ts";\nimport "../seal/media-frame.ts";',
    test: "test/check/eye.test.ts",
    title: "eye-main.ts reaches nothing",
  },
];
