/**
 * Leaves to fill a room with, in a process of their own: each enters as a member does, has a connection that stays alive
 * and gets everything, and computes nothing of what it gets. On its own device each would; here they would all stand in
 * line for one processor. Bench support; forked by room-members.ts.
 */
import { Entrance } from "../../widget/group/entrance.ts";
import { OwnLink } from "../../widget/group/own-link.ts";
import { RelaySocket } from "../../widget/group/relay-socket.ts";
import { ShortMemory } from "../../widget/group/trail-memory.ts";
import type { RoomLink } from "../../widget/seal/room-link.ts";
import { toBase64url } from "../../widget/wire/bytes.ts";
import { roomPaths } from "../../widget/wire/room-relay.ts";
import { newIdentity } from "./room-person.ts";

export type CrowdTask =
  /** @param relay http origin */
  | { readonly type: "enter"; readonly relay: string; readonly link: RoomLink; readonly count: number }
  /** how the last commit came */
  | { readonly type: "last" };
/** Times in ms since the epoch: when the first and the last of them got the commit. */
export type CrowdAnswer =
  | { readonly first: number; readonly last: number; readonly bytes: number }
  | { readonly failure: string };

/** Who asks at once: what one commit takes in. */
const WAVE = 32;

let size = 0;
/** by the commit's number in the log */
const arrivals = new Map<number, { first: number; last: number; count: number; bytes: number }>();
let waiting: (() => void) | undefined;

async function enter(relay: string, link: RoomLink, name: string): Promise<void> {
  const own = new OwnLink(link);
  await own.open();
  const identity = await newIdentity();
  let entrance: Entrance | undefined;
  return new Promise((resolve, reject) => {
    const url = relay.replace(/^http/, "ws") + roomPaths.socket(toBase64url(link.roomId));
    const socket = new RelaySocket(url, {
      lost: () => reject(new Error("a connection of the crowd was lost")),
      message: (message) => {
        if (message.type === "hello") {
          const send = socket.send.bind(socket);
          const memory = new ShortMemory();
          const how = {
            roomId: link.roomId,
            keys: own.keys,
            identity,
            name,
            memory,
            fetchTrail: () => Promise.resolve(""),
          };
          entrance = new Entrance({ ...how, send }, message);
        } else if (message.type === "room") entrance?.room(message).catch(reject);
        else if (message.type === "welcome") resolve();
        else if (message.type === "refused") reject(new Error(`refused: ${message.code}`));
        else if (message.type === "commit") note(message.seq, message.bytes.length);
      },
    });
  });
}

function note(seq: number, characters: number): void {
  const now = performance.timeOrigin + performance.now();
  const arrival = arrivals.get(seq) ?? { first: now, last: now, count: 0, bytes: Math.floor((characters * 3) / 4) };
  arrivals.set(seq, { ...arrival, last: now, count: arrival.count + 1 });
  waiting?.();
}

/** Resolves when all of them have the newest commit. */
function lastCommit(): Promise<CrowdAnswer> {
  return new Promise((resolve) => {
    waiting = () => {
      const newest = arrivals.get(Math.max(...arrivals.keys()));
      if (!newest || newest.count < size) return;
      waiting = undefined;
      arrivals.clear();
      resolve(newest);
    };
    waiting();
  });
}

async function perform(task: CrowdTask): Promise<CrowdAnswer> {
  if (task.type === "last") return lastCommit();
  for (let left = task.count; left > 0; left -= WAVE) {
    const names = Array.from({ length: Math.min(WAVE, left) }, () => `guest ${size++}`);
    await Promise.all(names.map((name) => enter(task.relay, task.link, name)));
  }
  arrivals.clear();
  return { first: 0, last: 0, bytes: 0 };
}

process.on("message", async (task: CrowdTask) => {
  process.send?.(await perform(task).catch((error: Error) => ({ failure: error.stack ?? error.message })));
});
// It ends with whoever started it.
process.once("disconnect", () => process.exit());
