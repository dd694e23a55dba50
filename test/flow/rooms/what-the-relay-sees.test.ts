/**
 * docs/what-the-relay-sees.md is true of rooms: every field that the database holds of one, that passes over its sockets
 * and HTTP calls, between the relay's processes and into the log is listed there, and every listed one is really there
 * (product.md R13). Rooms in which everything happens, on each store.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type PrivateHeader, readCommitHeader, readPrivateHeader } from "../../../widget/wire/commit-data.ts";
import type { FromRelay, ToRelay } from "../../../widget/wire/room-relay.ts";
import { hearSockets } from "../../support/record-sockets.ts";
import { listed, listedFields } from "../relay-page.ts";
import { openRelay, type TestRelay } from "./relay.ts";
import { type Dump, dumpRedis, dumpSqlite } from "./relay-dump.ts";
import { goThroughTrouble, liveInTheLobby, liveThrough } from "./whole-life.ts";

/** Names of leaves; what hangs on a list hangs on its name, and what is named by a post key by that word. */
function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => pathsOf(each, path));
  if (value === null) return [];
  if (typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([name, inner]) => {
    const shown = /^[\w-]{43}$/.test(name) ? "<post key>" : name;
    return pathsOf(inner, path ? `${path}.${shown}` : shown);
  });
}

/** All that was seen, by the heading under which the page lists it. */
class Seen {
  readonly #names = new Map<string, Set<string>>();

  note(heading: string, names: readonly string[]): void {
    const known = this.#names.get(heading) ?? new Set();
    this.#names.set(heading, known);
    for (const name of names) known.add(name);
  }

  under(heading: string): string[] {
    return [...(this.#names.get(heading) ?? [])].sort();
  }

  /** A message: its type, and its fields below that. */
  message(heading: string, { type, ...fields }: { readonly type: string }): void {
    const paths = pathsOf(fields, "");
    this.note(heading, paths.length === 0 ? [type] : paths.map((path) => `${type}.${path}`));
  }

  dump({ places, documents, entries }: Dump, lies: string): void {
    this.note(lies, places);
    for (const { collection, value } of documents) {
      if (collection === "room") this.note("Rooms: one document per room", pathsOf(JSON.parse(value), ""));
      else if (collection === "presence") this.note("Rooms: who is connected", pathsOf(JSON.parse(value), ""));
      else assert.match(value, /^[\w-]{43}$/, "the relay's signing key");
    }
    for (const { log, text } of entries) this.#entry(log, text);
  }

  #entry(log: string, text: string): void {
    const [entry = "", beside] = text.split("\t");
    const said = JSON.parse(entry) as { readonly type: string };
    if (log === "audit") {
      this.note("Rooms: audit trail", Object.keys(said));
      this.note("Rooms: kinds of audit entries", [said.type]);
    } else this.message("Rooms: the last minute", said);
    if (beside) this.note("Rooms: the last minute", pathsOf(JSON.parse(beside), "beside a commit"));
  }
}

const HEADS = ["group_id", "epoch", "content_type"];

/** What is readable of a sealed message without a key. */
function clearParts(message: ToRelay): string[] {
  if (message.type !== "message" && message.type !== "signal" && message.type !== "commit") return [];
  const bytes = Buffer.from(message.bytes, "base64url");
  const header = readPrivateHeader(bytes) as PrivateHeader;
  if (message.type === "commit") {
    return [...HEADS, ...pathsOf(readCommitHeader(bytes)?.data, "authenticated_data")];
  }
  assert.equal(header.authenticatedData.length, 0, "only commits have authenticated data");
  return HEADS;
}

/** Every HTTP call that this process makes, as its page lists it. */
function hearHttp(seen: Seen): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    const name = `${init?.method ?? "GET"} ${url.pathname.replace(/rooms\/[\w-]{22}/, "rooms/:roomId")}`;
    const token = new Headers(init?.headers).has("authorization") ? [`${name}.relay token`] : [];
    const body = typeof init?.body === "string" ? pathsOf(JSON.parse(init.body), `${name}.body`) : [];
    const text = await answer.clone().text();
    const said = name.endsWith("/audit") ? [`${name}.answer`] : pathsOf(JSON.parse(text), `${name}.answer`);
    if (answer.ok) seen.note("Rooms: HTTP", [...token, ...body, ...said]);
    return answer;
  };
}

async function hearProcesses(relay: TestRelay, roomId: string, seen: Seen): Promise<void> {
  await relay.api.store.subscribe(`room/${roomId}`, (heard) => {
    if (heard.type !== "message") return;
    const [kind = "", text = ""] = [heard.text[0], heard.text.slice(heard.text.indexOf("\n") + 1)];
    const heading = "Rooms: between the relay's processes";
    if (kind === "a") seen.note(heading, ["answer.knock", "answer.sealed"]);
    else if (kind === "p") seen.note(heading, pathsOf(JSON.parse(text), "presence"));
    else seen.message(heading, JSON.parse(text) as FromRelay);
  });
}

const stores = {
  redis: "Rooms: where it lies in Redis",
  embedded: "Rooms: where it lies in the embedded store",
} as const;

for (const [store, lies] of Object.entries(stores) as [keyof typeof stores, string][]) {
  describe(`of a room on ${store}`, () => {
    const seen = new Seen();
    let relay: TestRelay;
    const { fetch } = globalThis;

    before(async () => {
      const prefix = `seen-${randomBytes(4).toString("hex")}:`;
      relay = await openRelay(store, { prefix });
      hearSockets((direction, text) => {
        const message = JSON.parse(text) as ToRelay | FromRelay;
        seen.message(`Rooms: ${direction === "to relay" ? "member to relay" : "relay to member"}`, message);
        if (direction === "to relay") seen.note("Rooms: readable of an MLS message", clearParts(message as ToRelay));
      });
      hearHttp(seen);
      const url = process.env.TEST_REDIS_URL ?? "";
      const look = async () => {
        const dump = store === "redis" ? await dumpRedis(url, prefix) : dumpSqlite(relay.dataDir);
        seen.dump(dump, lies);
      };
      const begun = (roomId: string) => hearProcesses(relay, roomId, seen);
      const scene = { origin: relay.origin, port: relay.api.port, look, begun };
      await liveThrough(scene);
      await goThroughTrouble(scene);
      await liveInTheLobby(scene);
      await look();
    });
    after(async () => {
      globalThis.fetch = fetch;
      await relay?.close();
    });

    for (const heading of [
      "Rooms: one document per room",
      "Rooms: who is connected",
      "Rooms: audit trail",
      "Rooms: kinds of audit entries",
    ]) {
      test(`the page lists what is stored, and nothing else: ${heading}`, () => {
        assert.deepEqual(seen.under(heading), [...listed(heading)].sort());
      });
    }
    for (const heading of [
      lies,
      "Rooms: the last minute",
      "Rooms: HTTP",
      "Rooms: member to relay",
      "Rooms: relay to member",
      "Rooms: between the relay's processes",
      "Rooms: readable of an MLS message",
    ]) {
      test(`the page lists what there is with its fields, and nothing else: ${heading}`, () => {
        assert.deepEqual(seen.under(heading), [...listedFields(heading)].sort());
      });
    }

    test("the page lists every field of the log", () => {
      const lines = readFileSync(relay.logFile, "utf8").trim().split("\n");
      const fields = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line) as object)));
      assert.ok(
        ["roomId", "messagesIn", "messagesOut", "closeCode"].every((name) => fields.has(name)),
        "no room's line",
      );
      assert.deepEqual(
        [...fields].filter((name) => !listed("Log: one line per request").has(name)),
        [],
      );
    });
  });
}
