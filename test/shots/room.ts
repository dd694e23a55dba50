/**
 * Photographs every state of the room, inside an element and on a page of its own, and its dialogs.
 */
import type { FrameLocator, Page } from "playwright-core";
import type { Room } from "../../widget/frame/room/room.ts";
import { sealedFrame } from "../flow/recorder-driver.ts";
import type { World } from "../flow/world.ts";
import { type Camera, type Size, TIGHT, USUAL } from "./camera.ts";
import { EYE_POSES, poseEye } from "./eye-poses.ts";
import { LOBBY_POSES } from "./lobby-poses.ts";
import { CALL_DIALOGS, MEDIA_POSES, NO_PICTURES, poseMedia } from "./media-poses.ts";
import { CROWDED, poseRoom, ROOM_POSES, ROOM_VIEW } from "./room-poses.ts";

const NARROW: readonly Size[] = [
  { width: 280, height: 420 },
  { width: 320, height: 568 },
];
const EVERY = [...USUAL, ...NARROW];
const LOW = TIGHT.filter(({ height }) => height < 400);

/** States whose parts are what matters in small boxes. */
const SMALL_TOO: readonly string[] = [
  "start",
  "pre-join",
  "pre-join, mangled",
  "alone",
  "talking",
  "locked",
  "changed",
  "reconnecting",
  "not genuine",
];

/** Opens `<whatping-room>` over the whole window. */
export async function openRoomElement(
  world: World,
  markup = "<whatping-room></whatping-room>",
): Promise<{ page: Page; frame: FrameLocator }> {
  const page = await world.openHost(markup);
  await page.evaluate(() => {
    document.body.style.margin = "0";
    const element = document.body.querySelector<HTMLElement>("whatping-room");
    if (element) element.style.cssText = "position:fixed;inset:0;width:100%;height:100%;min-height:0";
  });
  const frame = sealedFrame(page, "whatping-room");
  await frame.locator(`${ROOM_VIEW}[data-phase]`).waitFor({ state: "attached" });
  return { page, frame };
}

const fileName = (name: string): string => name.replaceAll(/[^a-z]+/g, "-");

export async function photographRoom(world: World, camera: Camera, only?: string): Promise<void> {
  const { page, frame } = await openRoomElement(world, '<whatping-room name="Mara Keller"></whatping-room>');
  for (const [i, [name, room]] of Object.entries(ROOM_POSES).entries()) {
    if (only && !name.includes(only)) continue;
    await poseRoom(frame, room);
    const sizes = SMALL_TOO.includes(name) ? [...EVERY, ...LOW] : USUAL;
    await camera.take(page, `room-${String(i + 1).padStart(2, "0")}-${fileName(name)}`, sizes);
  }
  await photographEye(page, frame, camera, only);
  if (only && only !== "dialogs" && only !== "crowded") return;
  if (only !== "dialogs") {
    await poseRoom(frame, CROWDED);
    await camera.take(page, "room-50-crowded", [...EVERY, ...LOW]);
  }
  await photographMoments(page, frame, camera);
  await photographDialogs(page, frame, camera);
}

/** Each from what it was before: a narrow room opens its chat by where one comes from. */
export async function photographPictures(page: Page, frame: FrameLocator, camera: Camera, only = ""): Promise<void> {
  const poses = { ...MEDIA_POSES, ...CALL_DIALOGS };
  for (const [i, [name, pose]] of Object.entries(poses).entries()) {
    if (!name.includes(only)) continue;
    for (const size of [...EVERY, ...LOW]) {
      await page.setViewportSize(size);
      await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
      await poseMedia(frame, pose);
      await camera.take(page, `room-4-${String(i).padStart(2, "0")}-${fileName(name)}`, [size]);
    }
  }
  await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
  await poseMedia(frame, NO_PICTURES);
}

/** What the relay carries, beside what one sees. */
async function photographEye(page: Page, frame: FrameLocator, camera: Camera, only?: string): Promise<void> {
  if (only && only !== "eye") return;
  for (const [i, [name, pose]] of Object.entries(EYE_POSES).entries()) {
    await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
    await poseEye(frame, pose);
    await camera.take(page, `room-7${i}-eye-${fileName(name)}`, [...EVERY, ...LOW]);
  }
  await poseMedia(frame, NO_PICTURES);
  await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
}

/** Both sides of the lobby, and what hosts decide there. */
export async function photographLobby(world: World, camera: Camera): Promise<void> {
  const { page, frame } = await openRoomElement(world, '<whatping-room name="Mara Keller"></whatping-room>');
  for (const [i, [name, room]] of Object.entries(LOBBY_POSES).entries()) {
    await poseRoom(frame, room);
    await camera.take(page, `room-80-${String(i).padStart(2, "0")}-${fileName(name)}`, [...EVERY, ...LOW]);
  }
  for (const [name, pose, dialog] of [
    ["one", "one knocks", "lobby"],
    ["three", "three knock", "lobby"],
    ["no-digits", "one knocks, no digits yet", "lobby"],
    ["admission", "one knocks", "admission"],
    ["more", "one knocks", "more"],
    ["invite", "three knock", "invite"],
  ] as const) {
    await poseRoom(frame, LOBBY_POSES[pose] as Room, dialog);
    await camera.take(page, `room-81-dialog-${name}`, [...EVERY, ...LOW]);
  }
  await poseRoom(frame, LOBBY_POSES["somebody not compared"] as Room);
  await openPerson(page, frame, "Zoë");
  await camera.take(page, "room-82-person-not-compared", EVERY);
  await page.context().close();
}

