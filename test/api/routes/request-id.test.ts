/** Requests have names that say nothing and come once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { requestId } from "../../../api/routes/request-id.ts";

test("no two requests have one name, however many there are", () => {
  const names = Array.from({ length: 5_000 }, requestId);
  for (const name of names) assert.match(name, /^[0-9a-f]{16}$/);
  assert.equal(new Set(names).size, names.length);
});
