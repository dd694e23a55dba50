/**
 * A guest whose state lies open: put together from the group worker's own parts, with what the worker keeps private in
 * reach, as for somebody who reads its memory. Test support.
 */
import { Entrance } from "../../../widget/group/entrance.ts";
import type { InGroup } from "../../../widget/group/in-group.ts";
import { MemberMedia } from "../../../widget/group/member-media.ts";
import { Membership } from "../../../widget/group/membership.ts";
import type { GroupState } from "../../../widget/group/mls/group-state.ts";
import { RelaySocket } from "../../../widget/group/relay-socket.ts";
import type { RoomState } from "../../../widget/group/room-state.ts";
import { ShortMemory } from "../../../widget/group/trail-memory.ts";
import type { SigningKey } from "../../../widget/seal/ed25519.ts";
import { linkKeys } from "../../../widget/seal/room-keys.ts";
import type { RoomLink } from "../../../widget/seal/room-link.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { type FromRelay, roomPaths } from "../../../widget/wire/room-relay.ts";
import { newIdentity } from "./headless.ts";

export interface BareOptions {
  /** http origin */
  readonly relay: string;
  readonly link: RoomLink & { kind: "guest" };
  readonly name: string;
}

interface Parts {
  readonly socket: RelaySocket;
  /** Runs it when all that came before is taken. */
  between(work: () => void): void;
  readonly waiting: Set<() => void>;
}

export class Bare {
  readonly identity: SigningKey;
  readonly membership: Membership;
  /** all that the relay said, in order */
  readonly told: FromRelay[];
  readonly #parts: Parts;

  private constructor(given: Pick<Bare, "identity" | "membership" | "told">, parts: Parts) {
    this.identity = given.identity;
    this.membership = given.membership;
    this.told = given.told;
    this.#parts = parts;
  }

  /** Resolves when it is in. */
  static async enter({ relay, link, name }: BareOptions): Promise<Bare> {
    const identity = await newIdentity();
    const keys = await linkKeys(link.roomSecret.slice(), link.roomId);
    const told: FromRelay[] = [];
    return new Promise((resolve, reject) => {
      const send = (message: Parameters<RelaySocket["send"]>[0]) => socket.send(message);
      const how = {
        roomId: link.roomId,
        keys,
        identity,
        name,
        memory: new ShortMemory(),
        fetchTrail: async () => "",
        send,
      };
      let entrance: Entrance | undefined;
      let membership: Membership | undefined;
      const nothing = () => undefined;
      const on = {
        ...{ adopted: nothing, said: (_: InGroup) => undefined, unconfirmed: nothing, removed: nothing, gap: nothing },
        ...{ fault: nothing, stranded: nothing, reform: nothing },
      };
      const take = async (message: FromRelay) => {
        told.push(message);
        if (message.type === "hello") entrance = new Entrance(how, message);
        else if (message.type === "room") await entrance?.room(message);
        else if (message.type === "welcome") {
          const entered = await entrance?.welcome(message);
          if (!entered || "fault" in entered) return reject(new Error(entered?.fault ?? "not welcome"));
          const media = new MemberMedia({ send, enterAnew: nothing });
          const needed = { nextId: media.nextId, media: media.keys, nextCharter: async () => null };
          membership = new Membership({ entered, keys: () => keys, send, on, ...needed });
          resolve(new Bare({ identity, membership, told }, parts));
        } else if (message.type === "signal") membership?.signal(message);
        else if ("seq" in message && message.type !== "founded") membership?.entry(message);
      };
      let work: Promise<unknown> = Promise.resolve();
      const socket = new RelaySocket(relay.replace(/^http/, "ws") + roomPaths.socket(toBase64url(link.roomId)), {
        message: (message) => {
          work = work
            .then(() => take(message))
            .then(() => membership?.settled())
            .then(() => {
              for (const look of [...parts.waiting]) look();
            })
            .catch(reject);
        },
        lost: nothing,
      });
      const between = (look: () => void) => {
        work = work.then(look);
      };
      const parts: Parts = { socket, between, waiting: new Set() };
    });
  }

  /** Resolves when `ok` holds. It is looked at only when nothing is half taken: `told` is ahead of the state until then. */
  async until(ok: () => boolean): Promise<void> {
    const { between, waiting } = this.#parts;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!ok()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      between(look);
    });
  }

  /** What somebody has who copied its memory now. */
  copy(): RoomState {
    const { state } = this.membership;
    return { ...state, group: copyOf(state.group) };
  }

  /** A fresh path, as the view's "heal this device". */
  heal(): void {
    this.membership.turn.needs.updateDue = true;
    this.membership.turn.consider();
  }

  end(): void {
    this.membership.end();
    this.#parts.socket.close();
  }
}

function copyOf(group: GroupState): GroupState {
  const { clientConfig, ...rest } = group;
  return { ...structuredClone(rest), clientConfig } as GroupState;
}
