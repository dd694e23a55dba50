/** A receipt is written for what was seen to be gone, not for what storage says of itself. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Blobs, clipPrefix } from "../../../api/blobs/blobs.ts";
import { ClipRecords } from "../../../api/clips/clip-record.ts";
import { eraseContent } from "../../../api/clips/deletion.ts";
import { CodedError } from "../../../widget/wire/errors.ts";
import { startTestApi, type TestApi, TestClip } from "../support/api.ts";

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api?.stop());

/** An ended clip whose objects are all still there, as after a crash between tombstone and deletion. */
async function endedClip(): Promise<{ clip: TestClip; records: ClipRecords }> {
  const clip = await new TestClip(api).publish();
  const records = new ClipRecords(api.store, api.clock);
  await records.change(clip.id, { type: "revoke" });
  return { clip, records };
}

/** The real storage, but for one operation. */
function lying(change: Partial<Blobs>): Blobs {
  const real = api.blobs;
  return {
    put: (...call) => real.put(...call),
    get: (key) => real.get(key),
    list: (prefix) => real.list(prefix),
    deletePrefix: (prefix) => real.deletePrefix(prefix),
    ping: () => real.ping(),
    close: async () => undefined,
    ...change,
  };
}

describe("a deletion", () => {
  test("is believed once the objects were seen to be gone", async () => {
    const { clip, records } = await endedClip();
    const tombstone = await eraseContent({ records, blobs: api.blobs }, clip.id);
    assert.equal(tombstone?.deletion?.verifiedAt, api.clock.ms);
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
  });

  test("is not believed where the storage says that it deleted and did not", async () => {
    const { clip, records } = await endedClip();
    const tombstone = await eraseContent({ records, blobs: lying({ deletePrefix: async () => 2 }) }, clip.id);
    assert.equal(tombstone?.deletion?.verifiedAt, undefined);
    assert.equal(tombstone?.deletion?.job?.failures, 1);
    assert.equal((await clip.receipt()).json.deletedAt, undefined);
  });

  test("is not believed where nobody could look", async () => {
    const { clip, records } = await endedClip();
    const list = async () => {
      throw new CodedError("storage-unavailable", "");
    };
    const tombstone = await eraseContent({ records, blobs: lying({ list }) }, clip.id);
    assert.equal(tombstone?.deletion?.verifiedAt, undefined);
    assert.equal(tombstone?.deletion?.job?.failures, 1);
  });

  test("that failed is done by the sweeper later", async () => {
    const { clip, records } = await endedClip();
    await eraseContent({ records, blobs: lying({ deletePrefix: async () => 2 }) }, clip.id);
    api.clock.pass(5);
    await api.sweeper.sweepOnce();
    assert.deepEqual(await api.blobs.list(clipPrefix(clip.id)), []);
    assert.equal((await clip.receipt()).json.deletedAt, api.clock.ms);
  });
});
