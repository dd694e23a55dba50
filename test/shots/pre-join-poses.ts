/**
 * What is before the door, and what the page around may want, posed: the real view with a drawn picture instead of a
 * camera. Test support.
 */
import type { FrameLocator, Page } from "playwright-core";
import { type MediaState, NO_MEDIA } from "../../widget/frame/room/call/media-state.ts";
import type { Room } from "../../widget/frame/room/room.ts";
import { MEDIA_POSES, NO_PICTURES, poseMedia } from "./media-poses.ts";
import { poseRoom, ROOM_POSES, ROOM_VIEW } from "./room-poses.ts";

type Media = Parameters<typeof poseMedia>[1];

export interface DoorPose {
  /** of ROOM_POSES */
  readonly room: string;
  readonly media: Media;
  /** devices and sound test are unfolded */
  readonly isSetUp?: true;
  /** attributes of the element */
  readonly wishes?: Readonly<Record<string, string>>;
  /** a question of the page stands */
  readonly asks?: "askToUnmute" | "askToStartCamera" | "askToShareScreen";
}

const { level: _level, showOwn: _own, showOwnScreen: _screen, quality: _quality, ...OFF } = NO_MEDIA;
const ON = { microphone: "on", camera: "on", screen: "off" } as const;
const DEVICES: MediaState["devices"] = {
  all: {
    microphone: [
      { id: "a", label: "Built-in microphone" },
      { id: "b", label: "Headset of a rather long name, with a number (046d:0a44)" },
    ],
    camera: [{ id: "c", label: "FaceTime HD Camera" }],
    speaker: [
      { id: "d", label: "Headset" },
      { id: "e", label: "" },
    ],
  },
  chosen: { microphone: "b", camera: "c" },
};
const problem = (source: "microphone" | "camera", code: NonNullable<MediaState["problem"]>["code"]): Media => ({
  ...OFF,
  problem: { source, code },
});

/** Before the door: each state by name. */
export const DOOR_POSES: Readonly<Record<string, DoorPose>> = {
  "both off": { room: "pre-join", media: OFF },
  "camera on": { room: "pre-join", media: { ...OFF, sources: { ...ON, microphone: "off" } } },
  "both on": { room: "start", media: { ...OFF, sources: ON, devices: DEVICES } },
  "set up": { room: "pre-join, as host", media: { ...OFF, sources: ON, devices: DEVICES }, isSetUp: true },
  "set up, nothing allowed yet": { room: "pre-join", media: OFF, isSetUp: true },
  starting: { room: "pre-join", media: { ...OFF, sources: { ...OFF.sources, camera: "starting" } } },
  suggested: { room: "pre-join", media: OFF, wishes: { microphone: "ask", camera: "ask" } },
  "camera suggested": { room: "start", media: OFF, wishes: { camera: "ask" } },
  "camera denied": { room: "pre-join", media: problem("camera", "permission-denied") },
  "microphone denied": { room: "pre-join", media: problem("microphone", "permission-denied") },
  "no microphone": { room: "pre-join", media: problem("microphone", "no-microphone") },
  "microphone busy": { room: "pre-join", media: problem("microphone", "device-in-use") },
  "forbidden by the page": { room: "pre-join", media: problem("microphone", "permission-policy") },
  "no LiveKit": { room: "pre-join", media: { ...OFF, sfu: "none" } },
  unsupported: { room: "pre-join, mangled", media: { ...OFF, sfu: "unsupported" } },
  "waiting, both on": { room: "waiting", media: { ...OFF, sources: ON } },
  "waiting, locked, both off": { room: "waiting, locked", media: OFF },
  "on the way, camera starting": {
    room: "entering",
    media: { ...OFF, sources: { ...OFF.sources, camera: "starting" } },
  },
  "asked before the door": { room: "pre-join", media: OFF, asks: "askToUnmute" },
};

/** Inside, as the page would have it. */
export const PAGE_POSES: Readonly<Record<string, DoorPose>> = {
  "asked for the microphone": { room: "talking", media: NO_PICTURES, asks: "askToUnmute" },
  "asked for a screen": { room: "talking", media: MEDIA_POSES["own camera"] as Media, asks: "askToShareScreen" },
  "no chat, somebody changed": {
    room: "changed",
    media: MEDIA_POSES["four pictures"] as Media,
    wishes: { chat: "off" },
  },
  "no list of people": { room: "talking", media: MEDIA_POSES["one picture"] as Media, wishes: { people: "off" } },
  minimal: { room: "locked", media: MEDIA_POSES["four pictures"] as Media, wishes: { minimal: "" } },
  "minimal, nobody seen": { room: "alarm", media: NO_PICTURES, wishes: { minimal: "" } },
};

const WISHES = ["microphone", "camera", "chat", "people", "screen-share", "reactions", "view", "minimal"];

/** Puts a pose on the element of a page, and on the view in it. */
export async function poseDoor(page: Page, scope: FrameLocator, pose: DoorPose): Promise<void> {
  await poseWishes(page, scope, pose.wishes ?? {});
  await poseRoom(scope, ROOM_POSES[pose.room] as Room);
  await poseMedia(scope, pose.media);
  await scope.locator(ROOM_VIEW).evaluate(async (element, isOpen) => {
    const view = element as HTMLElement & { media: object; updateComplete: Promise<unknown> };
    view.media = { ...view.media, ...(isOpen ? { listenBack: async () => undefined } : {}) };
    await view.updateComplete;
    view.shadowRoot?.querySelector(".set-up")?.toggleAttribute("open", isOpen);
    const drawn = [...(view.shadowRoot?.querySelectorAll("video") ?? [])];
    await Promise.all(drawn.map((video) => video.play().catch(() => undefined)));
  }, pose.isSetUp === true);
  const isSuggested = Object.values(pose.wishes ?? {}).includes("ask");
  await scope.locator(".suggestion").waitFor({ state: isSuggested ? "visible" : "detached" });
  if (pose.asks) await poseQuestion(page, scope, pose.asks);
}

/** Resolves when the frame has the attributes of now. */
async function poseWishes(page: Page, scope: FrameLocator, wishes: Readonly<Record<string, string>>): Promise<void> {
  await page.locator("whatping-room").evaluate(
    (element, { all, wanted }) => {
      for (const name of all) {
        const value = wanted[name];
        if (value === undefined) element.removeAttribute(name);
        else element.setAttribute(name, value);
      }
    },
    { all: WISHES, wanted: wishes },
  );
  const isOff = "minimal" in wishes ? "off" : undefined;
  const expected = { chat: wishes.chat ?? isOff, people: wishes.people ?? isOff };
  await scope.locator(ROOM_VIEW).evaluate(
    (view, wanted) =>
      new Promise<void>((resolve) => {
        const look = () => {
          const { chat, people } = (view as HTMLElement).dataset;
          if (chat === wanted.chat && people === wanted.people) resolve();
          else requestAnimationFrame(look);
        };
        look();
      }),
    expected,
  );
}

/** A page may not ask twice in a row: each question needs a document of its own. */
async function poseQuestion(page: Page, scope: FrameLocator, asks: NonNullable<DoorPose["asks"]>): Promise<void> {
  await page.locator("whatping-room").evaluate((element, method) => {
    const room = element as unknown as Record<string, () => Promise<unknown>>;
    void room[method]?.().catch(() => undefined);
  }, asks);
  await scope.locator(".page-asks .strong:not(:disabled)").waitFor();
}
