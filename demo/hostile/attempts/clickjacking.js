/**
 * Frames hidden under or over a bait, so that a click meant for the bait starts the camera. Needs a person's click.
 * Realm: host page (hostile).
 */
import { fateOf, mount, pause, refused, SILENCE_MS } from "./bench.js";

/** ms in which somebody may take the bait. */
const PATIENCE_MS = 20_000;
const BAIT = "Now click “Win a teapot” on the workbench.";
const SPOT = "Now click the green spot in the bait on the workbench.";

export const clickjacking = [
  { id: "clickjack-opacity", title: "Make it invisible over a bait", hint: BAIT, run: () => lure("invisible") },
  {
    id: "clickjack-overlay",
    title: "Cover it with a picture that lets clicks through",
    hint: BAIT,
    run: () => lure("covered"),
  },
  { id: "clickjack-scale", title: "Shrink it until nobody can read it", hint: SPOT, run: () => lure("shrunk") },
  { id: "clickjack-filter", title: "Wash it out with a filter", hint: BAIT, run: () => lure("filtered") },
].map((attempt) => ({ ...attempt, byHand: true }));

/** Reports honestly: where the frame did nothing about it, the page says so. */
async function lure(way) {
  const bench = document.getElementById("bench");
  const element = mount();
  element.classList.add(way);
  const bait = document.createElement("div");
  bait.className = `bait ${way}`;
  bait.textContent = "Win a teapot";
  bench.append(bait);
  bench.scrollIntoView({ block: "nearest" });
  const steps = [];
  element.addEventListener("wisp-step", (event) => steps.push(event.detail.step));
  try {
    const fate = await fateOf(element);
    if (fate !== "ready") return refused(`the frame said ${fate}`);
    const first = await firstOf(element, ["wisp-error", "wisp-step"]);
    if (!first) return ["unseen", "nobody took the bait"];
    await pause(SILENCE_MS);
    if (first.code !== "frame-covered") return ["undetected", `the click went through: ${first.step ?? first.code}`];
    return steps.length === 0
      ? ["detected", "the frame asks first, and has started nothing"]
      : ["undetected", `the frame asked, but went to ${steps}`];
  } finally {
    for (const each of [element, bait]) each.remove();
  }
}

/** What the first of these events says, or undefined if none comes. */
function firstOf(element, names) {
  return new Promise((resolve) => {
    for (const name of names) element.addEventListener(name, (event) => resolve(event.detail), { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });
}
