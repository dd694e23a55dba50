/**
 * Entry of the group worker: answers the frame's numbered calls and passes on what happens in the room.
 * Realm: group worker inside the sealed frame. One room per worker; everything it knows ends with it.
 */
import { formatGuestLink, formatHostLink, parseRoomLink } from "../seal/room-link.ts";
import { toBase64url } from "../wire/bytes.ts";
import { CodedError } from "../wire/errors.ts";
import type { GroupAnswer, GroupArgument, GroupCall, GroupCallName, GroupReply } from "../wire/frame-group.ts";
import { Arrival } from "./arrival.ts";
import { type Identity, openIdentity } from "./identity.ts";
import { LongMemory } from "./long-memory.ts";
import { openRoom } from "./open-room.ts";
import { pairCode } from "./room-code.ts";
import type { RoomMember } from "./room-member.ts";

type Answers = { [N in GroupCallName]: (argument: GroupArgument<N>) => Promise<GroupAnswer<N>> };

let opening: Promise<Identity> | undefined;
let arrival: Arrival | undefined;
let roomId: Uint8Array | undefined;

const identity = (): Promise<Identity> => (opening ??= openIdentity());

const answers: Answers = {
  async open({ rules }) {
    const opened = await openRoom(location.origin, (await identity()).key.publicKey, rules);
    return { link: formatHostLink(location.origin, opened.roomId, opened.hostSecret) };
  },
  isKept: async () => (await identity()).durable,
  async enter({ link: href, name }) {
    if (arrival) throw new Error("one room per worker");
    const link = parseRoomLink(href);
    roomId = link.roomId;
    arrival = new Arrival({
      relay: location.origin.replace(/^http/, "ws"),
      link,
      name,
      identity: (await identity()).key,
      memory: new LongMemory(),
      on: (event) => reply({ event }),
    });
    return undefined;
  },
  say: ({ text }) => inRoom().say({ type: "chat", id: crypto.randomUUID(), text, at: Date.now() }),
  async show(change) {
    inRoom().shown.show(change);
    return undefined;
  },
  async react({ reaction }) {
    inRoom().shown.react(reaction);
    return undefined;
  },
  async endForAll() {
    await inRoom().acts.endForAll();
    return undefined;
  },
  async invite() {
    const invitation = inRoom().invitation;
    if (!invitation || !roomId) return null;
    return formatGuestLink(location.origin, roomId, invitation.roomSecret, invitation.v);
  },
  async renewLink({ away }) {
    await inRoom().acts.renewLink(away);
    return undefined;
  },
  async changeRules({ rules }) {
    await inRoom().acts.changeRules(rules);
    return undefined;
  },
  async letIn({ id, compared }) {
    await inRoom().lobby.letIn(id, compared);
    return undefined;
  },
  async turnAway({ id }) {
    await inRoom().lobby.turnAway(id);
    return undefined;
  },
  async heal() {
    await inRoom().acts.heal();
    return undefined;
  },
  async beginAnew() {
    await inRoom().acts.beginAnew();
    return undefined;
  },
  pairCode: async ({ identity: other }) => pairCode(toBase64url((await identity()).key.publicKey), other),
  async media({ port }) {
    inRoom().media.takePort(port);
    return undefined;
  },
  sfu: () => inRoom().media.askSfu(),
  eye: () => inRoom().media.askSfu({ eye: true }),
  exportTrail: async () => (await inRoom().exportTrail()) ?? null,
  async leave() {
    await arrival?.leave();
    return undefined;
  },
};

function inRoom(): RoomMember {
  const member = arrival?.member;
  if (!member) throw new CodedError("internal", "Nobody has entered a room here.");
  return member;
}

async function answer({ id, call, argument }: GroupCall): Promise<void> {
  try {
    reply({ id, value: await answers[call](argument as never) });
  } catch (error) {
    // Only coded sentences leave the worker: an exception's own text may quote what it was given.
    const code = error instanceof CodedError ? error.code : "internal";
    const message = error instanceof CodedError ? error.message : "The sealed worker could not do this.";
    reply({ id, error: { code, message } });
  }
}

function reply(message: GroupReply): void {
  self.postMessage(message);
}

self.onmessage = ({ data }: MessageEvent<GroupCall>) => void answer(data);
