/**
 * One room as the relay has it: how many keys are inside, what was said as noise, its record field by field, its audit
 * trail. Realm: host page; no name, no word, no key.
 */
import { roomMeaning } from "./field-meanings.js";
import { make } from "./make.js";
import { noiseTiles } from "./noise-tiles.js";
import { storedFields } from "./stored-fields.js";

export function roomCard(id) {
  const state = make("span", { class: "state" });
  const said = make("p", { class: "objects" });
  const noise = noiseTiles();
  const fields = storedFields(roomMeaning);
  const trail = make("ol", { class: "plain mono", "data-part": "trail" });
  const element = make(
    "article",
    { class: "clip", "data-room": id },
    make("header", {}, make("h3", { class: "mono", text: `room ${id}` }), state),
    said,
    ...noise.elements,
    fields.element,
    make("h3", { text: "Its audit trail: when, what, and a pseudonym" }),
    trail,
  );

  const update = ({ record, entries, trail: lines }) => {
    const inside = record?.generation?.posters.length ?? 0;
    element.dataset.inside = inside;
    state.textContent = inside === 0 ? "nobody inside" : inside === 1 ? "1 inside" : `${inside} inside`;
    said.textContent = sentenceFor(entries);
    noise.update(
      entries.map(({ seq, type, bytes, head }) => ({
        key: seq,
        head,
        label: `Number ${seq}, ${NAMES[type] ?? type}, ${bytes.toLocaleString("en")} bytes`,
      })),
    );
    fields.update(record ?? {});
    if (trail.childElementCount !== lines.length || trail.lastChild?.textContent !== lineOf(lines.at(-1))) {
      trail.replaceChildren(...lines.map((line) => make("li", { text: lineOf(line) })));
    }
  };
  return { element, update };
}

const NAMES = { message: "a sealed message", commit: "a change of keys", ask: "somebody at the door" };

function sentenceFor(entries) {
  const messages = entries.filter(({ type }) => type === "message").length;
  if (messages === 0) return "Nothing said in the last minute.";
  return "The last minute, sealed. A word and a sign of life look the same, and after a minute they are gone:";
}

/** Numbers, hashes and the room's id, which stands above, are left out. */
function lineOf(line) {
  if (line === undefined) return undefined;
  const { time, type, subject } = JSON.parse(line);
  return `${new Date(time).toLocaleTimeString([], { hour12: false })} ${type} ${subject}`;
}
