/**
 * The offline verifier, as somebody runs it who was sent a room's trail: what holds, what does not and why, and what it
 * says of files that are no trail. Source: product.md R11, protocol.md §9.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type AuditEntry, canonicalEntry, hashOf, signHead } from "../../../widget/wire/audit.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { Room } from "../../flow/rooms/headless.ts";
import { openRelay, type TestRelay } from "../../flow/rooms/relay.ts";
import { newKey } from "../group/lab.ts";

const PROGRAM = join(import.meta.dirname, "../../../widget/verify/audit.ts");
const folder = mkdtempSync(join(process.env.TEST_RUN_DIR ?? tmpdir(), "verify-"));

let relay: TestRelay;
/** Of a room with a host and two guests, after some of its life: as a member exports it. */
let early: string;
let whole: string;
let key: string;

before(async () => {
  relay = await openRelay("embedded");
  const room = await Room.open(relay.origin);
  const [anna, ben] = await room.grow("anna", "ben");
  early = (await room.host.member.exportTrail())?.text ?? "";
  await anna?.member.leave();
  await ben?.untilPeople(2);
  await room.host.member.acts.renewLink([room.host.id("ben")]);
  await room.host.untilPeople(1);
  const exported = await room.host.member.exportTrail();
  assert.ok(exported);
  [whole, key] = [exported.text, exported.auditKey];
  await room.leave();
});
after(() => relay?.close());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...words], (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}

let files = 0;
function file(text: string | Uint8Array): string {
  const name = join(folder, `${files++}.jsonl`);
  writeFileSync(name, text);
  return name;
}

const lines = (): string[] => whole.trimEnd().split("\n");
const joined = (all: readonly string[]): string => `${all.join("\n")}\n`;

test("the trail of a real room holds, and says what happened there", async () => {
  const { code, out, err } = await run(file(whole), key);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^the trail holds: 7 entries from \d{4}-\d\d-\d\dT.* to .*Z\n/);
  assert.match(out, /1 opened, 3 joined, 1 left, 1 removed, 1 link/);
  assert.match(out, /signed as http:\/\/frame\.localhost\/r\//);
});

const altered: Record<string, { make: () => string; says: RegExp }> = {
  "an entry that was rewritten": {
    make: () => joined(lines().map((line) => line.replace('"left"', '"lost"'))),
    says: /does not hold: line \d+ does not follow from the line before/,
  },
  "the last entry rewritten": {
    make: () =>
      joined(lines().map((line, i, all) => (i === all.length - 2 ? line.replace('"link"', '"epoch"') : line))),
    says: /is signed over another trail/,
  },
  "an entry in another spelling": {
    make: () => joined(lines().map((line, i) => (i === 1 ? line.replace("{", "{ ") : line))),
    says: /line 2 is not an entry in its one spelling/,
  },
  "an entry taken out": { make: () => joined(lines().toSpliced(3, 1)), says: /line 4 does not follow/ },
  "an entry put in twice": {
    make: () => joined(lines().toSpliced(3, 0, lines()[3] ?? "")),
    says: /line 5 does not follow/,
  },
  "two entries in another order": {
    make: () => joined([...lines().slice(0, 2), lines()[3] ?? "", lines()[2] ?? "", ...lines().slice(4)]),
    says: /line 3 does not follow/,
  },
  "the first entries cut off": { make: () => joined(lines().slice(2)), says: /line 1 does not follow/ },
  "the last entries cut off": {
    make: () => joined([...lines().slice(0, -3), lines().at(-1) ?? ""]),
    says: /is signed over another trail: entries are missing/,
  },
  "the head cut off": {
    make: () => joined(lines().slice(0, -1)),
    says: /is not a head signed by this key: the file is cut off/,
  },
  "a file that ends in the middle of a line": { make: () => whole.slice(0, -40), says: /the file is cut off/ },
  "the head of an earlier trail": {
    make: () => joined([...lines().slice(0, -1), early.trimEnd().split("\n").at(-1) ?? ""]),
    says: /is signed over another trail: .* more than were signed/,
  },
};

