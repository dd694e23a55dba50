/**
 * Members without a browser: the very code of the group worker, in this process, on a relay's address. They keep what
 * they were told, and `until` waits for an event, not for time. Test support.
 */
import assert from "node:assert/strict";
import { after } from "node:test";
import { Arrival } from "../../../widget/group/arrival.ts";
import { openRoom } from "../../../widget/group/open-room.ts";
import type { RoomMember } from "../../../widget/group/room-member.ts";
import { ShortMemory, type TrailMemory } from "../../../widget/group/trail-memory.ts";
import { generateSigningPair, type SigningKey, signingKeyOf } from "../../../widget/seal/ed25519.ts";
import { hostKeys } from "../../../widget/seal/room-keys.ts";
import type { LobbyLink, RoomLink } from "../../../widget/seal/room-link.ts";
import type { Bytes } from "../../../widget/wire/bytes.ts";
import type { Person, Phase, RoomEvent } from "../../../widget/wire/frame-group.ts";
import type { RoomRules } from "../../../widget/wire/room-rules.ts";
import { noteSecret } from "../../support/canary.ts";

type EventOf<T extends RoomEvent["type"]> = Extract<RoomEvent, { type: T }>;

/** ms that anything may take on a busy machine. */
const PATIENCE_MS = 20_000;

const begun = new Set<Headless>();
// A test that fails leaves people in the room, who would come back for ever.
after(() => Promise.all([...begun].map((one) => one.arrival.leave())));

export const newIdentity = async (): Promise<SigningKey> => signingKeyOf(await generateSigningPair());

export interface Beginning {
  /** http origin of the relay, or of what stands in front of it */
  readonly relay: string;
  readonly link: RoomLink | LobbyLink;
  readonly name: string;
  readonly identity?: SigningKey;
  readonly memory?: TrailMemory;
}

export class Headless {
  readonly name: string;
  readonly identity: SigningKey;
  readonly arrival: Arrival;
  readonly events: RoomEvent[] = [];
  readonly memory: TrailMemory;
  #checks = new Set<() => void>();
  #said = 0;

  private constructor({ relay, link, name, memory }: Beginning, identity: SigningKey) {
    this.name = name;
    this.identity = identity;
    this.memory = memory ?? new ShortMemory();
    this.arrival = new Arrival({
      relay: relay.replace(/^http/, "ws"),
      link,
      name,
      identity,
      memory: this.memory,
      on: (event) => {
        this.events.push(event);
        for (const check of this.#checks) check();
      },
    });
  }

  /** Whom the room knows. */
  get member(): RoomMember {
    const { member } = this.arrival;
    assert.ok(member, `${this.name} is no member`);
    return member;
  }

  static async begin(how: Beginning): Promise<Headless> {
    const headless = new Headless(how, how.identity ?? (await newIdentity()));
    begun.add(headless);
    return headless;
  }

  last<T extends RoomEvent["type"]>(type: T): EventOf<T> | undefined {
    return this.events.findLast((event): event is EventOf<T> => event.type === type);
  }

  all<T extends RoomEvent["type"]>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  get phase(): Phase | undefined {
    return this.last("phase")?.phase;
  }

  get people(): readonly Person[] {
    return this.last("roster")?.people ?? [];
  }

  get names(): string[] {
    return this.people.map(({ name }) => name).sort();
  }

  get code(): string {
    return this.last("roster")?.code ?? "";
  }

  get faults(): string[] {
    return this.all("alarm").map(({ fault }) => fault);
  }

  /** Texts in the order in which they came. */
  get heard(): string[] {
    return this.all("chat").map(({ text }) => text);
  }

  async say(text: string): Promise<boolean> {
    return this.member.say({ type: "chat", id: `${this.name}-${this.#said++}`, text, at: Date.now() });
  }

  id(name: string): string {
    const person = this.people.find((one) => one.name === name);
    assert.ok(person, `${this.name} does not see ${name}`);
    return person.id;
  }

  /** Resolves when `ok` holds after an event. @throws Error that names what was waited for, and what there is */
  until(ok: () => boolean, what: string, ms = PATIENCE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error) => {
        clearTimeout(timer);
        this.#checks.delete(check);
        if (error) reject(error);
        else resolve();
      };
      const check = () => {
        if (ok()) end();
      };
      const timer = setTimeout(() => {
        const there = `${this.phase}, ${this.names.join(" ")}, faults ${this.faults.join(" ") || "none"}`;
        end(new Error(`${this.name}: not ${what} after ${ms} ms (${there})`));
      }, ms);
      this.#checks.add(check);
      check();
    });
  }

  untilPeople(count: number, ms?: number): Promise<void> {
    return this.until(() => this.phase === "in" && this.people.length === count, `${count} people`, ms);
  }

  untilHeard(text: string, ms?: number): Promise<void> {
    return this.until(() => this.heard.includes(text), `“${text}” heard`, ms);
  }
}

