/**
 * What a page has to load stays small. Budgets in bytes, gzipped as a server would, everything included that loads
 * without a further click: documents, scripts, styles, worker, font. Reads `widget/dist` and Vite's manifest there.
 * Source: architecture.md, "Contracts": host 6 KB plus messaging library, clip frame 70 KB, transmuxer 60 KB more.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";

const KB = 1024;
const dist = join(import.meta.dirname, "..", "..", "widget", "dist");

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
  assets?: string[];
}

let manifest: Record<string, Chunk>;
before(() => {
  manifest = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8")) as Record<string, Chunk>;
});

const gzipped = (bytes: Uint8Array | string): number => gzipSync(bytes, { level: 9 }).length;
const sizeOf = (file: string): number => {
  const bytes = readFileSync(join(dist, file));
  // A font is compressed already.
  return file.endsWith(".woff2") ? bytes.length : gzipped(bytes);
};
const total = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + sizeOf(file), 0);

/** Files of a chunk and of all that it imports statically. */
function closure(keys: readonly string[], found = new Set<string>()): Set<string> {
  for (const key of keys) {
    const chunk = manifest[key];
    assert.ok(chunk, `the manifest has ${key}`);
    if (found.has(chunk.file)) continue;
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file);
    closure(chunk.imports ?? [], found);
  }
  return found;
}

/** Everything that a document of the frame loads by itself. */
function firstLoad(document: string): Set<string> {
  const html = readFileSync(join(dist, document), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\/?(assets\/[^"]+)"/g)].map((match) => match[1] as string);
  assert.ok(named.length > 0, `${document} loads something`);
  const keys = Object.keys(manifest).filter((key) => named.includes(manifest[key]?.file ?? ""));
  return new Set([document, ...named, ...closure(keys)]);
}

/** Everything that is loaded on top when something plays, or is said in another language. */
function laterLoad(document: string): Set<string> {
  const first = firstLoad(document);
  const chunks = Object.values(manifest).filter((chunk) => first.has(chunk.file));
  const later = closure(chunks.flatMap((chunk) => chunk.dynamicImports ?? []));
  return later.difference(first);
}

/** The messaging library alone, as the host's bundle has it. */
async function messagingLibrary(): Promise<number> {
  const entry = join(import.meta.dirname, "fixtures", "messaging.ts");
  const output = (await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2022", lib: { entry, formats: ["es"] } },
  })) as Rolldown.RolldownOutput[];
  const [file] = output.flatMap((each) => each.output);
  assert.equal(file?.type, "chunk");
  return gzipped((file as Rolldown.OutputChunk).code);
}

function withinBudget(what: string, bytes: number, budget: number): void {
  assert.ok(bytes > 0, `${what} was measured`);
  assert.ok(
    bytes <= budget,
    `${what} is ${(bytes / KB).toFixed(1)} KB, ${((bytes - budget) / KB).toFixed(1)} too much`,
  );
}

test("the host script is at most 6 KB and the messaging library", async (t) => {
  const [script, library] = [total(["whatping.js"]), await messagingLibrary()];
  t.diagnostic(`${script} B, of which the library ${library} B`);
  assert.ok(library > KB && library < 8 * KB, "the library was measured");
  withinBudget("the host script", script, 6 * KB + library);
});

test("each document of the clip frame loads at most 70 KB", (t) => {
  const documents = globSync("*.html", { cwd: dist }).filter((document) => document !== "room.html");
  assert.ok(documents.length >= 2, "recorder and player are there");
  for (const document of documents) {
    t.diagnostic(`${document} ${total(firstLoad(document))} B`);
    withinBudget(document, total(firstLoad(document)), 70 * KB);
  }
});

test("the room loads at most 350 KB in all: its document, what it loads for sound and pictures, its workers' chunks", (t) => {
  const workers = new Set(globSync("assets/*main-*.js", { cwd: dist }));
  assert.ok(workers.size >= 2, "group worker and media worker are there");
  const first = total(firstLoad("room.html").union(workers));
  const bytes = total(firstLoad("room.html").union(laterLoad("room.html")).union(workers));
  t.diagnostic(`${bytes} B, of which ${first} B without livekit-client and other languages`);
  withinBudget("room.html", bytes, 350 * KB);
});

test("a room loads livekit-client only where there is an SFU: no document has it from the beginning", () => {
  const calls = Object.entries(manifest).filter(([key]) => key.endsWith("/sealed-call.ts"));
  assert.equal(calls.length, 1, "it is a chunk of its own");
  for (const document of globSync("*.html", { cwd: dist })) {
    for (const [, chunk] of calls) assert.equal(firstLoad(document).has(chunk.file), false, document);
  }
});

test("playing a clip loads at most 60 KB more", (t) => {
  const later = laterLoad("player.html");
  t.diagnostic(`${[...later].join(", ")}: ${total(later)} B`);
  withinBudget("the transmuxer", total(later), 60 * KB);
});

test("no document loads the transmuxer before something plays", () => {
  const transmuxers = Object.entries(manifest).filter(([key]) => key.endsWith("/transmux.ts"));
  assert.equal(transmuxers.length, 1, "the transmuxer is a chunk of its own");
  for (const document of globSync("*.html", { cwd: dist })) {
    const first = firstLoad(document);
    for (const [, chunk] of transmuxers) assert.equal(first.has(chunk.file), false);
  }
});
