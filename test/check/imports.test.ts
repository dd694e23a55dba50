/**
 * The tree says who can see what: imports go only in the directions of the architecture's table, each library has one
 * owner, the widget is silent, files stay short and say what they are for.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { REALMS, realmOf, violations } from "./import-rules.ts";

const root = join(import.meta.dirname, "..", "..");
const header = "/**\n * What it is for.\n * What it may see.\n */\n";

const files = globSync("{widget,api,sfu-config,demo,test}/**/*.{ts,tsx,mts,js,jsx,mjs}", {
  cwd: root,
  exclude: ["**/node_modules/**", "**/dist*/**", "test/out/**"],
}).sort();

test("no file crosses a line that the architecture draws", () => {
  assert.ok(files.length > 20, "the sources were found");
  const found = files.flatMap((file) => violations(file, readFileSync(join(root, file), "utf8")));
  assert.deepEqual(found, []);
});

describe("refuses", () => {
  const refused: [file: string, code: string][] = [
    ["widget/host/a.ts", 'import { seal } from "../seal/clip.ts";'],
    ["widget/host/a.ts", 'import type { Draft } from "../frame/clip/draft.ts";'],
    ["widget/host/a.ts", 'export * from "../frame/clip/draft.ts";'],
    ["widget/host/a.ts", 'export { seal } from "../seal/clip.ts";'],
    ["widget/host/a.ts", 'const seal = await import("../seal/clip.ts");'],
    ["widget/host/a.ts", "const seal = await import(`../seal/clip.ts`);"],
    ["widget/host/a.ts", 'type Seal = typeof import("../seal/clip.ts");'],
    ["widget/host/a.ts", 'import seal = require("../seal/clip.ts");'],
    ["widget/host/a.ts", 'const seal = require("../seal/clip.ts");'],
    ["widget/host/a.ts", '/// <reference path="../seal/clip.ts" />'],
    ["widget/host/a.ts", 'const url = new URL("../media/main.ts", import.meta.url);'],
    ["widget/host/a.ts", 'const url = import.meta.resolve("../media/main.ts");'],
    ["widget/host/a.ts", 'import url from "../media/main.ts?worker&url";'],
    ["widget/host/a.ts", 'import { css } from "lit";'],
    ["widget/host/a.ts", "const any = await import(name);"],
    ["widget/host/a.ts", 'const any = await import("../" + name);'],
    ["widget/host/a.ts", 'import "https://elsewhere.example/a.js";'],
    ["widget/host/a.ts", 'import "/absolute.js";'],
    ["widget/host/a.ts", 'import "#inside";'],
    ["widget/host/a.ts", 'import "../../../outside.ts";'],
    ["widget/host/a.ts", 'import { open } from "@whatping/widget/seal/clip.ts";'],
    ["widget/host/a.ts", 'import { x } from "../../node_modules/lit/index.js";'],
    ["widget/host/a.ts", 'import { x } from "../integrations/react/index.ts";'],
    ["widget/frame/a.ts", 'import { sealer } from "../media/clip-sealer.ts";'],
    ["widget/frame/a.ts", 'import "../media/main.ts";'],
    ["widget/frame/a.ts", 'import text from "../media/main.ts?raw";'],
    ["widget/frame/a.ts", 'import Worker from "../media/main.ts?worker";'],
    ["widget/frame/a.ts", 'import url from "../media/clip-sealer.ts?worker&url";'],
    ["widget/frame/a.ts", 'import url from "../../api/main.ts?worker&url";'],
    ["widget/frame/a.ts", 'import { mount } from "../host/frame-mount.ts";'],
    ["widget/frame/a.ts", 'import { readFileSync } from "node:fs";'],
    ["widget/frame/a.ts", 'import { readFileSync } from "fs";'],
    ["widget/frame/a.ts", 'import { createMlsGroup } from "ts-mls";'],
    ["widget/frame/a.ts", 'new Worker("/worker.js");'],
    ["widget/frame/a.ts", 'new globalThis.SharedWorker("/worker.js");'],
    ["widget/group/a.ts", 'import { frame } from "../media/main.ts";'],
    ["widget/group/a.ts", 'import { createMlsGroup } from "ts-mls";'],
    ["widget/media/a.ts", 'import { html } from "lit";'],
    ["widget/media/a.ts", 'import { a } from "../frame/relay-client.ts";'],
    ["widget/seal/a.ts", 'import { a } from "../media/clip-sealer.ts";'],
    ["widget/seal/a.ts", 'import { css } from "lit";'],
    ["widget/wire/a.ts", 'import { a } from "../seal/clip.ts";'],
    ["widget/wire/a.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
    ["widget/verify/a.ts", 'import { a } from "../seal/clip.ts";'],
    ["widget/integrations/react/a.ts", 'import { a } from "../../wire/bytes.ts";'],
    ["widget/integrations/react/a.ts", 'import { a } from "../../frame/host-link.ts";'],
    ["widget/member/a.ts", 'import { a } from "../host/define.ts";'],
    ["api/a.ts", 'import { seal } from "../widget/seal/clip.ts";'],
    ["api/a.ts", 'import { a } from "../widget/frame/relay-client.ts";'],
    ["api/a.ts", 'import { a } from "../widget/host/define.ts";'],
    ["api/a.ts", 'import { startServices } from "../sfu-config/services.ts";'],
    ["api/a.ts", 'import { a } from "../demo/demo.ts";'],
    ["api/a.ts", 'import { a } from "../test/support/canary.ts";'],
    ["api/routes/a.ts", 'import { createClient } from "redis";'],
    ["api/routes/a.ts", 'import { Client } from "minio";'],
    ["api/store/redis/a.ts", 'import { DatabaseSync } from "node:sqlite";'],
    ["sfu-config/a.ts", 'import { a } from "../api/config.ts";'],
    ["sfu-config/a.ts", 'import { a } from "../widget/wire/bytes.ts";'],
    ["sfu-config/a.ts", 'import { createClient } from "redis";'],
    ["demo/a.ts", 'import { a } from "../test/support/canary.ts";'],
    ["demo/a.ts", 'import { a } from "../widget/seal/clip.ts";'],
    ["widget/frame/a.ts", 'import { connect } from "penpal";'],
    ["widget/frame/a.ts", "console.log(1);"],
    ["widget/seal/a.ts", "globalThis.console.debug(1);"],
    ["widget/a.ts", "export const a = 1;"],
    ["elsewhere/a.ts", "export const a = 1;"],
    ["widget/seal/a.ts", "const = 1;"],
    ["widget/seal/a.ts", "const a = 1;\n".repeat(300)],
  ];
  for (const [file, code] of refused) {
    test(`${code.split("\n")[0]} in ${file}`, () => {
      assert.notDeepEqual(violations(file, header + code), []);
    });
  }
  test("a file that does not open with what it is for", () => {
    assert.notDeepEqual(violations("widget/seal/a.ts", "export const a = 1;\n"), []);
    assert.notDeepEqual(violations("api/a.ts", "// A line.\nexport const a = 1;\n"), []);
    assert.notDeepEqual(violations("api/a.ts", `export const a = 1;\n${header}`), []);
  });
});

describe("allows", () => {
  const allowed: [file: string, code: string][] = [
    ["widget/host/a.ts", 'import { CodedError } from "../wire/errors.ts";\nimport { b } from "./b.ts";'],
    ["widget/host/frame-mount.ts", 'import { connect } from "penpal";'],
    ["widget/frame/clip/a.ts", 'import url from "../../media/main.ts?worker&url";'],
    ["widget/frame/clip/a.ts", 'import { openClip } from "../../seal/clip.ts";\nimport { html } from "lit/html.js";'],
    ["widget/frame/clip/a.ts", 'const later = () => import("./b.ts");'],
    ["widget/frame/worker-url.ts", "new Worker(url);"],
    ["widget/frame/a.ts", "const origin = new URL(frameOrigin).origin;"],
    ["widget/group/mls/commit.ts", 'import { createMlsGroup } from "ts-mls";'],
    ["widget/seal/a.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
    ["widget/member/a.ts", 'import { a } from "../frame/room/call.ts";\nimport { open } from "../seal/clip.ts";'],
    ["widget/integrations/react/a.ts", 'import { define } from "../../host/define.ts";'],
    ["widget/build.ts", 'import { build } from "vite";\nconsole.log(1);'],
    ["api/store/redis/a.ts", 'import { createClient } from "redis";'],
    ["api/a.ts", 'import { CodedError } from "../widget/wire/errors.ts";\nimport Koa from "koa";'],
    [
      "demo/a.ts",
      'import { startServices } from "../sfu-config/services.ts";\nimport { startApi } from "../api/app.ts";',
    ],
    ["test/a.ts", 'import { openClip } from "../widget/seal/clip.ts";\nimport { createClient } from "redis";'],
  ];
  for (const [file, code] of allowed) {
    test(`${code.split("\n")[0]} in ${file}`, () => {
      assert.deepEqual(violations(file, header + code), []);
    });
  }
});

test("gives every folder of the table its realm", () => {
  const folders = ["host", "frame", "group", "media", "seal", "wire", "member", "verify", "integrations"];
  for (const folder of folders) assert.equal(realmOf(`widget/${folder}/x/a.ts`), folder);
  assert.equal(realmOf("api/routes/clips.ts"), "api");
  assert.equal(Object.values(REALMS).length, 14);
});
