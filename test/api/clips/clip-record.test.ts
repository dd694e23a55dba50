/** A change may start from what its request has just read: it saves a read, and never the truth. */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { ClipRecords } from "../../../api/clips/clip-record.ts";
import { openSqliteStore } from "../../../api/store/embedded/sqlite-store.ts";
import type { Store } from "../../../api/store/store.ts";
import { CONTENT, draft, T0, TTL_MS } from "./clips.ts";

const store = openSqliteStore(":memory:");
after(() => store.close());

let reads = 0;
const counting: Store = Object.assign(Object.create(store), {
  get: (key: Parameters<Store["get"]>[0]) => {
    reads++;
    return store.get(key);
  },
});
for (const method of ["compareAndSet", "claimDue"] as const) {
  Object.assign(counting, { [method]: (store[method] as (...given: unknown[]) => unknown).bind(store) });
}
const clock = { now: () => T0 };
const records = new ClipRecords(counting, clock);

let id = "";
let made = 0;
beforeEach(async () => {
  id = `clip${made++}`;
  await records.create(id, draft());
  await records.change(id, { type: "send", content: CONTENT, ttlMs: TTL_MS });
  reads = 0;
});

describe("a change from what was just read", () => {
  test("reads nothing more", async () => {
    const found = await records.find(id);
    const outcome = await records.change(id, { type: "lease", tokenHash: "lease" }, found ?? undefined);
    assert.equal(outcome?.clip?.state, "leased");
    assert.equal(reads, 1);
    assert.equal((await records.read(id))?.state, "leased");
  });

  test("starts afresh where somebody has written since", async () => {
    const found = await records.find(id);
    await records.change(id, { type: "lease", tokenHash: "quicker" });
    const outcome = await records.change(id, { type: "lease", tokenHash: "lease" }, found ?? undefined);
    assert.equal(outcome?.refused?.code, "clip-leased");
    assert.equal((await records.read(id))?.lease?.tokenHash, "quicker");
  });

  test("brings nothing back that has ended since", async () => {
    const found = await records.find(id);
    await records.change(id, { type: "revoke" });
    const outcome = await records.change(id, { type: "lease", tokenHash: "lease" }, found ?? undefined);
    assert.equal(outcome?.refused?.code, "clip-over");
    assert.equal((await records.read(id))?.state, "revoked");
  });

  test("writes nothing where the clip is gone", async () => {
    const found = await records.find(id);
    const stored = await store.get(`wisp/${id}`);
    await store.compareAndSet(`wisp/${id}`, stored?.version ?? 0, null);
    assert.equal(await records.change(id, { type: "lease", tokenHash: "lease" }, found ?? undefined), null);
    assert.equal(await store.get(`wisp/${id}`), null);
  });
});
