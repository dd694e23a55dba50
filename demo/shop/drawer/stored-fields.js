/**
 * A stored document field by field: name, value, what it means. Realm: host page.
 * Rows are kept and changed in place, so that what comes or vanishes can be seen doing it.
 */
import { fade, make } from "./make.js";

/** Longer values are cut: nobody reads a kilobyte of base64. */
const SHOWN = 96;

/** @param meaningOf a flattened name → its sentence, or undefined, which shows up as such */
export function storedFields(meaningOf) {
  const body = make("tbody");
  const titles = ["Field", "As stored", "What it means"].map((text) => make("th", { scope: "col", text }));
  const element = make("table", {}, make("thead", {}, make("tr", {}, ...titles)), body);
  const rows = new Map();

  const addRow = (name) => {
    const value = make("td", { class: "mono" });
    const time = make("span");
    const meaning = meaningOf(name);
    const row = make(
      "tr",
      { class: "new", "data-field": name, ...(meaning ? {} : { "data-unexplained": true }) },
      make("th", { class: "mono", scope: "row", text: name }),
      value,
      make("td", {}, meaning ?? "", time),
    );
    body.append(row);
    rows.set(name, { row, value, time });
    return rows.get(name);
  };

  const update = (record) => {
    const entries = flatten(record);
    for (const [name, value] of entries) {
      const { value: cell, time } = rows.get(name) ?? addRow(name);
      const text = cut(typeof value === "string" ? value : JSON.stringify(value));
      if (cell.textContent !== text) cell.textContent = text;
      time.textContent =
        /At$/.test(name) && value ? ` (${new Date(value).toLocaleTimeString([], { hour12: false })})` : "";
    }
    const present = new Set(entries.map(([name]) => name));
    for (const [name, { row }] of rows) {
      if (present.has(name)) continue;
      rows.delete(name);
      fade(row);
    }
  };
  return { element, update };
}

function cut(text) {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length.toLocaleString("en")} characters)` : text;
}

/** A stored document as `[name, value]` pairs, nested names joined by dots. An empty list stays a value. */
export function flatten(value, prefix = "") {
  const isBranch = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isBranch) return prefix === "" ? [] : [[prefix, value]];
  return Object.entries(value).flatMap(([name, inner]) => flatten(inner, prefix ? `${prefix}.${name}` : name));
}
