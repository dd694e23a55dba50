/**
 * Blobs in any S3-compatible storage. The only owner of the `minio` client.
 * Realm: server; sees what blobs.ts says.
 * The client signs; the bytes of a piece go through node's own http, because the client's putObject gathers a small
 * stream in memory first and can't be stopped before its last byte.
 */
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "minio";
import { CodedError } from "../../widget/wire/errors.ts";
import type { Blob, Blobs, Expected, Listed } from "./blobs.ts";
import { holdBack } from "./hold-back.ts";

/** ms without a byte from or to the storage. */
const SILENCE_MS = 10_000;
/** ms that a storage which is starting too gets at the start, and ms between tries. */
const START_MS = 5_000;
const START_PAUSE_MS = 200;
/** s that a signed address is valid: one request, started at once. */
const SIGNED_S = 300;
/**
 * Days after which the storage itself deletes a piece that everything else forgot. A draft lives two days at most and
 * a clip one more, so that this backstop can never take a piece of a living clip.
 */
const BACKSTOP_DAYS = 4;
const BACKSTOP_ID = "whatping-clips-backstop";

export interface S3Options {
  readonly endPoint: string;
  readonly port: number;
  readonly useSSL: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  readonly region: string;
  /** hears that the bucket has lifecycle rules of its own and none of ours */
  readonly onNoBackstop?: () => void;
}

/**
 * Makes the bucket if it is missing and gives it the lifecycle backstop.
 * @throws CodedError storage-unavailable if the storage can't be reached or keeps old versions
 */
export async function openS3Blobs(options: S3Options): Promise<Blobs> {
  const blobs = new S3Blobs(options);
  const giveUpAt = performance.now() + START_MS;
  for (;;) {
    try {
      await blobs.prepareBucket();
      return blobs;
    } catch (error) {
      if (isPassing(error) && performance.now() < giveUpAt) {
        await pause(START_PAUSE_MS);
        continue;
      }
      await blobs.close();
      throw error;
    }
  }
}

/** Whether a storage may just not be there yet: no answer, or one without a verdict of S3's own. */
function isPassing(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: string } };
  return cause !== undefined && (cause.code === undefined || /^E[A-Z]/.test(cause.code));
}

class S3Blobs implements Blobs {
  readonly #options: S3Options;
  readonly #client: Client;
  readonly #agent: http.Agent;
  readonly #http: typeof http | typeof https;

