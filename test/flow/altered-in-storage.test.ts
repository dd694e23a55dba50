/**
 * Hazard: whoever runs the storage alters a sent clip. The viewer shows nothing of it, says so, and the clip is not
 * counted as watched (product.md W3).
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import type { Clip } from "../../api/clips/clip.ts";
import { copyClip, readPiece, writePiece } from "./clip-copy.ts";
import { openLink, recordTake, sealedFrame, sendTake, startWatching, untilStep } from "./recorder-driver.ts";
import { openWorld, type World } from "./world.ts";

let world: World;
/** One recording; each lie gets a copy of it. */
let original: string;
before(async () => {
  world = await openWorld();
  const sender = await world.openHost("<wisp-recorder></wisp-recorder>");
  await recordTake(sealedFrame(sender), { seconds: 2, segments: 2 });
  original = await sendTake(sealedFrame(sender));
  await sender.context().close();
});
after(() => world.close());

async function alterRecord(id: string, change: (clip: Clip) => Clip): Promise<void> {
  const stored = await world.api.store.get(`wisp/${id}`);
  assert.ok(stored);
  const value = JSON.stringify(change(JSON.parse(stored.value) as Clip));
  assert.notEqual(await world.api.store.compareAndSet(`wisp/${id}`, stored.version, value), null);
}

/** The relay makes its own record fit what it stores, as a liar would. */
async function fitRecord(id: string, pieces: number): Promise<void> {
  const all = await Promise.all(Array.from({ length: pieces }, (_, index) => readPiece(world, id, index)));
  const sha256 = createHash("sha256").update(Buffer.concat(all)).digest("base64url");
  const bytes = all.reduce((sum, piece) => sum + piece.length, 0);
  await alterRecord(id, (clip) => ({
    ...clip,
    content: { ...(clip.content as NonNullable<Clip["content"]>), sha256, bytes, pieces },
  }));
}

const last = async (id: string) => ((await world.clip(id))?.content?.pieces ?? 0) - 1;

const lies: Record<string, (id: string) => Promise<void>> = {
  "a flipped bit": async (id) => {
    const piece = await readPiece(world, id, 0);
    piece[1000] = (piece[1000] as number) ^ 4;
    await writePiece(world, { id, index: 0, bytes: piece });
  },
  "a flipped bit, with a hash that fits": async (id) => {
    const piece = await readPiece(world, id, await last(id));
    piece[0] = (piece[0] as number) ^ 1;
    await writePiece(world, { id, index: await last(id), bytes: piece });
    await fitRecord(id, (await last(id)) + 1);
  },
  "two swapped segments, with a hash that fits": async (id) => {
    const [a, b] = [await readPiece(world, id, 0), await readPiece(world, id, 1)];
    await writePiece(world, { id, index: 0, bytes: b });
    await writePiece(world, { id, index: 1, bytes: a });
    await fitRecord(id, (await last(id)) + 1);
  },
  "a missing end, with a hash that fits": async (id) => fitRecord(id, await last(id)),
  "a segment too many, with a hash that fits": async (id) => {
    await writePiece(world, { id, index: (await last(id)) + 1, bytes: await readPiece(world, id, 0) });
    await fitRecord(id, (await last(id)) + 2);
  },
  "a wrong hash": async (id) =>
    alterRecord(id, (clip) => ({
      ...clip,
      content: { ...(clip.content as NonNullable<Clip["content"]>), sha256: "A".repeat(43) },
    })),
  "a wrong size": async (id) =>
    alterRecord(id, (clip) => ({ ...clip, content: { ...(clip.content as NonNullable<Clip["content"]>), bytes: 17 } })),
  "another IV": async (id) => alterRecord(id, (clip) => ({ ...clip, iv: "AAAAAAAAAAAAAAAA" })),
};

test("an unaltered copy plays to its end", async () => {
  const { link } = await copyClip(world, original);
  const viewer = await world.newProfile();
  await openLink(viewer, link);
  await startWatching(viewer);
  await untilStep(viewer, "gone");
  await viewer.context().close();
});

for (const [name, lie] of Object.entries(lies)) {
  test(`the viewer refuses ${name}, and the clip does not count as watched`, async () => {
    const { link, id } = await copyClip(world, original);
    await lie(id);

    const viewer = await world.newProfile();
    await viewer.goto(link);
    await untilStep(viewer, "invitation");
    await viewer.getByRole("button", { name: "Watch", exact: true }).click();
    await untilStep(viewer, "failed");

    await viewer
      .getByText(/changed on its way/)
      .first()
      .waitFor();
    assert.equal(await viewer.locator("video, audio").count(), 0, "a picture of an altered clip stayed");
    assert.equal((await world.clip(id))?.state, "leased");
    world.clock.advance(31);
    assert.equal((await world.clip(id))?.state, "ready");
    await viewer.context().close();
  });
}
