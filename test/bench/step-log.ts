/**
 * When things happened in a sealed frame, by its own clock: clicks at the moment of the input event, states at the
 * moment the view is told. Nothing of the driver's round trips is in these times. Bench support; sees states, no content.
 */
import type { Locator } from "playwright-core";

interface Entry {
  readonly at: number;
  /** absent: a click */
  readonly step?: string;
  /** ciphertext bytes that are sealed and not uploaded yet */
  readonly waiting?: number;
}

interface Logged {
  stepLog: Entry[];
  state: { step: string; progress?: { sealedBytes: number; uploadedBytes: number } };
}

export interface Wanted {
  readonly step: string;
  /** all that is sealed must be with the relay, too */
  readonly uploaded?: boolean;
  /** the step that the click itself leads to, where that is another one */
  readonly clickLeadsTo?: string;
}

/** Begins to write down what a view (`wisp-recorder-view`, `wisp-player-view`) is told. */
export async function logSteps(view: Locator): Promise<void> {
  await view.evaluate((element) => {
    const logged = element as unknown as Logged;
    const log: Entry[] = [];
    logged.stepLog = log;
    addEventListener("click", (event) => log.push({ at: event.timeStamp }), { capture: true });
    const drawn = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(logged), "state") as PropertyDescriptor;
    Object.defineProperty(logged, "state", {
      configurable: true,
      get: () => drawn.get?.call(logged),
      set: (state: Logged["state"]) => {
        const { sealedBytes = 0, uploadedBytes = 0 } = state.progress ?? {};
        log.push({ at: performance.now(), step: state.step, waiting: sealedBytes - uploadedBytes });
        drawn.set?.call(logged, state);
      },
    });
  });
}

/**
 * Milliseconds from the click to the first state as wanted; waits for it.
 * @throws Error if it does not come within 30 s
 */
export function sinceClick(view: Locator, wanted: Wanted): Promise<number> {
  return view.evaluate(
    (element, { step, uploaded = false, clickLeadsTo = step }) =>
      new Promise<number>((resolve, reject) => {
        const { stepLog } = element as unknown as Logged;
        const giveUpAt = performance.now() + 30_000;
        const look = () => {
          const led = stepLog.findIndex((entry) => entry.step === clickLeadsTo);
          const click = stepLog.slice(0, led).findLast((entry) => entry.step === undefined);
          const there = stepLog.find(
            (entry, index) => index >= led && entry.step === step && (!uploaded || entry.waiting === 0),
          );
          if (led >= 0 && click && there) resolve(there.at - click.at);
          else if (performance.now() > giveUpAt) reject(new Error(`the view did not reach ${step} within 30 s`));
          else setTimeout(look, 50);
        };
        look();
      }),
    wanted,
  );
}