for (const [what, { make, says }] of Object.entries(altered)) {
  test(`${what} is refused, in a sentence that says where`, async () => {
    const text = make();
    assert.notEqual(text, whole);
    const { code, out, err } = await run(file(text), key);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, says);
  });
}

test("a trail under another key is refused", async () => {
  const other = toBase64url((await newKey()).publicKey);
  const { code, err } = await run(file(whole), other);
  assert.equal(code, 1);
  assert.match(err, /line 8 is not a head signed by this key: .* another key signed it/);
});

test("an entry of another room among them is refused", async () => {
  const [story] = await twoStories();
  const [entry] = story.text.split("\n");
  const { code, err } = await run(file(joined([entry ?? "", ...lines().slice(1)])), key);
  assert.equal(code, 1);
  assert.match(err, /line 2 does not follow/);
});

test("of two exports, one may go on from the other", async () => {
  const [first, second] = [file(early), file(whole)];
  assert.match((await run(second, key, first)).out, /it goes on from the other export's 4 entries/);
  assert.match((await run(first, key, second)).out, /the other export goes on from it/);
  assert.match((await run(first, key, first)).out, /the other export is the same trail/);
});

test("a fork is refused though each half holds: two stories under one signature are the proof", async () => {
  const [one, two] = await twoStories();
  for (const { text, auditKey } of [one, two]) assert.equal((await run(file(text), auditKey)).code, 0);
  const { code, err } = await run(file(one.text), one.auditKey, file(two.text));
  assert.equal(code, 1);
  assert.match(err, /^forked: .* from line 3 on they tell different stories. Keep both files/);
  const foreign = await run(file(whole), key, file(one.text));
  assert.equal(foreign.code, 1);
  assert.match(foreign.err, /the other export does not hold/);
});

test("what is no trail is said to be none, with the usage where that helps", async () => {
  const cases: [words: string[], says: RegExp][] = [
    [[], /^usage: node widget\/verify\/audit\.ts <trail> <audit key>/],
    [[file(whole)], /^the audit key must be 43 characters of base64url\nusage/],
    [[file(whole), "not-a-key"], /^the audit key must be/],
    [[file(whole), key, file(early), "more"], /^usage/],
    [[join(folder, "nowhere"), key], /nowhere can't be read: ENOENT/],
    [[folder, key], /can't be read: EISDIR/],
    [[file(""), key], /^the trail is none: it is empty/],
    [[file("\n\n"), key], /^the trail is none: it is empty/],
    [[file(crypto.getRandomValues(new Uint8Array(4_000))), key], /^the trail is none: its first line is not JSON/],
    [[file("<!doctype html>"), key], /^the trail is none: its first line is not JSON/],
    [[file(whole), key, file("no")], /^the other export is none: its first line is not JSON/],
  ];
  for (const [words, says] of cases) {
    const { code, out, err } = await run(...words);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, says);
  }
});

/** By a relay that signs whatever it likes: the same two entries, then another one for each listener. */
async function twoStories(): Promise<[Story, Story]> {
  const audit = await newKey();
  const room = toBase64url(new Uint8Array(16));
  const story = async (types: readonly AuditEntry["type"][]): Promise<Story> => {
    let prev = toBase64url(await hashOf(new Uint8Array()));
    const told: string[] = [];
    for (const [seq, type] of types.entries()) {
      const bytes = canonicalEntry({ seq, time: seq, room, type, subject: room, region: "any", prev });
      prev = toBase64url(await hashOf(bytes));
      told.push(new TextDecoder().decode(bytes));
    }
    const hash = Uint8Array.from(Buffer.from(prev, "base64url"));
    const head = { origin: `http://relay/r/${room}`, size: told.length, hash };
    const note = await signHead(head, audit.publicKey, (bytes) => audit.sign(bytes));
    return { text: joined([...told, JSON.stringify({ head: note })]), auditKey: toBase64url(audit.publicKey) };
  };
  return [await story(["opened", "joined", "left"]), await story(["opened", "joined", "removed", "closed"])];
}

interface Story {
  readonly text: string;
  readonly auditKey: string;
}