/** Link versions whose secrets the end of the run looks for. */
const NOTED_LINKS = 3;

/** Nothing that the server side leaves behind may hold them (test/last). */
async function noteSecrets(hostSecret: Bytes): Promise<void> {
  noteSecret("host-secret", hostSecret);
  const host = await hostKeys(hostSecret);
  for (let v = 1; v <= NOTED_LINKS; v++) noteSecret(`room-secret-${v}`, await host.roomSecret(v));
}

/** A room with its host in it, and more people as they are wanted. Ends with `leave`. */
export class Room {
  readonly relay: string;
  readonly host: Headless;
  readonly hostSecret: Bytes;
  readonly roomId: Bytes;
  readonly everyone: Headless[];

  private constructor(parts: Pick<Room, "relay" | "host" | "hostSecret" | "roomId">) {
    this.relay = parts.relay;
    this.host = parts.host;
    this.hostSecret = parts.hostSecret;
    this.roomId = parts.roomId;
    this.everyone = [this.host];
  }

  /** @param relay http origin @param through where the host connects, if not there @param rules where not as usual */
  static async open(relay: string, through = relay, rules: Partial<RoomRules> = {}): Promise<Room> {
    const identity = await newIdentity();
    const { hostSecret, roomId } = await openRoom(relay, identity.publicKey, rules);
    await noteSecrets(hostSecret);
    const link = { kind: "host", roomId, hostSecret, mangled: false } as const;
    const host = await Headless.begin({ relay: through, link, name: "host", identity });
    await host.untilPeople(1);
    return new Room({ relay, host, hostSecret, roomId });
  }

  /** The guest link as it is now. */
  get link(): RoomLink {
    const invitation = this.host.member.invitation;
    assert.ok(invitation);
    const { roomSecret, v } = invitation;
    return { kind: "guest", roomId: this.roomId, roomSecret: roomSecret.slice(), v, mangled: false };
  }

  /** Begins to enter; `untilPeople` waits for it. */
  async invite(name: string, how: Partial<Beginning> = {}): Promise<Headless> {
    const guest = await Headless.begin({ relay: this.relay, name, ...how, link: how.link ?? this.link });
    this.everyone.push(guest);
    return guest;
  }

  /** Several at once, all in. */
  async grow(...names: string[]): Promise<Headless[]> {
    const guests = await Promise.all(names.map((name) => this.invite(name)));
    await this.untilPeople(this.present.length);
    return guests;
  }

  /** Who neither left nor was sent away. */
  get present(): Headless[] {
    return this.everyone.filter(({ phase }) => phase !== "left" && phase !== "removed" && phase !== "refused");
  }

  async untilPeople(count: number): Promise<void> {
    await Promise.all(this.present.map((one) => one.untilPeople(count)));
  }

  /** Everyone present sees the same people and the same code. */
  assertOne(): void {
    const [first, ...rest] = this.present;
    for (const one of rest) {
      assert.deepEqual(one.names, first?.names);
      assert.equal(one.code, first?.code);
    }
  }

  async leave(): Promise<void> {
    await Promise.all(this.present.map((one) => one.arrival.leave()));
  }
}
