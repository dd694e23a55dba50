/**
 * The run's LiveKit, seen from three sides: what the API is told of it, who is in its rooms, and a client that joins by
 * LiveKit's own signalling, as any program with a token can.
 */
import assert from "node:assert/strict";
import { after } from "node:test";
import { RoomServiceClient } from "livekit-server-sdk";
import { findLivekit } from "../../../../sfu-config/build-livekit.ts";
import { type OwnSfu, type SfuAccess, startLivekit } from "../../../../sfu-config/livekit.ts";
import type { TestMember } from "../../rooms/support/member.ts";

/** As the run has started it. */
export function runsLivekit(): SfuAccess {
  const { TEST_LIVEKIT_URL: url, TEST_LIVEKIT_API_KEY: key, TEST_LIVEKIT_API_SECRET: secret } = process.env;
  assert.ok(url && key && secret, "run it by npm test");
  return { url, key, secret };
}

/** One of a test's own, to be killed. @param logFile where its log goes */
export function ownLivekit(logFile: string): Promise<OwnSfu> {
  return startLivekit({ binary: findLivekit() ?? "", logFile });
}

/** What the API is told. */
export function variablesOf({ url, key, secret }: SfuAccess): Record<string, string> {
  return { LIVEKIT_URL: url, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret };
}

export function roomsOf({ url, key, secret }: SfuAccess): RoomServiceClient {
  return new RoomServiceClient(url.replace("ws", "http"), key, secret);
}

export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly nbf: number;
  readonly exp: number;
  readonly video: { readonly room: string } & Readonly<Record<string, unknown>>;
}

export interface WayIn {
  readonly url: string;
  readonly token: string;
  readonly claims: Claims;
}

let asks = 0;
const connected = new Set<Visitor>();
// LiveKit would keep those whom nobody puts out for minutes, and they this process.
after(async () => {
  await Promise.all([...connected].map((visitor) => visitor.leave()));
});

/** As a member, or only to look. */
export interface AskHow {
  readonly eye?: true;
}

/** What a member is told, or why it is not. */
export async function askFor(
  member: TestMember,
  how: AskHow = {},
): Promise<WayIn | { code: string; retryAfter?: number }> {
  const id = 1_000 + asks++;
  member.say({ type: "sfu", id, ...how });
  const answer = await member.heard((message) => "id" in message && message.id === id);
  if (answer.type === "refused") {
    return { code: answer.code, ...(answer.retryAfter === undefined ? {} : { retryAfter: answer.retryAfter }) };
  }
  assert.ok(answer.type === "sfu");
  const [, payload = ""] = answer.token.split(".");
  return { ...answer, claims: JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims };
}

export async function wayIn(member: TestMember, how: AskHow = {}): Promise<WayIn> {
  const answer = await askFor(member, how);
  assert.ok("token" in answer, JSON.stringify(answer));
  return answer;
}

/** Once LiveKit is there: that it was not is remembered for a second. */
export async function wayInAtLast(member: TestMember): Promise<WayIn> {
  for (;;) {
    const answer = await askFor(member);
    if ("token" in answer) return answer;
    assert.deepEqual(answer, { code: "no-sfu", retryAfter: 5 });
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
}

/** Somebody who is connected to LiveKit, whoever that is. */
export class Visitor {
  /** resolves when LiveKit ends the connection */
  readonly out: Promise<void>;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    connected.add(this);
    this.out = new Promise((resolve) => socket.addEventListener("close", () => resolve()));
    void this.out.then(() => connected.delete(this));
  }

  /** Resolves when LiveKit has taken it into the room. @throws Error if it does not */
  static async join({ url, token }: Pick<WayIn, "url" | "token">): Promise<Visitor> {
    const socket = new WebSocket(`${url}/rtc?access_token=${token}&protocol=15&auto_subscribe=1`);
    const visitor = new Visitor(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("message", () => resolve(), { once: true });
      socket.addEventListener("close", () => reject(new Error("not let in")), { once: true });
    });
    return visitor;
  }

  /** However often it has to try: a room that is just being closed lets nobody in. */
  static async joinAtLast(way: Pick<WayIn, "url" | "token">): Promise<Visitor> {
    for (;;) {
      const visitor = await Visitor.join(way).catch(() => null);
      if (visitor) return visitor;
    }
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await this.out;
  }
}

/** ms that a busy machine may add to what takes milliseconds. */
const SOON_MS = 3_000;

/** Fails unless it happens at once: long before anything that only comes by and by. */
export async function soon(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took more than ${SOON_MS} ms`)), SOON_MS);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The same for something that has to be asked for. */
export async function soonTrue(holds: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = performance.now() + SOON_MS; !(await holds()); await new Promise(setImmediate)) {
    assert.ok(performance.now() < giveUpAt, `it took more than ${SOON_MS} ms`);
  }
}
