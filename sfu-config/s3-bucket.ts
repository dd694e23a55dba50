/**
 * Creates the one bucket of a fresh S3 server. A single signed request, so that nothing here needs a client library
 * (`minio` belongs to api/blobs/ alone). Sees the server's credentials.
 * Source: AWS Signature Version 4 for S3, CreateBucket.
 */
import { createHash, createHmac } from "node:crypto";

const EMPTY_SHA256 = createHash("sha256").digest("hex");

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/**
 * Creates the bucket that the URL names, `http://key:secret@host:port/bucket?region=…`; an existing one is fine.
 * @throws Error with the server's status if it refuses.
 */
export async function createBucket(s3Url: string): Promise<void> {
  const url = new URL(s3Url);
  const response = await fetch(`${url.protocol}//${url.host}${url.pathname}`, {
    method: "PUT",
    headers: signedHeaders(url, "PUT"),
  });
  const body = await response.text();
  if (!response.ok && !body.includes("BucketAlreadyOwnedByYou")) {
    throw new Error(`the bucket could not be created: status ${response.status}`);
  }
}

function signedHeaders(url: URL, method: string): Record<string, string> {
  const region = url.searchParams.get("region") ?? "us-east-1";
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const names = "host;x-amz-content-sha256;x-amz-date";
  const canonical = [
    method,
    url.pathname,
    "",
    `host:${url.host}`,
    `x-amz-content-sha256:${EMPTY_SHA256}`,
    `x-amz-date:${time}`,
    "",
    names,
    EMPTY_SHA256,
  ].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const key = [region, "s3", "aws4_request"].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    hmac(`AWS4${decodeURIComponent(url.password)}`, day),
  );
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash}`).toString("hex");
  const credential = `${decodeURIComponent(url.username)}/${scope}`;
  return {
    "x-amz-date": time,
    "x-amz-content-sha256": EMPTY_SHA256,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}
