/**
 * What is before a room's door: what it owes to whoever only wants to go in, to keyboards and to screen readers. Real
 * Chromium, the built frame under the policy of the real API. Devices are posed (test/shots/pre-join-poses.ts), for no
 * machine holds these states still. Boxes and languages: pre-join-boxes.test.ts.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { buildIfStale } from "../../../demo/build-if-stale.ts";
import { openWorld, type World } from "../../flow/world.ts";
import { untilInSight } from "../../shots/covers.ts";
import { DOOR_POSES, type DoorPose, poseDoor } from "../../shots/pre-join-poses.ts";
import { ROOM_VIEW } from "../../shots/room-poses.ts";
import { AXE, violationsOf } from "./axe.ts";
import { DOOR_SIZES, lookAtAll, openDoor } from "./open-door.ts";
import { button, nameField, startRoom, untilPhase } from "./open-room.ts";

let world: World;
before(async () => {
  await buildIfStale(() => undefined);
  world = await openWorld({ embedded: true });
});
after(() => world.close());

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing in any state of the ${theme} theme`, async () => {
    const found = await lookAtAll(world, "en", async ({ page, within, frame }, name) => {
      await frame.evaluate(AXE);
      await within.locator(ROOM_VIEW).evaluate((view, wanted) => view.setAttribute("theme", wanted), theme);
      const faults: string[] = [];
      for (const size of [DOOR_SIZES[2], DOOR_SIZES[4]]) {
        await page.setViewportSize(size);
        faults.push(...(await violationsOf(frame)));
      }
      return faults.map((fault) => `${name}: ${fault}`);
    });
    assert.deepEqual(found, []);
  });
}

describe("before the door", () => {
  test("both are off, nothing is asked of the browser, and the one primary action is to go in", async () => {
    const { page, within, frame } = await openDoor(world);
    await frame.evaluate(async () => {
      const { mediaDevices } = navigator;
      // As before anything was allowed: this browser's fake devices are always.
      const unnamed = (await mediaDevices.enumerateDevices()).map(({ kind }) => ({ kind, deviceId: "", label: "" }));
      mediaDevices.enumerateDevices = async () => unnamed as MediaDeviceInfo[];
      mediaDevices.dispatchEvent(new Event("devicechange"));
      for (const name of ["getUserMedia", "getDisplayMedia"] as const) {
        mediaDevices[name] = () => {
          Object.assign(globalThis, { asked: name });
          return Promise.reject(new Error(name));
        };
      }
    });
    for (const name of ["Microphone", "Camera"]) {
      assert.equal(await button(within, name).getAttribute("aria-pressed"), "false");
    }
    assert.equal(await within.locator("[data-primary]").count(), 1);
    await within.getByText("Devices and sound test").click();
    await within.getByText("then you can choose which one").waitFor();
    assert.equal(await button(within, "Hear yourself").isDisabled(), true);
    await startRoom(within);
    assert.equal(await frame.evaluate(() => (globalThis as { asked?: string }).asked), undefined);
    await page.context().close();
  });

  test("where the browser allows devices already, one may choose before turning anything on", async () => {
    const { page, within } = await openDoor(world);
    await within.getByText("Devices and sound test").click();
    const picker = within.locator('.picker[data-use="microphone"] select');
    await picker.locator("option", { hasText: "Fake Audio Input 1" }).waitFor({ state: "attached" });
    assert.equal(await picker.inputValue(), "");
    assert.equal(await button(within, "Microphone").getAttribute("aria-pressed"), "false");
    await page.context().close();
  });

  test("everything is reached by the keyboard, in the order in which it is seen", async () => {
    const { page, within } = await openDoor(world);
    await poseDoor(page, within, { ...(DOOR_POSES["set up"] as DoorPose), room: "start" });
    await button(within, "Microphone").focus();
    const reached: string[] = [];
    for (let i = 0; i < 9; i++) {
      reached.push(
        await within.locator(ROOM_VIEW).evaluate((view) => {
          const active = view.shadowRoot?.activeElement;
          return active?.getAttribute("aria-label") ?? (active?.textContent?.trim() || active?.id || "");
        }),
      );
      await page.keyboard.press("Tab");
    }
    assert.deepEqual(reached, [
      "Microphone",
      "Camera",
      "Devices and sound test",
      "Microphone",
      "Camera",
      "Speaker",
      "Hear yourself",
      "Test the speaker",
      "name",
    ]);
    await page.context().close();
  });

  test("one's own picture is shown as in a mirror, the level of the microphone moves with it", async () => {
    const { page, within } = await openDoor(world);
    await poseDoor(page, within, DOOR_POSES["both on"] as DoorPose);
    const picture = within.locator("video.own-picture");
    assert.equal(await picture.evaluate((video) => getComputedStyle(video).scale), "-1 1");
    const meter = within.getByRole("meter", { name: "How loud your microphone is" });
    await within.locator('[role=meter][aria-valuenow="40"]').waitFor();
    assert.equal(await meter.evaluate((each) => (each as HTMLElement).style.getPropertyValue("--level")), "40%");
    await page.context().close();
  });

  test("the speaker's test says that it plays, and that it is over", async () => {
    const { page, within } = await openDoor(world);
    await within.getByText("Devices and sound test").click();
    await button(within, "Test the speaker").click();
    await within.getByText("Do you hear two tones?").waitFor();
    await within.getByText("records three seconds").waitFor();
    assert.equal(await button(within, "Test the speaker").isDisabled(), false);
    await page.context().close();
  });

  test("where the page's policy forbids it, its owner is told which header and which attribute", async () => {
    const { page, within } = await openDoor(world);
    await poseDoor(page, within, DOOR_POSES["forbidden by the page"] as DoorPose);
    const said = (await within.getByRole("alert").textContent()) ?? "";
    assert.ok(said.includes(`Permissions-Policy: camera=(self "${world.api.origin}"), microphone=(self`), said);
    assert.ok(said.includes('allow="camera; microphone; display-capture"'), said);
    await page.context().close();
  });

  test("a page's suggestion turns nothing on, not even by going in", async () => {
    world.host.show('<whatping-room microphone="ask" camera="ask"></whatping-room>');
    const page = await world.newProfile();
    await page.goto(world.host.origin);
    const within = page.frameLocator("whatping-room iframe");
    await within.getByText("suggests that you turn on microphone and camera").waitFor();
    await nameField(within).fill("Mara");
    await untilInSight(within);
    await button(within, "Start a room").click();
    await untilPhase(within, "in");
    const sources = await within
      .locator(ROOM_VIEW)
      .evaluate((view) => (view as unknown as { media: { sources: object } }).media.sources);
    assert.deepEqual(sources, { microphone: "off", camera: "off", screen: "off" });
    await page.context().close();
  });
});
