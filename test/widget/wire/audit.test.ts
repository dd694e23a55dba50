/** Entries and heads of the audit trail, checked a second time with Node's own crypto. Source: protocol.md §9. */
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import {
  type AuditEntry,
  type AuditHead,
  canonicalEntry,
  headText,
  openHead,
  signHead,
} from "../../../widget/wire/audit.ts";
import { newKey } from "../group/lab.ts";

const entry: AuditEntry = {
  seq: 0,
  time: 1_800_000_000_000,
  room: "room",
  type: "joined",
  subject: "x",
  region: "any",
  prev: "p",
  commit: "c",
};
const head: AuditHead = { origin: "https://frame.example/r/x", size: 7, hash: new Uint8Array(32).fill(3) };

test("an entry has one spelling: keys sorted, no spaces, whatever the order in memory", () => {
  const text = new TextDecoder().decode(canonicalEntry(entry));
  assert.equal(
    text,
    '{"commit":"c","prev":"p","region":"any","room":"room","seq":0,"subject":"x","time":1800000000000,"type":"joined"}',
  );
  const turned = Object.fromEntries(Object.entries(entry).reverse()) as unknown as AuditEntry;
  assert.deepEqual(canonicalEntry(turned), canonicalEntry(entry));
});

test("a head is a signed note: text, blank line, key id and signature that Node verifies", async () => {
  const key = await newKey();
  const note = await signHead(head, key.publicKey, (bytes) => key.sign(bytes));
  const [text = "", line = ""] = note.split("\n\n");
  assert.equal(`${text}\n`, headText(head));
  const [dash, name, blob = ""] = line.trim().split(" ");
  assert.deepEqual([dash, name], ["—", "whatping-audit"]);
  const bytes = Buffer.from(blob, "base64");
  const id = createHash("sha256")
    .update("whatping-audit\n")
    .update(Buffer.from([1]))
    .update(key.publicKey)
    .digest();
  assert.deepEqual(bytes.subarray(0, 4), id.subarray(0, 4));
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.publicKey]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  assert.ok(verify(null, Buffer.from(`${text}\n`), publicKey, bytes.subarray(4)));
});

test("a head opens only whole, unaltered and by its key", async () => {
  const key = await newKey();
  const note = await signHead(head, key.publicKey, (bytes) => key.sign(bytes));
  assert.deepEqual(await openHead(note, key.publicKey), head);
  assert.equal(await openHead(note, (await newKey()).publicKey), null);
  const altered = [
    note.replace("\n7\n", "\n8\n"),
    note.replace("/r/x", "/r/y"),
    note.replace("whatping-audit", "other"),
    note.slice(0, -1),
    `${note}\n`,
    note.replace("\n\n", "\n"),
    "",
  ];
  for (const other of altered) assert.equal(await openHead(other, key.publicKey), null);
});
