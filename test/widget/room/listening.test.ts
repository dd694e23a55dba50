/** Who is heard goes on being asked. Source: product.md R16. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Listening } from "../../../widget/frame/room/call/listening.ts";
import type { Sound } from "../../../widget/frame/room/call/sound.ts";

test("a connection that refuses once to tell how loud it is does not end the listening", async () => {
  let asked = 0;
  const levels = async (): Promise<ReadonlyMap<string, number>> => {
    if (++asked === 1) throw new Error("closed");
    return new Map([["anna", 0.8]]);
  };
  const heard = await new Promise<readonly string[]>((resolve) => {
    const listening = new Listening(
      { isSilent: false, levels } as unknown as Sound,
      () => undefined,
      (ids) => {
        listening.end();
        resolve(ids);
      },
    );
    listening.begin();
  });
  assert.deepEqual(heard, ["anna"]);
});