  constructor(options: S3Options) {
    this.#options = options;
    this.#http = options.useSSL ? https : http;
    this.#agent = new this.#http.Agent({ keepAlive: true, maxSockets: 256 });
    this.#client = new Client({
      endPoint: options.endPoint,
      port: options.port,
      useSSL: options.useSSL,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      transportAgent: this.#agent,
      transport: { request: this.#impatientRequest.bind(this) as typeof http.request },
      // Its retries write addresses to the console; ours happen in the durable queue.
      retryOptions: { disableRetry: true },
    });
  }

  async prepareBucket(): Promise<void> {
    const { bucket, region } = this.#options;
    if (!(await reaching(() => this.#client.bucketExists(bucket)))) {
      await reaching(() => this.#client.makeBucket(bucket, region).catch(unless("BucketAlreadyOwnedByYou")));
    }
    await this.ping();
    await this.#setBackstop();
  }

  async put(key: string, source: AsyncIterable<Uint8Array>, expected: Expected): Promise<void> {
    const headers = { "content-length": expected.bytes, "content-type": "application/octet-stream" };
    const request = await this.#signedRequest("PUT", key, headers);
    const answer = answerOf(request);
    try {
      for await (const chunk of holdBack(source, expected)) {
        // An early answer is a refusal, and waits for no more bytes.
        if (!request.write(chunk)) await Promise.race([reaching(() => once(request, "drain")), answer]);
        if (request.destroyed || answer.settled) break;
      }
      request.end();
      const response = await answer;
      response.resume();
      if (response.statusCode !== 200) throw unavailable();
      await reaching(() => once(response, "end"));
    } catch (error) {
      request.destroy();
      throw error;
    }
  }

  async get(key: string): Promise<Blob | null> {
    const request = await this.#signedRequest("GET", key, {});
    request.end();
    const response = await answerOf(request);
    if (response.statusCode === 200) {
      return { bytes: Number(response.headers["content-length"]), body: response as Readable };
    }
    response.resume();
    if (response.statusCode === 404) return null;
    throw unavailable();
  }

  async list(prefix: string): Promise<Listed[]> {
    return reaching(async () => {
      const listed: Listed[] = [];
      for await (const item of this.#client.listObjectsV2(this.#options.bucket, prefix, true)) {
        if (item.name !== undefined) listed.push({ key: item.name, bytes: item.size });
      }
      return listed;
    });
  }

  async deletePrefix(prefix: string): Promise<number> {
    const keys = (await this.list(prefix)).map((item) => item.key);
    if (keys.length === 0) return 0;
    const failures = await reaching(() => this.#client.removeObjects(this.#options.bucket, keys));
    if (failures.some(Boolean)) throw unavailable();
    return keys.length;
  }

  async ping(): Promise<void> {
    const versioning = await reaching(() =>
      this.#client.getBucketVersioning(this.#options.bucket).catch(unless("NotImplemented")),
    );
    // Deleting from such a bucket only hides: the promise of deletion would be empty.
    if (versioning && versioning.Status === "Enabled") {
      throw new CodedError(
        "storage-unavailable",
        "The S3 bucket keeps old versions of deleted objects. Name a bucket in S3_URL that has versioning off.",
      );
    }
  }

  async close(): Promise<void> {
    this.#agent.destroy();
  }

  async #setBackstop(): Promise<void> {
    const { bucket, onNoBackstop } = this.#options;
    try {
      const present = await this.#client.getBucketLifecycle(bucket).catch(unless("NoSuchLifecycleConfiguration"));
      if (present) {
        // Setting rules replaces all of them, and other people's rules are not ours to replace.
        if (!JSON.stringify(present).includes(BACKSTOP_ID)) onNoBackstop?.();
        return;
      }
      const rule = {
        ID: BACKSTOP_ID,
        Status: "Enabled",
        Filter: { Prefix: "clips/" },
        Expiration: { Days: BACKSTOP_DAYS },
      };
      await this.#client.setBucketLifecycle(bucket, { Rule: [rule] });
    } catch {
      onNoBackstop?.();
    }
  }

  async #signedRequest(method: "PUT" | "GET", key: string, headers: http.OutgoingHttpHeaders) {
    const url = await reaching(() => this.#client.presignedUrl(method, this.#options.bucket, key, SIGNED_S));
    const request = this.#http.request(url, { method, headers, agent: this.#agent });
    request.setTimeout(SILENCE_MS, () => request.destroy(new Error("silence")));
    return request;
  }

  #impatientRequest(options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) {
    const request = this.#http.request(options, onResponse);
    request.setTimeout(SILENCE_MS, () => request.destroy(new Error("silence")));
    return request;
  }
}

/** The answer of a request, or its failure; `settled` says that either has come. */
function answerOf(request: http.ClientRequest): Promise<http.IncomingMessage> & { settled?: boolean } {
  const answer: Promise<http.IncomingMessage> & { settled?: boolean } = new Promise((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", (cause) => reject(unavailable(cause)));
    request.once("close", () => reject(unavailable()));
  });
  const settle = () => {
    answer.settled = true;
  };
  answer.then(settle, settle);
  return answer;
}

/** For `.catch`: null instead of the S3 error of that code, any other error goes on. */
function unless(code: string): (error: unknown) => null {
  return (error) => {
    if ((error as { code?: string }).code === code) return null;
    throw error;
  };
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause?: unknown): CodedError {
  return new CodedError("storage-unavailable", "The S3 storage did not do what was asked.", { cause });
}
