/**
 * Whatever the relay and the network do, each thing said is ordered once, and in the order in which it was said.
 * The relay here is the rule that the real one keeps: a message counts only at the head's epoch, once.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { InGroup } from "../../../widget/group/in-group.ts";
import { Outbox } from "../../../widget/group/outbox.ts";

const chat = (id: number): InGroup => ({ type: "chat", id: String(id), text: "", at: 0 });

/** Steps of a run: say something, deliver or lose the post under way, begin an epoch, lose the connection. */
const steps = fc.array(fc.constantFrom("say", "deliver", "lose", "epoch", "reconnect"), { maxLength: 60 });

test("nothing is lost, doubled or reordered, whatever is lost on the way", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const world = new World();
      for (const step of run) await world.step(step);
      await world.finish();
      assert.deepEqual(
        world.ordered,
        Array.from({ length: world.said }, (_, i) => String(i)),
      );
    }),
    { numRuns: 300 },
  );
});

class World {
  epoch = 0;
  said = 0;
  readonly ordered: string[] = [];
  #posts: string[] = [];
  readonly #taken = new Set<string>();
  #seals = 0;
  readonly #outbox = new Outbox({
    epoch: () => this.epoch,
    seal: async (content) => ({
      epoch: this.epoch,
      bytes: JSON.stringify([this.epoch, this.#seals++, (content as { id: string }).id]),
    }),
    post: (bytes) => this.#posts.push(bytes),
  });

  async step(step: string): Promise<void> {
    if (step === "say") {
      void this.#outbox.say(chat(this.said++));
      await tick();
    } else if (step === "deliver") await this.#deliver();
    else if (step === "lose") this.#posts.shift();
    else if (step === "epoch") {
      this.epoch++;
      await this.#outbox.repeat();
    } else await this.#outbox.repeat();
  }

  async finish(): Promise<void> {
    for (let i = 0; i < 2 * this.said + 2; i++) {
      await this.#outbox.repeat();
      while (this.#posts.length > 0) await this.#deliver();
    }
  }

  async #deliver(): Promise<void> {
    const bytes = this.#posts.shift();
    if (bytes === undefined) return;
    const [epoch, , id] = JSON.parse(bytes) as [number, number, string];
    // Receivers open the same bytes once; the relay takes only the head's epoch.
    if (epoch !== this.epoch) return;
    if (!this.#taken.has(bytes)) this.ordered.push(id);
    this.#taken.add(bytes);
    await this.#outbox.ordered(bytes);
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));
