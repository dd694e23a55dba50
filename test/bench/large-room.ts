/**
 * A room of any size over the real relay: a host and a guest who compute all that a member does, and a crowd of leaves
 * and connections (room-crowd.ts). Bench support.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { openRoom } from "../../widget/group/open-room.ts";
import type { CrowdAnswer, CrowdTask } from "./room-crowd.ts";
import { newIdentity, Person } from "./room-person.ts";
import { timed } from "./rounds.ts";

export class LargeRoom {
  readonly #relay: string;
  readonly host: Person;
  readonly guest: Person;
  readonly #crowd: ChildProcess;
  size = 2;
  #names = 0;

  private constructor(relay: string, parts: { host: Person; guest: Person; crowd: ChildProcess }) {
    this.#relay = relay;
    this.host = parts.host;
    this.guest = parts.guest;
    this.#crowd = parts.crowd;
  }

  /** @param relay http origin */
  static async open(relay: string): Promise<LargeRoom> {
    const identity = await newIdentity();
    const { hostSecret, roomId } = await openRoom(relay, identity.publicKey);
    const link = { kind: "host", roomId, hostSecret, mangled: false } as const;
    const host = new Person({ relay, link, name: "host", identity });
    await host.untilPeople(1);
    const guest = new Person({ relay, link: host.link, name: "guest", identity: await newIdentity() });
    await guest.untilPeople(2);
    const crowd = fork(join(import.meta.dirname, "room-crowd.ts"), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      serialization: "advanced",
    });
    return new LargeRoom(relay, { host, guest, crowd });
  }

  async growTo(size: number): Promise<void> {
    await this.#ask({ type: "enter", relay: this.#relay, link: this.host.link, count: size - this.size });
    this.size = size;
    await this.#untilPeople(size);
  }

  /** Someone comes in, and is sent away again. @returns ms of both, and bytes of the commit that removes */
  async comeAndGo(): Promise<{ joined: number; removed: number; bytes: number }> {
    const [link, identity, name] = [this.host.link, await newIdentity(), `visitor ${this.#names++}`];
    const began = performance.now();
    const visitor = new Person({ relay: this.#relay, link, name, identity });
    await visitor.untilPeople(this.size + 1);
    return { joined: performance.now() - began, ...(await this.sendAway(name)) };
  }

  /** The host sends away who has come in by that name. @returns ms until the last one is in the next epoch */
  async sendAway(name: string): Promise<{ removed: number; bytes: number }> {
    await this.#untilPeople(this.size + 1);
    await this.#lastCommit();
    const clicked = performance.now();
    await this.host.member.acts.renewLink([this.host.idOf(name)]);
    await this.#untilPeople(this.size);
    const adopted = performance.now() - clicked;
    const { first, last, bytes } = await this.#lastCommit();
    // Whoever got it last computes on a device of its own, as long as the guest does here.
    return { removed: adopted + (last - first), bytes };
  }

  /** ms from saying something until somebody else has heard it, and until it came back to who said it. */
  async chat(): Promise<{ heard: number; ordered: number }> {
    const text = `text ${this.#names++}`;
    const began = performance.now();
    const ordered = timed(() => this.guest.say(text));
    await this.host.untilHeard(text);
    return { heard: performance.now() - began, ordered: await ordered };
  }

  async close(): Promise<void> {
    this.#crowd.kill();
    await Promise.all([this.guest.member.leave(), this.host.member.leave()]);
  }

  async #untilPeople(count: number): Promise<void> {
    await Promise.all([this.host.untilPeople(count), this.guest.untilPeople(count)]);
  }

  #lastCommit() {
    return this.size > 2 ? this.#ask({ type: "last" }) : { first: 0, last: 0, bytes: Number.NaN };
  }

  async #ask(task: CrowdTask): Promise<Exclude<CrowdAnswer, { failure: string }>> {
    const answered = once(this.#crowd, "message");
    this.#crowd.send(task);
    const [answer] = (await answered) as [CrowdAnswer];
    if ("failure" in answer) throw new Error(answer.failure);
    return answer;
  }
}
