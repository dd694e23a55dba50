/**
 * The Redis and S3 that tests run on: given by TEST_REDIS_URL and TEST_S3_URL, or started for this test file alone.
 * Every test file gets a key prefix and a bucket of its own, so that files may run at once.
 */
import { randomBytes } from "node:crypto";
import { startMinio, startRedis } from "../../support/own-services.ts";

export interface GivenRedis {
  readonly url: string;
  readonly prefix: string;
  stop(): Promise<void>;
}

export interface GivenS3 {
  /** as S3_URL takes it, with a bucket that does not exist yet */
  readonly url: string;
  stop(): Promise<void>;
}

export async function testRedis(): Promise<GivenRedis> {
  const prefix = `t${randomBytes(6).toString("hex")}:`;
  const given = process.env.TEST_REDIS_URL;
  if (given) return { url: given, prefix, stop: async () => undefined };
  const own = await startRedis();
  return { url: own.url, prefix, stop: () => own.stop() };
}

export async function testS3(): Promise<GivenS3> {
  const bucket = `t${randomBytes(8).toString("hex")}`;
  const given = process.env.TEST_S3_URL;
  if (given) {
    const url = new URL(given);
    url.pathname = `/${bucket}`;
    return { url: url.href, stop: async () => undefined };
  }
  const own = await startMinio(bucket);
  return { url: own.url, stop: () => own.stop() };
}
