/**
 * A room in which everything happens in an order drawn from a seed: people come, talk, update, leave, crash and come
 * back, several of them at once; and what must hold at the end of it. Test support. Source: product.md R2; protocol.md §5.
 */
import assert from "node:assert/strict";
import { type Balancer, startBalancer } from "./balancer.ts";
import { type Headless, Room } from "./headless.ts";

/** ms until a crowd is in, or whoever crashed is found out, on a busy machine. */
const PATIENCE_MS = 120_000;

export interface StormOptions {
  /** http origin */
  readonly relay: string;
  /** people at most, the host included, witnesses not; all of them come before anything else happens */
  readonly size: number;
  readonly seed: number;
}

export interface Counts {
  join: number;
  say: number;
  update: number;
  renew: number;
  leave: number;
  crash: number;
  back: number;
}

/** Somebody in a browser, whom the storm leaves alone: what they see at the end. */
export interface Witness {
  readonly name: string;
  untilSaid(text: string): Promise<void>;
  /** texts in the order in which they came */
  texts(): Promise<string[]>;
  code(): Promise<string | null>;
}

interface Said {
  readonly by: Headless;
  readonly text: string;
  /** false: its membership ended before it was said */
  readonly ordered: Promise<boolean>;
}

/** Of all that is drawn; the same for the same weather. */
export const SEED = Number(process.env.SEED ?? 20261124);

