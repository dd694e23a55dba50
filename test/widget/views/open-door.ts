/**
 * Rooms whose door is posed (test/shots/pre-join-poses.ts), one after the other, in real Chromium. Test support.
 */
import type { Frame, FrameLocator, Page } from "playwright-core";
import type { World } from "../../flow/world.ts";
import { DOOR_POSES, type DoorPose, PAGE_POSES, poseDoor } from "../../shots/pre-join-poses.ts";
import { openRoomElement } from "../../shots/room.ts";

export const DOOR_SIZES = [
  { width: 280, height: 420 },
  { width: 280, height: 200 },
  { width: 390, height: 700 },
  { width: 640, height: 200 },
  { width: 1280, height: 720 },
] as const;
const POSES: Readonly<Record<string, DoorPose>> = { ...DOOR_POSES, ...PAGE_POSES };
/** A question of the page needs a document of its own, and stands for half a minute. */
const CALM = Object.entries(POSES).filter(([, { asks }]) => asks === undefined);
const ASKING = Object.entries(POSES).filter(([, { asks }]) => asks !== undefined);

export interface Door {
  readonly page: Page;
  readonly within: FrameLocator;
  readonly frame: Frame;
}

export async function openDoor(world: World, lang = "en"): Promise<Door> {
  const { page, frame: within } = await openRoomElement(
    world,
    `<whatping-room name="Mara" lang="${lang}"></whatping-room>`,
  );
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame()) as Frame;
  await page.emulateMedia({ reducedMotion: "reduce" });
  await frame.waitForFunction((wanted) => document.documentElement.lang === wanted, lang);
  return { page, within, frame };
}

/** Looks at every pose, the calm ones in one document. */
export async function lookAtAll(
  world: World,
  lang: string,
  look: (door: Door, name: string) => Promise<string[]>,
): Promise<string[]> {
  const found: string[] = [];
  const calm = await openDoor(world, lang);
  for (const [name, pose] of CALM) {
    await poseDoor(calm.page, calm.within, pose);
    found.push(...(await look(calm, name)));
  }
  await calm.page.context().close();
  for (const [name, pose] of ASKING) {
    const door = await openDoor(world, lang);
    await poseDoor(door.page, door.within, pose);
    found.push(...(await look(door, name)));
    await door.page.context().close();
  }
  return found;
}
