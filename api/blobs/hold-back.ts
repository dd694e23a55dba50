/**
 * Passes bytes on as they arrive, but the last of them only when all have turned out to be what was announced: the
 * storage behind it never sees the end of a wrong piece, so that a wrong piece never becomes an object.
 * Realm: server; sees ciphertext. Source: protocol.md §6, RFC 9530 (Content-Digest).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { CodedError } from "../../widget/wire/errors.ts";
import type { Expected } from "./blobs.ts";

/** @throws CodedError piece-mismatch (size or hash differs), bad-request (the source broke off) */
export async function* holdBack(source: AsyncIterable<Uint8Array>, expected: Expected): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let seen = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of announcingBreaks(source)) {
    // An empty chunk must not push the last real one out.
    if (chunk.length === 0) continue;
    seen += chunk.length;
    if (seen > expected.bytes) throw new CodedError("piece-mismatch", "The piece is longer than announced.");
    hash.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  if (seen !== expected.bytes) throw new CodedError("piece-mismatch", "The piece is shorter than announced.");
  if (!timingSafeEqual(hash.digest(), expected.sha256)) {
    throw new CodedError("piece-mismatch", "The piece does not have the announced SHA-256.");
  }
  if (held) yield held;
}

async function* announcingBreaks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((cause: unknown) => {
        throw new CodedError("bad-request", "The upload broke off.", { cause });
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}
