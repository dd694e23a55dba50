/**
 * `npm start` and LiveKit: rooms light up once it is there, and say so until then.
 * Go is a script here that waits, and then hands out the LiveKit that the run has built; all else is real.
 */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Demo, startDemo } from "../../../demo/demo.ts";
import { TestMember } from "../../api/rooms/support/member.ts";
import { TestRoom } from "../../api/rooms/support/room.ts";
import { askFor, Visitor, wayInAtLast } from "../../api/sfu/support/livekit.ts";

const folder = mkdtempSync(join(tmpdir(), "demo-media-"));
const gate = join(folder, "may-end");
let demo: Demo | undefined;
after(async () => {
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** PATH with a Go that builds until the gate opens. */
function pathWithGo(): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const go = `#!/bin/sh
while [ ! -e "${gate}" ]; do sleep 0.1; done
ln -s "${process.env.LIVEKIT_BIN}" "$GOBIN/server"
`;
  writeFileSync(join(bin, "go"), go);
  chmodSync(join(bin, "go"), 0o755);
  return `${bin}:/usr/bin:/bin`;
}

async function lineWith(lines: readonly string[], words: string): Promise<string> {
  for (;;) {
    const line = lines.find((each) => each.includes(words));
    if (line) return line;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("rooms have no way into LiveKit while it is being built, and get one when it is there", async () => {
  const lines: string[] = [];
  demo = await startDemo({
    print: (line) => lines.push(line),
    servers: "embedded",
    media: "auto-build",
    anyPorts: true,
    env: { PATH: pathWithGo(), HOME: folder, DATA_DIR: join(folder, "data"), STATIC_DIR: join(folder, "static") },
  });
  assert.ok(lines.includes("media     building in the background; rooms have no video and sound until it is there"));
  const room = new TestRoom();
  assert.equal((await room.open({ base: `http://127.0.0.1:${demo.api.port}` })).status, 201);
  const host = await TestMember.founder(demo.api, room);
  assert.deepEqual(await askFor(host), { code: "no-sfu", retryAfter: 5 });
  writeFileSync(gate, "");
  const built = await lineWith(lines, "media     built");
  const way = await wayInAtLast(host);
  assert.ok(built.includes(new URL(way.url).host));
  await Visitor.join(way);
});

test("a room's document may connect to where LiveKit is told to be", async () => {
  assert.ok(demo);
  const { headers } = await fetch(`http://127.0.0.1:${demo.api.port}/frame/room`);
  assert.match(headers.get("content-security-policy") ?? "", /connect-src 'self' ws:\/\/127\.0\.0\.1:\d+ http:/);
});
