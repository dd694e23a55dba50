/**
 * Names requests, so that an answer's `X-Request-Id` leads to its line in the log. Realm: server; says nothing of anyone.
 * Random, so that two processes give no name twice and nobody learns how many requests there were.
 */
import { randomFillSync } from "node:crypto";

const ID_BYTES = 8;
/** Randomness is fetched for many at once: fetching costs more than naming. */
const pool = Buffer.alloc(512 * ID_BYTES);
let next = pool.length;

/** 8 random bytes as hex. */
export function requestId(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  next += ID_BYTES;
  return pool.toString("hex", next - ID_BYTES, next);
}