/** A room from its first member to its last, with what must hold checked in the end. @param rage what happens to it */
export async function weathers(
  options: StormOptions,
  t: { diagnostic(text: string): void },
  rage: (storm: Storm) => Promise<void>,
): Promise<void> {
  const storm = await Storm.begin(options);
  await rage(storm);
  await storm.settle();
  const { host } = storm.room;
  const epochs = host.last("roster")?.epoch;
  t.diagnostic(`${options.size}: ${JSON.stringify(storm.counts)}, ${epochs} epochs, ${host.heard.length} heard`);
  await storm.end();
}

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Storm {
  readonly room: Room;
  readonly witnesses: Witness[] = [];
  readonly counts: Counts = { join: 0, say: 0, update: 0, renew: 0, leave: 0, crash: 0, back: 0 };
  readonly #options: StormOptions;
  readonly #next: () => number;
  /** each guest's own way to the relay, so that it can be cut off */
  readonly #ways = new Map<Headless, Balancer>();
  readonly #crashed: Headless[] = [];
  readonly #said: Said[] = [];

  private constructor(room: Room, options: StormOptions) {
    this.room = room;
    this.#options = options;
    this.#next = random(options.seed);
  }

  static async begin(options: StormOptions): Promise<Storm> {
    const storm = new Storm(await Room.open(options.relay), options);
    await Promise.all(Array.from({ length: options.size - 1 }, () => storm.#join()));
    await Promise.all(storm.room.present.map((one) => one.untilPeople(options.size, PATIENCE_MS)));
    return storm;
  }

  /** All kinds of it at once, each by somebody else. */
  async gust(): Promise<void> {
    const people = this.#shuffled;
    const take = (count: number, work: (one: Headless) => Promise<unknown>) =>
      people.splice(0, count).map((one) => work.call(this, one));
    await Promise.all([
      ...take(8, this.#say),
      ...take(1, this.#update),
      ...take(2, this.#leave),
      ...take(2, this.#crash),
    ]);
    await Promise.all([this.#join(this.#crashed.shift()), this.#join(), ...take(8, this.#say)]);
  }

  /** One thing after the other, some at once. @param goesOn asked before each step, with how many there were */
  async rage(goesOn: (step: number) => boolean): Promise<void> {
    for (let step = 0; goesOn(step); step++) {
      const people = this.#shuffled.slice(0, 1 + Math.floor(this.#next() * 3));
      const works = people.map((one) => this.#draw(one));
      if (works.length === 0 || this.#next() < 0.3) works.push(this.#comes());
      await Promise.all(works);
      if (this.#next() < 0.03) await this.#renew();
    }
  }

  /** Everyone who is there sees one room, has heard the same words in the same order, and nothing is lost. */
  async settle(): Promise<void> {
    const { room } = this;
    const count = room.present.length + this.witnesses.length;
    await Promise.all(room.present.map((one) => one.untilPeople(count, PATIENCE_MS)));
    await room.host.say("the end");
    await Promise.all(room.present.map((one) => one.untilHeard("the end", PATIENCE_MS)));
    room.assertOne();
    const { heard, code } = room.host;
    for (const witness of this.witnesses) {
      await witness.untilSaid("the end");
      const texts = await witness.texts();
      assert.deepEqual(texts, heard.slice(-texts.length), witness.name);
      assert.equal(await witness.code(), code, witness.name);
    }
    const entered = room.host.all("phase").filter(({ phase }) => phase === "entering").length;
    assert.equal(entered, 1, "the host, who is what the others are held against, was there all the time");
    assert.equal(new Set(heard).size, heard.length, "nothing was heard twice");
    for (const one of room.everyone) {
      assert.deepEqual(one.faults, [], one.name);
      assertPart(heard, one);
    }
    for (const { by, text, ordered } of this.#said) {
      // Who stays says it in its next membership, if not in this one.
      if ((await ordered) || room.present.includes(by)) assert.ok(heard.includes(text), `“${text}” was lost`);
    }
    for (const one of room.everyone) {
      const said = this.#said.flatMap(({ by, text }) => (by === one && heard.includes(text) ? [text] : []));
      assert.deepEqual(
        heard.filter((text) => said.includes(text)),
        said,
        `${one.name}'s own order`,
      );
    }
  }

  async end(): Promise<void> {
    await this.room.leave();
    await Promise.all([...this.#ways.values()].map((way) => way.close()));
  }

  /** Guests who are in, in an order of their own. */
  get #shuffled(): Headless[] {
    const guests = this.room.present.filter((one) => one !== this.room.host && one.phase === "in");
    for (let i = guests.length - 1; i > 0; i--) {
      const j = Math.floor(this.#next() * (i + 1));
      [guests[i], guests[j]] = [guests[j] as Headless, guests[i] as Headless];
    }
    return guests;
  }

  #draw(one: Headless): Promise<unknown> {
    const draw = this.#next();
    if (draw < 0.6) return this.#say(one);
    if (draw < 0.75) return this.#update(one);
    return draw < 0.88 ? this.#leave(one) : this.#crash(one);
  }

  async #comes(): Promise<void> {
    if (this.room.present.length >= this.#options.size) return;
    const lost = this.#next() < 0.5 ? this.#crashed.shift() : undefined;
    await this.#join(lost);
  }

  /** @param as the same person and browser, after its tab was lost */
  async #join(as?: Headless): Promise<void> {
    if (as) this.counts.back++;
    const name = as?.name ?? `m${this.counts.join++}`;
    const { port } = new URL(this.#options.relay);
    const way = await startBalancer(() => [Number(port)]);
    const how = as ? { identity: as.identity, memory: as.memory } : {};
    const guest = await this.room.invite(name, { relay: way.origin, ...how });
    this.#ways.set(guest, way);
    await guest.until(() => guest.phase === "in", "in", PATIENCE_MS);
  }

  /** Several in one breath. */
  async #say(one: Headless): Promise<void> {
    const count = 1 + Math.floor(this.#next() * 3);
    const said = Array.from({ length: count }, (): Said => {
      const text = `${this.counts.say++} by ${one.name}`;
      return { by: one, text, ordered: one.say(text) };
    });
    this.#said.push(...said);
    await said[0]?.ordered;
  }

  async #update(one: Headless): Promise<void> {
    this.counts.update++;
    await one.member.acts.heal();
  }

  async #renew(): Promise<void> {
    this.counts.renew++;
    const { host } = this.room;
    const v = (host.member.invitation?.v ?? 0) + 1;
    await host.member.acts.renewLink();
    await host.until(() => host.member.invitation?.v === v, "a new link");
  }

  async #leave(one: Headless): Promise<void> {
    this.counts.leave++;
    await one.member.leave();
    await this.#ways.get(one)?.close();
  }

  async #crash(one: Headless): Promise<void> {
    this.counts.crash++;
    await this.#ways.get(one)?.close();
    this.#crashed.push(one);
    // It can tell nobody any more.
    await one.member.leave();
  }
}

/** What was heard in each membership is a part of what the host heard, without holes: nothing lost or out of order. */
function assertPart(host: readonly string[], one: Headless): void {
  const memberships: string[][] = [[]];
  for (const event of one.events) {
    if (event.type === "phase" && event.phase === "entering") memberships.push([]);
    else if (event.type === "chat") memberships.at(-1)?.push(event.text);
  }
  for (const heard of memberships) {
    const start = host.indexOf(heard[0] ?? "");
    assert.deepEqual(heard, heard.length > 0 ? host.slice(start, start + heard.length) : [], one.name);
  }
  const places = one.heard.map((text) => host.indexOf(text));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
    `${one.name} heard in the host's order`,
  );
}
