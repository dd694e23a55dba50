/**
 * What the player says it can play, before anything is burned, and what it loads for that.
 * Source: RFC 6381 (codecs), platform-notes.md "Playback", architecture.md (budgets).
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { mp4Type, narrowed } from "../../../widget/frame/clip/playback/probe.ts";
import { type BuiltFile, buildPage, type OpenPage, openPage } from "./support.ts";

describe("the type a clip has for MediaSource", () => {
  const types: [mime: string, type: string | undefined][] = [
    ["video/webm;codecs=vp9,opus", 'video/mp4; codecs="vp09.00.10.08,opus"'],
    ['video/webm; codecs="vp9, opus"', 'video/mp4; codecs="vp09.00.10.08,opus"'],
    ["video/webm;codecs=vp09.02.31.10,opus", 'video/mp4; codecs="vp09.02.31.10,opus"'],
    ["video/mp4;codecs=vp09.00.00.08,opus", 'video/mp4; codecs="vp09.00.10.08,opus"'],
    ["video/x-matroska;codecs=avc1,opus", 'video/mp4; codecs="avc1.42E01E,opus"'],
    ["video/mp4;codecs=avc1.640028,mp4a.40.2", 'video/mp4; codecs="avc1.640028,mp4a.40.2"'],
    ["audio/webm;codecs=opus", 'audio/mp4; codecs="opus"'],
    ["video/webm;codecs=vp8,opus", undefined],
    ["video/webm;codecs=vp9,vorbis", undefined],
    ["audio/ogg;codecs=opus", undefined],
    ["video/webm", undefined],
    ["", undefined],
  ];
  for (const [mime, type] of types) {
    it(`of ${mime || "an empty mime"} is ${type ?? "none"}`, () => assert.equal(mp4Type(mime), type));
  }

  it("names only the codecs of the tracks that the file has", () => {
    const both = 'video/mp4; codecs="vp09.00.10.08,opus"';
    assert.equal(narrowed(both, ["picture"]), 'video/mp4; codecs="vp09.00.10.08"');
    assert.equal(narrowed(both, ["sound"]), 'audio/mp4; codecs="opus"');
    assert.equal(narrowed(both, ["picture", "sound"]), both);
  });
});

describe("what Chromium can play", () => {
  let page: OpenPage;
  before(async () => {
    page = await openPage();
  });
  after(() => page?.close());

  const plans: [mime: string, how: string][] = [
    ["video/webm;codecs=vp9,opus", "progressive"],
    ["video/mp4;codecs=vp9,opus", "progressive"],
    ["audio/webm;codecs=opus", "progressive"],
    ["video/webm;codecs=vp8,opus", "whole"],
    ["audio/ogg;codecs=opus", "whole"],
    ["video/webm", "whole"],
    ["video/webm;codecs=nothing-known", "cannot"],
    ["video/quicktime;codecs=ap4h", "cannot"],
    ["text/html", "cannot"],
    ["", "cannot"],
  ];
  for (const [mime, how] of plans) {
    it(`plays ${mime || "an empty mime"}: ${how}`, async () => {
      assert.equal((await page.run("probe", [mime]))[0]?.how, how);
    });
  }
});

describe("what a click has to load", () => {
  /** architecture.md: the player's transmuxer, gzipped bytes. */
  const BUDGET = 60_000;
  let files: BuiltFile[];
  before(async () => {
    files = await buildPage();
  });

  function loadedWith(name: string, seen = new Set<string>()): Set<string> {
    const file = files.find((candidate) => candidate.name === name);
    if (!file || file.isEntry || seen.has(name)) return seen;
    seen.add(name);
    for (const other of file.imports) loadedWith(other, seen);
    return seen;
  }

  for (const reader of ["read-webm", "read-mp4"]) {
    it(`fits the budget (transmux and ${reader})`, () => {
      const parts = files.filter(({ name }) => /\/(transmux|PART)-/.test(name.replace(reader, "PART")));
      assert.equal(parts.length, 2);
      const loaded = new Set(parts.flatMap(({ name }) => [...loadedWith(name)]));
      const bytes = files.filter(({ name }) => loaded.has(name)).reduce((sum, { gzipped }) => sum + gzipped, 0);
      assert.ok(bytes <= BUDGET, `${bytes} bytes`);
    });
  }

  it("is not loaded with the page", () => {
    const entry = files.find(({ isEntry }) => isEntry) as BuiltFile;
    assert.deepEqual(entry.imports, []);
    assert.ok(entry.gzipped < 8000, `${entry.gzipped} bytes`);
  });
});
