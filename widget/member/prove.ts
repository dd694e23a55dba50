/**
 * `npm run prove -- <room link>`: is what the relay carries sealed? Enters the room as a member whom everybody
 * sees, because only members get a token; asks for the token of an eye, which may only receive; and lets LiveKit's own
 * client, which has no keys, decode what it can. Ends with 0 if nothing could be seen or heard, 1 if something could,
 * 2 if there was nothing to look at. Without a link on the command line it reads one from the standard input.
 * PROVE_SECONDS: how long. PROVE_URL and PROVE_TOKEN: any LiveKit room instead.
 * Realm: member process. No media key is made in it: its group state never meets a media worker. Source: product.md R15.
 */
import { createInterface } from "node:readline/promises";
import { Arrival } from "../group/arrival.ts";
import { ShortMemory } from "../group/trail-memory.ts";
import { generateSigningPair, signingKeyOf } from "../seal/ed25519.ts";
import { parseRoomLink } from "../seal/room-link.ts";
import type { RoomEvent } from "../wire/frame-group.ts";
import type { SfuWay } from "./keyless-client.ts";
import { hasCome, isSealed, reportOf } from "./prove-report.ts";

const SECONDS = 10;
/** ms to be let in. */
const PATIENCE_MS = 30_000;
/** As the others see it. */
const NAME = "Proof without keys";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

interface Stay {
  readonly way: SfuWay;
  leave(): Promise<void>;
}

/** @param href guest or host link @throws Error if nobody lets it in, or there is no LiveKit */
async function enter(href: string): Promise<Stay> {
  const link = parseRoomLink(href);
  const { promise: isIn, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(() => reject(new Error("nobody let it in")), PATIENCE_MS);
  const on = (event: RoomEvent) => {
    if (event.type === "knocking" && event.digits) print(`It shows a host these digits: ${event.digits}`);
    if (event.type !== "phase") return;
    if (event.phase === "in") resolve();
    else if (event.phase === "refused") reject(new Error(`the room refused: ${event.code ?? "no reason"}`));
    if (event.phase !== "lobby") return;
    // People decide about it now: as long as they like.
    clearTimeout(late);
    print("In the lobby: a host has to let it in.");
  };
  const identity = await signingKeyOf(await generateSigningPair());
  const arrival = new Arrival({ relay: relayOf(href), link, name: NAME, identity, memory: new ShortMemory(), on });
  const leave = () => arrival.leave();
  try {
    await isIn;
    const { member } = arrival;
    if (!member) throw new Error("the room is over");
    print(`In the room as “${NAME}”: everybody in it sees that.`);
    return { way: await member.media.askSfu({ eye: true }), leave };
  } catch (error) {
    await leave();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** WebSocket origin. Browsers hold every name under `localhost` for this machine, Node asks the network (RFC 6761 §6.3). */
function relayOf(href: string): string {
  const { protocol, hostname, port } = new URL(href);
  const host = hostname.endsWith(".localhost") ? "127.0.0.1" : hostname;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}${port ? `:${port}` : ""}`;
}

async function ask(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line.trim();
  return "";
}

async function prove(args: readonly string[]): Promise<number> {
  const { PROVE_URL: url, PROVE_TOKEN: token, PROVE_SECONDS } = process.env;
  const seconds = Number(PROVE_SECONDS ?? SECONDS);
  const stay =
    url && token ? { way: { url, token }, leave: async () => undefined } : await enter(args[0] ?? (await ask()));
  try {
    print(`LiveKit’s own client takes all that is sent for ${seconds} s, without keys.`);
    // Or it writes what it does onto the screen.
    process.env.NODE_ENV ??= "production";
    const { endClient, tryToDecode } = await import("./keyless-client.ts");
    const proof = await tryToDecode(stay.way, seconds);
    await endClient();
    for (const line of reportOf(proof)) print(line);
    if (!hasCome(proof)) return 2;
    return isSealed(proof) ? 0 : 1;
  } finally {
    await stay.leave();
  }
}

try {
  process.exit(await prove(process.argv.slice(2)));
} catch (error) {
  // Its own sentence, never a link.
  print(`It could not look: ${error instanceof Error ? error.message : "unknown"}`);
  process.exit(2);
}
