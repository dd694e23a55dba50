/**
 * States that the real flow can't hold still for a photograph, put on a view from outside. Test support.
 * Each pose is a change to the state that the view shows at the moment.
 */
import type { FrameLocator, Page } from "playwright-core";

export type View = "wisp-recorder-view" | "wisp-player-view";
export type Pose = Readonly<Record<string, unknown>>;

/** An error as the view reads it. */
export function failure(code: string): Pose {
  return { step: "failed", error: { code, message: code } };
}

/** Puts a state on the view, with a camera's stream, an empty one, or none. */
export async function pose(
  scope: FrameLocator | Page,
  view: View,
  change: Pose,
  stream: "camera" | "empty" | "none" = "none",
): Promise<void> {
  await scope.locator(view).evaluate(
    async (element, given) => {
      const posed = element as HTMLElement & { state: { stream?: MediaStream }; updateComplete: Promise<unknown> };
      for (const track of posed.state.stream?.getTracks() ?? []) track.stop();
      const streams = {
        camera: () => navigator.mediaDevices.getUserMedia({ video: { width: 640 }, audio: true }),
        empty: async () => new MediaStream(),
        none: async () => undefined,
      };
      const stream = await streams[given.stream]();
      posed.state = { ...posed.state, error: undefined, ...given.change, stream } as typeof posed.state;
      await posed.updateComplete;
    },
    { change: change as Record<string, never>, stream },
  );
}

const now = Date.now();
const preview = {
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  state: "ready",
  sentAt: now - 7_500_000,
  expiresAt: now + 70_000_000,
  leasedUntil: now + 90_000,
  lapses: [{ at: now - 600_000, position: 3 }],
  maxLeases: 3,
};
const metadata = { v: 1, mime: "video/webm", kind: "video", duration: 42.4, bytes: 1, recipient: "ada@example.org" };
const receipt = { id: preview.id, createdAt: now - 200_000, sentAt: now - 100_000, openedAt: now - 30_000, lapses: [] };
const LINK = `https://frame.example/v/${preview.id}#k=AAAA`;
const progress = { sealedBytes: 13_900_000, uploadedBytes: 12_000_000 };

/** Each step of the recorder; those in `LIVE` need a stream. */
export const RECORDER_POSES: Readonly<Record<string, Pose>> = {
  start: { step: "start" },
  asking: { step: "asking" },
  ready: { step: "ready" },
  countdown: { step: "countdown", countdown: 2 },
  recording: { step: "recording", elapsed: 12, level: 0.6, recordedBytes: 14_000_000, progress },
  "recording, offline and near the end": {
    step: "recording",
    elapsed: 293,
    reachable: false,
    recordedBytes: 14_000_000,
    progress,
  },
  paused: { step: "paused", elapsed: 12, recordedBytes: 14_000_000, progress },
  finishing: { step: "finishing", elapsed: 12, progress },
  review: { step: "review", elapsed: 12, progress },
  "review, cut short": { step: "review", elapsed: 300, cutShort: true, progress },
  sending: { step: "sending", elapsed: 12, progress },
  sent: { step: "sent", link: LINK, expiresAt: now + 86_000_000 },
  revoked: { step: "sent", link: LINK, revoked: true },
  opened: {
    step: "sent",
    link: LINK,
    expiresAt: now + 86_000_000,
    revoked: false,
    receipt: { ...receipt, state: "leased" },
  },
  watched: {
    step: "sent",
    link: LINK,
    revoked: false,
    receipt: { ...receipt, state: "burned", endedAt: now - 5_000, deletedAt: now - 4_000 },
  },
  denied: failure("permission-denied"),
  "no camera": failure("no-camera"),
  "forbidden by the page": failure("permission-policy"),
  "unsupported browser": failure("unsupported-browser"),
};
export const LIVE: readonly string[] = [
  "ready",
  "countdown",
  "recording",
  "recording, offline and near the end",
  "paused",
];

/** Each step of the viewer that needs no clip on the stage. */
export const PLAYER_POSES: Readonly<Record<string, Pose>> = {
  loading: { step: "loading" },
  invitation: { step: "invitation", preview: { ...preview, lapses: [] }, metadata },
  "invitation to hear": { step: "invitation", preview, metadata: { ...metadata, kind: "voice" } },
  "invitation, mangled and lapsed": { step: "invitation", preview, metadata, mangled: true },
  waiting: { step: "waiting", preview, metadata },
  opening: { step: "opening", preview, metadata },
  paused: { step: "paused", preview, metadata },
  "watched here": { step: "gone", preview: { ...preview, state: "burned", endedAt: now }, metadata },
  "watched before": { step: "gone", preview: { ...preview, state: "burned", endedAt: now }, metadata: undefined },
  expired: { step: "gone", preview: { ...preview, state: "expired", endedAt: now }, metadata: undefined },
  broken: { step: "gone", preview: { ...preview, state: "broken", endedAt: now }, metadata: undefined },
  "link malformed": failure("link-malformed"),
  "no such clip": failure("no-such-clip"),
  damaged: failure("clip-damaged"),
  "cannot play": failure("cannot-play"),
  offline: failure("offline"),
};
