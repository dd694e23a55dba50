/**
 * Sealed things as a row of noise, a click away from their first bytes. Realm: host page; ciphertext only.
 * Tiles are kept, so that what is new or deleted can be seen.
 */
import { fade, make } from "./make.js";
import { fromBase64, hex, noiseTile } from "./noise.js";

const HEX_BYTES = 64;

/** `update` takes `{ key, label, head }` each, `head` being the first bytes in base64; without any there is no tile. */
export function noiseTiles() {
  const tiles = make("ul", { class: "plain tiles" });
  const dump = make("p", { class: "mono dump", hidden: true });
  const shown = new Map();

  const show = (label, bytes) => {
    dump.hidden = false;
    const title = make("span", { class: "faint", text: `${label}, the first ${Math.min(HEX_BYTES, bytes.length)}:` });
    dump.replaceChildren(title, make("br"), hex(bytes.subarray(0, HEX_BYTES)));
  };

  const add = ({ key, label, head }) => {
    const bytes = fromBase64(head);
    const attributes = { type: "button", class: "tile", title: label, "aria-label": label };
    const button = make("button", attributes, noiseTile(bytes));
    button.addEventListener("click", () => show(label, bytes));
    const tile = make("li", { class: "new" }, button);
    tiles.append(tile);
    shown.set(key, tile);
    show(label, bytes);
  };

  const update = (sealed) => {
    for (const each of sealed) if (!shown.has(each.key) && each.head) add(each);
    for (const [key, tile] of shown) {
      if (sealed.some((each) => each.key === key)) continue;
      shown.delete(key);
      fade(tile);
    }
    if (shown.size === 0) dump.hidden = true;
  };
  return { elements: [tiles, dump], update };
}
