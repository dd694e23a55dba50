/**
 * Photographs what is before a room's door, and what a page may want of a room.
 */
import type { World } from "../flow/world.ts";
import { type Camera, type Size, TIGHT, USUAL } from "./camera.ts";
import { DOOR_POSES, type DoorPose, PAGE_POSES, poseDoor } from "./pre-join-poses.ts";
import { openRoomElement } from "./room.ts";

const SIZES: readonly Size[] = [...USUAL, { width: 320, height: 568 }, ...TIGHT.filter(({ height }) => height > 110)];
const ELEMENT = '<whatping-room name="Mara Keller"></whatping-room>';

export async function photographDoor(world: World, camera: Camera): Promise<void> {
  await photograph(world, camera, DOOR_POSES, "door");
  await photograph(world, camera, PAGE_POSES, "page");
}

async function photograph(
  world: World,
  camera: Camera,
  poses: Readonly<Record<string, DoorPose>>,
  stem: string,
): Promise<void> {
  const { page, frame } = await openRoomElement(world, ELEMENT);
  for (const [i, [name, pose]] of Object.entries(poses).entries()) {
    const fresh = pose.asks ? await openRoomElement(world, ELEMENT) : { page, frame };
    await poseDoor(fresh.page, fresh.frame, pose);
    await camera.take(
      fresh.page,
      `${stem}-${String(i + 1).padStart(2, "0")}-${name.replaceAll(/[^a-z]+/gi, "-")}`,
      SIZES,
    );
    if (pose.asks) await fresh.page.context().close();
  }
  await page.context().close();
}
