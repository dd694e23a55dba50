/** Elements without markup: the page's policy allows no HTML strings. Realm: host page. */

/** `make("p", { class: "hint", text: "…" }, child, …)`; other properties become attributes. */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** ms; must match the fading in drawer.css. */
const FADE_MS = 200;

/** Takes an element away so that it can be seen going. */
export function fade(element) {
  element.classList.add("going");
  setTimeout(() => element.remove(), FADE_MS);
}
