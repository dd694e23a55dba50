/** One clip as the relay has it: its record field by field, its sealed pieces as noise. Realm: host page. */
import { clipMeaning } from "./field-meanings.js";
import { make } from "./make.js";
import { noiseTiles } from "./noise-tiles.js";
import { storedFields } from "./stored-fields.js";

export function clipCard(id) {
  const state = make("span", { class: "state" });
  const objects = make("p", { class: "objects" });
  const noise = noiseTiles();
  const fields = storedFields(clipMeaning);
  const header = make("header", {}, make("h3", { class: "mono", text: id }), state);
  const attributes = { class: "clip", "data-clip": id };
  const element = make("article", attributes, header, objects, ...noise.elements, fields.element);

  const update = (clip) => {
    const record = clip.record ?? {};
    element.dataset.state = record.state ?? "none";
    state.textContent = record.state ?? "no record";
    objects.textContent = sentenceFor(clip);
    fields.update(record);
    noise.update(clip.objects.map((object) => ({ ...object, label: labelOf(object) })));
  };
  return { element, update };
}

function labelOf({ key, bytes }) {
  return `Piece ${Number(key.slice(-6)) + 1}, ${bytes.toLocaleString("en")} bytes`;
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
