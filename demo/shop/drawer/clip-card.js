/**
 * One clip as the relay has it: its record field by field, its sealed pieces as noise. Realm: host page.
 * Rows are kept and changed in place, so that what grows or vanishes can be seen doing it.
 */
import { flatten, meaningOf } from "./field-meanings.js";
import { make } from "./make.js";
import { fromBase64, hex, noiseTile } from "./noise.js";

/** ms; must match the fading in drawer.css. */
const FADE_MS = 200;
const HEX_BYTES = 64;

export function clipCard(id) {
  const state = make("span", { class: "state" });
  const objects = make("p", { class: "objects" });
  const tiles = make("ul", { class: "plain tiles" });
  const dump = make("p", { class: "mono dump", hidden: true });
  const fields = make("tbody");
  const element = make(
    "article",
    { class: "clip", "data-clip": id },
    make("header", {}, make("h3", { class: "mono", text: id }), state),
    objects,
    tiles,
    dump,
    make(
      "table",
      {},
      make(
        "thead",
        {},
        make("tr", {}, ...["Field", "As stored", "What it means"].map((text) => make("th", { scope: "col", text }))),
      ),
      fields,
    ),
  );
  const rows = new Map();
  const pieces = new Map();

  const update = (clip) => {
    const record = clip.record ?? {};
    element.dataset.state = record.state ?? "none";
    state.textContent = record.state ?? "no record";
    objects.textContent = sentenceFor(clip);
    updateFields(fields, rows, flatten(record));
    updateTiles({ tiles, dump, pieces }, clip.objects);
  };
  return { element, update };
}

function sentenceFor({ objects, record }) {
  const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
  if (objects.length > 0) {
    const count = objects.length === 1 ? "1 sealed piece" : `${objects.length} sealed pieces`;
    return `${count}, ${bytes.toLocaleString("en")} bytes of noise:`;
  }
  return record?.deletion
    ? "No pieces: deleted for good. Only this tombstone is left, without content."
    : "No pieces yet.";
}

function updateFields(body, rows, entries) {
  const present = new Set();
  for (const [name, value] of entries) {
    present.add(name);
    const row = rows.get(name) ?? addRow(body, rows, name);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (row.value.textContent !== text) row.value.textContent = text;
    row.time.textContent =
      /At$/.test(name) && value ? ` (${new Date(value).toLocaleTimeString([], { hour12: false })})` : "";
  }
  for (const [name, row] of rows) {
    if (present.has(name)) continue;
    rows.delete(name);
    fade(row.element);
  }
}

function addRow(body, rows, name) {
  const value = make("td", { class: "mono" });
  const time = make("span");
  const meaning = meaningOf(name);
  const element = make(
    "tr",
    { class: "new", "data-field": name, ...(meaning ? {} : { "data-unexplained": true }) },
    make("th", { class: "mono", scope: "row", text: name }),
    value,
    make("td", {}, meaning ?? "", time),
  );
  body.append(element);
  rows.set(name, { element, value, time });
  return rows.get(name);
}

function updateTiles({ tiles, dump, pieces }, objects) {
  for (const object of objects) {
    if (pieces.has(object.key) || !object.head) continue;
    const bytes = fromBase64(object.head);
    const label = `Piece ${Number(object.key.slice(-6)) + 1}, ${object.bytes.toLocaleString("en")} bytes`;
    const button = make(
      "button",
      { type: "button", class: "tile", title: label, "aria-label": label },
      noiseTile(bytes),
    );
    const show = () => showDump(dump, label, bytes);
    button.addEventListener("click", show);
    const tile = make("li", { class: "new" }, button);
    tiles.append(tile);
    pieces.set(object.key, tile);
    show();
  }
  for (const [key, tile] of pieces) {
    if (objects.some((object) => object.key === key)) continue;
    pieces.delete(key);
    fade(tile);
  }
  if (pieces.size === 0) dump.hidden = true;
}

function showDump(dump, label, bytes) {
  dump.hidden = false;
  const title = make("span", { class: "faint", text: `${label}, the first ${Math.min(HEX_BYTES, bytes.length)}:` });
  dump.replaceChildren(title, make("br"), hex(bytes.subarray(0, HEX_BYTES)));
}

function fade(element) {
  element.classList.add("going");
  setTimeout(() => element.remove(), FADE_MS);
}
