/**
 * A customer's page that has been taken over: its origin is allowed, its code is not to be trusted. Lists what it may
 * try against the frame that records, tries it, and says how it went. Realm: host page (hostile).
 *
 *   <li data-attempt="read-document" data-result="refused | succeeded | detected | undetected | unseen | running | idle">
 */
import { attributes } from "./attempts/attributes.js";
import { clickjacking } from "./attempts/clickjacking.js";
import { messages } from "./attempts/messages.js";
import { places } from "./attempts/places.js";
import { reachIn } from "./attempts/reach-in.js";
import { room } from "./attempts/room.js";

const groups = [
  ["Reach into the frame", reachIn],
  ["Forge its messages", messages],
  ["Turn its attributes against it", attributes],
  ["Put it where it must not be", places],
  ["Misuse a room's methods", room],
  ["Steal a click (try these one by one)", clickjacking],
];
const context = { victim: document.getElementById("victim") };
const list = document.getElementById("attempts");
const rows = new Map();

for (const [title, attempts] of groups) {
  const heading = document.createElement("h3");
  heading.textContent = title;
  const items = document.createElement("ul");
  for (const attempt of attempts) items.append(rowOf(attempt));
  list.append(heading, items);
}

function rowOf(attempt) {
  const row = document.createElement("li");
  row.dataset.attempt = attempt.id;
  row.dataset.result = "idle";
  const title = document.createElement("strong");
  title.textContent = attempt.title;
  const result = document.createElement("output");
  const detail = document.createElement("p");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Try";
  button.setAttribute("aria-label", `Try: ${attempt.title}`);
  button.addEventListener("click", () => void run(attempt));
  row.append(title, result, button, detail);
  rows.set(attempt.id, { row, result, detail });
  return row;
}

async function run(attempt) {
  const { row, result, detail } = rows.get(attempt.id);
  row.dataset.result = "running";
  result.value = "running";
  detail.textContent = attempt.hint ?? "";
  const [outcome, why] = await outcomeOf(attempt);
  row.dataset.result = outcome;
  result.value = outcome;
  detail.textContent = why;
}

/** An attack that breaks on its own proves nothing, and must not count as refused. */
async function outcomeOf(attempt) {
  try {
    return await attempt.run(context);
  } catch (error) {
    return ["unseen", `the attack itself failed: ${error}`];
  }
}

/** Without those that need a person. The slow ones beside the others; the others one after another, so that they don't blur each other's silence. */
async function runAll() {
  const all = groups.flatMap(([, attempts]) => attempts).filter((attempt) => !attempt.byHand);
  const slow = all.filter((attempt) => attempt.slow).map(run);
  for (const attempt of all.filter((each) => !each.slow)) await run(attempt);
  await Promise.all(slow);
  document.documentElement.dataset.attacks = "done";
}

document.getElementById("attack").addEventListener("click", () => void runAll());
