/**
 * A room over the real relay all of whose members compute all that a member does: they show each other that they have an
 * epoch, which is when sealing moves to it. Bench support.
 */
import { openRoom } from "../../widget/group/open-room.ts";
import { newIdentity, Person } from "./room-person.ts";

export class SmallRoom {
  readonly #relay: string;
  readonly host: Person;
  readonly #people: Person[];
  #names = 0;
  /** people in browsers, whom this room does not compute for */
  guests = 0;

  private constructor(relay: string, host: Person) {
    this.#relay = relay;
    this.host = host;
    this.#people = [host];
  }

  /** @param relay http origin @param size people at the beginning, a host among them */
  static async open(relay: string, size: number): Promise<SmallRoom> {
    const identity = await newIdentity();
    const { hostSecret, roomId } = await openRoom(relay, identity.publicKey);
    const link = { kind: "host", roomId, hostSecret, mangled: false } as const;
    const room = new SmallRoom(relay, new Person({ relay, link, name: "host", identity }));
    await room.host.untilPeople(1);
    while (room.#people.length < size) {
      room.#people.push(await room.#enter(`member ${room.#names++}`));
      await room.untilPeople(room.size);
    }
    return room;
  }

  get size(): number {
    return this.#people.length + this.guests;
  }

  /** Someone comes in. @returns their name */
  async come(): Promise<string> {
    const name = `visitor ${this.#names++}`;
    const visitor = await this.#enter(name);
    await Promise.all([visitor.untilPeople(this.size + 1), this.untilPeople(this.size + 1)]);
    return name;
  }

  /** The host sends away who has come in by that name. */
  async sendAway(name: string): Promise<void> {
    await this.untilPeople(this.size + 1);
    await this.host.member.acts.renewLink([this.host.idOf(name)]);
    await this.untilPeople(this.size);
  }

  async close(): Promise<void> {
    await Promise.all(this.#people.map(({ member }) => member.leave()));
  }

  async untilPeople(count: number): Promise<void> {
    await Promise.all(this.#people.map((person) => person.untilPeople(count)));
  }

  async #enter(name: string): Promise<Person> {
    return new Person({ relay: this.#relay, link: this.host.link, name, identity: await newIdentity() });
  }
}
