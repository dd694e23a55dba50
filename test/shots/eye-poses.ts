/**
 * The relay's eye, posed: the real dialog with frames that look like sealed ones instead of LiveKit's. Test support.
 */
import type { FrameLocator, Page } from "playwright-core";
import { MEDIA_POSES, NO_PICTURES, poseMedia } from "./media-poses.ts";
import { ROOM_VIEW } from "./room-poses.ts";

export interface EyePose {
  /** of MEDIA_POSES; absent: nobody shows a picture */
  readonly media?: string;
  readonly step: "nobody" | "asking" | "looking" | "seen" | "failed";
  /** pictures that a decoder made of 42 */
  readonly decoded?: number;
  /** what came was not sealed */
  readonly isBare?: true;
  /** “exactly” is open */
  readonly isExact?: true;
}

/** Each state by name. */
export const EYE_POSES: Readonly<Record<string, EyePose>> = {
  nobody: { step: "nobody" },
  asking: { media: "four pictures", step: "asking" },
  looking: { media: "four pictures", step: "looking" },
  seen: { media: "four pictures", step: "seen" },
  "seen exactly": { media: "one picture", step: "seen", isExact: true },
  failed: { media: "own camera", step: "failed" },
  leak: { media: "own camera", step: "seen", decoded: 40 },
  "not sealed": { media: "own camera", step: "seen", isBare: true },
};

interface Panel extends HTMLElement {
  step: string;
  take(sample: object, codec: string): void;
  count(counts: object): void;
  readonly updateComplete: Promise<unknown>;
}

export async function poseEye(scope: FrameLocator | Page, pose: EyePose): Promise<void> {
  await poseMedia(scope, (pose.media ? MEDIA_POSES[pose.media] : NO_PICTURES) as typeof NO_PICTURES);
  await scope.locator(ROOM_VIEW).evaluate(async (view) => {
    // LiveKit never answers here.
    const { call, renderRoot } = view as unknown as { call: { commands: object }; renderRoot: ParentNode };
    Object.assign(call.commands, { eye: () => new Promise(() => undefined) });
    renderRoot.querySelector<HTMLDialogElement>("#more")?.showModal();
  });
  await scope.getByRole("button", { name: "See what the relay sees" }).click();
  await scope.locator("whatping-eye[data-step]").waitFor();
  await scope.locator("whatping-eye").evaluate(async (element, given) => {
    const panel = element as Panel;
    await panel.updateComplete;
    let state = 7;
    const next = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state >> 16;
    };
    const frame = (count: number) => {
      const bytes = Uint8Array.from({ length: 1_500 }, () => next() & 0xff);
      const header = count === 1 ? [0x10, 0xf8, 0xff, 0x9d, 1, 42, 128, 2, 104, 1] : [0x31];
      const sealed = given.isBare ? [0xff, 0xff] : [0xa9, 4, 1, 7, 2, count];
      bytes.set([...header, ...sealed]);
      return { id: 1, count, isKey: count === 1, length: 2_118, bytes };
    };
    if (given.step !== "nobody" && given.step !== "asking" && given.step !== "failed") {
      for (let count = 1; count <= 42; count++) panel.take(frame(count), "vp8");
      panel.count({ packets: 96, bytes: 88_956, received: 42, decoded: given.decoded ?? 0 });
    }
    panel.step = given.step;
    await panel.updateComplete;
    const details = panel.shadowRoot?.querySelector("details");
    if (details) details.open = given.isExact === true;
  }, pose);
}
