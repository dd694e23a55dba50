/** Two processes on one store and one storage: either answers anything, and together they keep every rule. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { clipPrefix } from "../../api/blobs/blobs.ts";
import { call, hashOf, random, refused, startTestApi, type TestApi, TestClip, TestClock } from "./support/api.ts";
import { assertSameBytes } from "./support/bytes.ts";
import { testRedis, testS3 } from "./support/services.ts";

type Shared = { environment: Record<string, string>; dataDir?: string; stop: () => Promise<void> };

const storages: Record<string, () => Promise<Shared>> = {
  "the embedded store and a folder": async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "whatping-two-"));
    return { environment: {}, dataDir, stop: async () => rmSync(dataDir, { recursive: true }) };
  },
  "Redis and S3": async () => {
    const [redis, s3] = await Promise.all([testRedis(), testS3()]);
    const environment = { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, S3_URL: s3.url };
    return { environment, stop: async () => void (await Promise.all([redis.stop(), s3.stop()])) };
  },
};

for (const [name, share] of Object.entries(storages)) {
  describe(`two processes on ${name}`, () => {
    let shared: Shared;
    let one: TestApi;
    let two: TestApi;
    before(async () => {
      shared = await share();
      const clock = new TestClock();
      const options = {
        clock,
        environment: shared.environment,
        ...(shared.dataDir ? { dataDir: shared.dataDir } : {}),
      };
      one = await startTestApi(options);
      two = await startTestApi(options);
    });
    after(async () => {
      await Promise.all([one?.stop(), two?.stop()]);
      await shared?.stop();
    });

    test("take turns through a clip's whole life", async () => {
      const clip = new TestClip(one, { pieces: 3 });
      const turn = () => {
        clip.api = clip.api === one ? two : one;
      };
      assert.equal((await clip.putDraft()).status, 201);
      for (const index of clip.pieces.keys()) {
        turn();
        assert.equal((await clip.putPiece(index)).status, 200);
      }
      turn();
      assert.equal((await clip.postSend()).status, 200);
      turn();
      assert.equal((await clip.takeLease()).status, 200);
      for (const [index, piece] of clip.pieces.entries()) {
        turn();
        assertSameBytes((await clip.getPiece(index)).bytes, piece);
        assert.equal((await clip.beat(index)).status, 200);
      }
      turn();
      assert.deepEqual((await clip.burn()).json, { state: "burned", deletedAt: one.clock.ms });
      turn();
      assert.equal((await clip.receipt()).json.state, "burned");
      assert.deepEqual(await one.blobs.list(clipPrefix(clip.id)), []);
    });

    test("give a lease to exactly one of those who ask at once, a hundred times over", async () => {
      for (let round = 0; round < 100; round++) {
        const clip = await new TestClip(one, { pieces: 1, lastBytes: 16 }).publish();
        const viewers = Array.from({ length: 6 }, () => random(32));
        const answers = await Promise.all(
          viewers.map((lease, i) => {
            const { view, path } = clip;
            const leaseTokenHash = hashOf(lease);
            return call(i % 2 ? one : two, "POST", `${path}/lease`, { token: view, json: { leaseTokenHash } });
          }),
        );
        assert.equal(answers.filter((answer) => answer.status === 200).length, 1, `round ${round}`);
        for (const answer of answers) if (answer.status !== 200) refused(answer, "clip-leased");
        const served = await Promise.all(viewers.map((lease) => clip.getPiece(0, lease)));
        assert.equal(served.filter((answer) => answer.status === 200).length, 1);
      }
    });

    test("let a burn and a revoke that race end the clip once, with one story", async () => {
      for (let round = 0; round < 20; round++) {
        const clip = await new TestClip(one).open();
        const [burn, revoke] = await Promise.all([
          clip.burn(),
          call(two, "POST", `${clip.path}/revoke`, { token: clip.manage }),
        ]);
        assert.equal([burn, revoke].filter((answer) => answer.status === 200).length, 1);
        for (const answer of [burn, revoke]) if (answer.status !== 200) refused(answer, "clip-over");
        const { state } = (await call(two, "GET", `${clip.path}/receipt`, { token: clip.manage })).json;
        assert.equal(state, burn.status === 200 ? "burned" : "revoked");
        assert.deepEqual(await one.blobs.list(clipPrefix(clip.id)), []);
      }
    });

    test("make one draft of two creates that race for an id", async () => {
      for (let round = 0; round < 20; round++) {
        const [mine, theirs] = [new TestClip(one), new TestClip(two)];
        Object.assign(theirs, { id: mine.id });
        const answers = await Promise.all([mine.putDraft(), theirs.putDraft()]);
        assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409]);
      }
    });

    test("keep every heartbeat's lease while the sweepers sweep", async () => {
      const clip = await new TestClip(one, { duration: 60 }).open();
      for (let beat = 0; beat < 15; beat++) {
        one.clock.pass(10);
        const [answer] = await Promise.all([clip.beat(beat), one.sweeper.sweepOnce(), two.sweeper.sweepOnce()]);
        assert.equal(answer.status, 200);
      }
    });
  });
}
