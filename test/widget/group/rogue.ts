/**
 * A member of a real room that keeps no rule: it comes in as everyone does, and then posts what it likes under its own
 * post key. Test support.
 */
import assert from "node:assert/strict";
import { type Entered, Entrance } from "../../../widget/group/entrance.ts";
import { makeCommit } from "../../../widget/group/mls/commit.ts";
import { groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { RelaySocket } from "../../../widget/group/relay-socket.ts";
import { ShortMemory } from "../../../widget/group/trail-memory.ts";
import type { SigningKey } from "../../../widget/seal/ed25519.ts";
import { linkKeys } from "../../../widget/seal/room-keys.ts";
import { hashOf } from "../../../widget/wire/audit.ts";
import { toBase64url } from "../../../widget/wire/bytes.ts";
import { encodeCommitData } from "../../../widget/wire/commit-data.ts";
import { type FromRelay, roomPaths } from "../../../widget/wire/room-relay.ts";
import { commitStatement } from "../../../widget/wire/room-signatures.ts";
import { newPerson } from "./lab.ts";
import type { Room } from "./rooms-on-a-relay.ts";

export class Rogue {
  readonly told: FromRelay[] = [];
  readonly #socket: RelaySocket;
  #entered: Entered | undefined;
  #wake: () => void = () => undefined;

  private constructor(
    room: Room,
    identity: SigningKey,
    { keys, charterKey }: { keys: Awaited<ReturnType<typeof linkKeys>>; charterKey?: SigningKey },
  ) {
    let entrance: Entrance | undefined;
    const url = room.relay.replace(/^http/, "ws") + roomPaths.socket(toBase64url(room.roomId));
    const send = (message: Parameters<RelaySocket["send"]>[0]) => this.#socket.send(message);
    const fetchTrail = async () => "";
    const by = { keys, ...(charterKey ? { charterKey } : {}) };
    const how = { roomId: room.roomId, ...by, identity, name: "rogue", memory: new ShortMemory(), fetchTrail, send };
    this.#socket = new RelaySocket(url, {
      lost: () => undefined,
      message: async (message) => {
        this.told.push(message);
        if (message.type === "hello") entrance = new Entrance(how, message);
        else if (message.type === "room") await entrance?.room(message);
        else if (message.type === "welcome") {
          const entered = await entrance?.welcome(message);
          assert.ok(entered && "state" in entered);
          this.#entered = entered;
        }
        this.#wake();
      },
    });
  }

  /** In the room by its guest link. @param charterKey past the lobby as well */
  static async enter(room: Room, identity: SigningKey, charterKey?: SigningKey): Promise<Rogue> {
    assert.equal(room.link.kind, "guest");
    const secret = room.link.kind === "guest" ? room.link.roomSecret : new Uint8Array();
    const keys = await linkKeys(secret, room.roomId);
    const rogue = new Rogue(room, identity, { keys, ...(charterKey ? { charterKey } : {}) });
    await rogue.until(() => rogue.#entered !== undefined);
    return rogue;
  }

  /** A commit of this epoch that MLS takes, and no rule of the room: it adds somebody whom the list does not show. */
  async commitGhost(): Promise<void> {
    assert.ok(this.#entered);
    const { state, postKey } = this.#entered;
    const ghost = await newPerson("ghost");
    const data = encodeCommitData({ add: [], remove: [] });
    const change = { add: [ghost.own.bytes], remove: [], data, handover: new Uint8Array() };
    const { bytes } = await makeCommit(state.group, change);
    const signature = await postKey.sign(commitStatement(groupIdOf(state.group), await hashOf(bytes)));
    this.#socket.send({ type: "commit", id: 1, bytes: toBase64url(bytes), signature: toBase64url(signature) });
  }

  async until(ok: () => boolean): Promise<void> {
    while (!ok()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  leave(): void {
    this.#socket.close();
  }
}