export async function photographCall(world: World, camera: Camera, only?: string): Promise<void> {
  const { page, frame } = await openRoomElement(world, '<whatping-room name="Mara Keller"></whatping-room>');
  await photographPictures(page, frame, camera, only);
  await page.context().close();
}

/** What the view itself says after a while, or for a moment. */
async function photographMoments(page: Page, frame: FrameLocator, camera: Camera): Promise<void> {
  for (const name of ["connecting", "waiting"]) {
    await poseRoom(frame, ROOM_POSES[name] as (typeof ROOM_POSES)[string]);
    await momentOf(frame, { isLongWait: true });
    await camera.take(page, `room-51-${name}-for-long`);
  }
  await poseRoom(frame, ROOM_POSES.left as (typeof ROOM_POSES)[string]);
  await poseRoom(frame, ROOM_POSES.start as (typeof ROOM_POSES)[string]);
  await momentOf(frame, { typedName: "", isNameMissing: true });
  await camera.take(page, "room-52-name-missing", EVERY);
  await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
  await momentOf(frame, { notice: "Your keys are fresh.", typedName: "Mara Keller", isNameMissing: false });
  await camera.take(page, "room-53-notice", [...EVERY, ...LOW]);
  await momentOf(frame, { notice: "" });
}

async function momentOf(frame: FrameLocator, moment: Readonly<Record<string, unknown>>): Promise<void> {
  await frame.locator(ROOM_VIEW).evaluate(async (view, given) => {
    await (Object.assign(view, given) as unknown as { updateComplete: Promise<unknown> }).updateComplete;
  }, moment);
}

async function photographDialogs(page: Page, frame: FrameLocator, camera: Camera): Promise<void> {
  for (const [name, pose, dialog] of [
    ["code", "code changed", "code"],
    ["invite", "as guest", "invite"],
    ["invite-host", "talking", "invite"],
    ["more", "talking", "more"],
    ["more-locked", "locked", "more"],
    ["invite-locked", "locked", "invite"],
    ["alarm", "alarm", "alarm"],
  ] as const) {
    await asHost(frame, name === "invite-host");
    await poseRoom(frame, ROOM_POSES[pose] as Room, dialog);
    await camera.take(page, `room-60-dialog-${name}`, [...EVERY, ...LOW]);
  }
  for (const [name, who, pose] of [
    ["verified", "Anna", "talking"],
    ["changed", "anna", "changed"],
    ["new", "Cleo", "talking"],
  ] as const) {
    await poseRoom(frame, ROOM_POSES[pose] as Room);
    await openPerson(page, frame, who);
    await camera.take(page, `room-61-person-${name}`, EVERY);
  }
  await poseRoom(frame, ROOM_POSES.talking as (typeof ROOM_POSES)[string]);
  await openPerson(page, frame, "Cleo");
  await posePair(frame);
  await camera.take(page, "room-62-pair", [...EVERY, ...LOW]);
  await page.setViewportSize({ width: 390, height: 700 });
  await poseRoom(frame, ROOM_POSES["not confirmed and lost"] as (typeof ROOM_POSES)[string]);
  await frame.getByRole("button", { name: /^People/ }).click();
  await camera.take(page, "room-63-people-sheet", [{ width: 390, height: 700 }, ...NARROW, ...LOW]);
}

/** The host link is not part of the state: whoever has it is told by the call. */
async function asHost(frame: FrameLocator, isHost: boolean): Promise<void> {
  await frame.locator(ROOM_VIEW).evaluate(
    (view, link) => {
      const { call } = view as unknown as { call: object };
      Object.defineProperty(call, "hostLink", { value: link, configurable: true });
    },
    isHost ? `https://frame.example/r/${"A".repeat(22)}#h=${"A".repeat(43)}` : null,
  );
}

async function openPerson(page: Page, frame: FrameLocator, name: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 720 });
  await frame
    .locator(".person", { has: frame.getByText(name, { exact: false }) })
    .first()
    .click();
  await frame.locator("#person").waitFor();
}

async function posePair(frame: FrameLocator): Promise<void> {
  await frame.locator(ROOM_VIEW).evaluate((view) => {
    const { call } = view as unknown as { call: { commands: object } };
    Object.defineProperty(call.commands, "pairCode", { value: async () => "482910573629184750261938475610" });
  });
  await frame.getByRole("button", { name: "Compare digits" }).click();
  await frame.getByRole("img").waitFor();
}
