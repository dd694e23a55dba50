/**
 * The left half of the drawer: every attribute that the page set on a sealed element, every event and message that it
 * got, to the letter, and what becomes of its attempts to read the frame. Realm: host page.
 */
import { make } from "./make.js";
import { SEALED } from "./sealed-elements.js";

const CLIP_EVENTS = ["wisp-ready", "wisp-step", "wisp-progress", "wisp-sent", "wisp-receipt", "wisp-error"];
const ROOM_EVENTS = [
  "ready",
  "phase",
  "people",
  "participant-joined",
  "participant-left",
  "media",
  "participant-media",
  "speaking",
  "quality",
  "connection",
  "devices",
  "decryption-failed",
  "decryption-resumed",
  "error",
].map((name) => `whatping-${name}`);
const EVENTS = [...CLIP_EVENTS, ...ROOM_EVENTS];
const CLIP_SETTABLE = ["recipient", "max-seconds", "max-leases", "mode", "expose-link", "src"];
const ROOM_SETTABLE = ["link", "name", "lang", "microphone", "camera", "chat", "people", "screen-share", "reactions"];
const SETTABLE = [...CLIP_SETTABLE, ...ROOM_SETTABLE, "view", "minimal", "frame-origin", "theme"];
/** Attributes that hold a key. */
const SECRET = ["src", "link"];
/** Rows kept on screen; all of them are counted. */
const ROWS = 200;

/** What a page may try on an iframe of its own; each must throw or be null. */
const ATTEMPTS = [
  ["iframe.contentDocument", (iframe) => iframe.contentDocument],
  ["contentWindow.document", (iframe) => iframe.contentWindow.document],
  ["contentWindow.location.href", (iframe) => iframe.contentWindow.location.href],
  ["contentWindow.localStorage", (iframe) => iframe.contentWindow.localStorage],
  ["contentWindow.indexedDB", (iframe) => iframe.contentWindow.indexedDB],
];

export function pageKnows() {
  const lead = make("p", { class: "lead" });
  const set = make("ul", { class: "plain mono", "data-part": "attributes" });
  const tried = make("ul", { class: "plain mono", "data-part": "attempts" });
  const told = make("ol", { class: "plain mono log", "data-part": "events" });
  const count = make("span", { class: "count", text: "0" });
  const element = make(
    "section",
    { class: "knows", "aria-labelledby": "knows-title" },
    make("h2", { id: "knows-title", text: "What this page knows" }),
    lead,
    make("h3", { text: "What it was told " }, count),
    told,
    make(
      "div",
      { class: "pair" },
      make("div", {}, make("h3", { text: "What it set" }), set),
      make("div", {}, make("h3", { text: "What it tried just now" }), tried),
    ),
  );
  const state = { events: 0, knowsLink: false };

  const look = () => {
    const elements = [...document.querySelectorAll(SEALED)];
    set.replaceChildren(...attributeLines(elements));
    tried.replaceChildren(...attemptLines(elements));
    state.knowsLink ||= elements.some((each) => SECRET.some((name) => each.hasAttribute(name)));
    lead.textContent = leadFor(state.knowsLink, document.querySelector("whatping-room") !== null);
    element.classList.toggle("knows-link", state.knowsLink);
  };
  const hear = (name, detail) => {
    state.events += 1;
    count.textContent = String(state.events);
    const text = JSON.stringify(detail);
    const isLink = /#[khs]=/.test(text);
    state.knowsLink ||= isLink;
    told.prepend(
      make(
        "li",
        isLink ? { class: "secret" } : {},
        make("time", { text: clockTime() }),
        ` ${name} `,
        make("b", { text }),
      ),
    );
    while (told.childElementCount > ROWS) told.lastElementChild.remove();
    look();
  };
  for (const name of EVENTS) addEventListener(name, (event) => hear(name, event.detail));
  addEventListener("message", (event) => hear(`message from ${event.origin}`, event.data));
  new MutationObserver(look).observe(document.documentElement, { subtree: true, attributeFilter: SETTABLE });
  look();
  return { element, look };
}

function leadFor(knowsLink, hasRoom) {
  if (hasRoom) {
    return knowsLink
      ? "This page has the room's link, and with it the secret: it could come in itself, and everyone inside would see it."
      : "That somebody is in a room, how many are, and who speaks: as numbers that mean nothing elsewhere. No name, no word, no key, no link.";
  }
  return knowsLink
    ? "This page asked for the link, or somebody pasted it here. The link holds the key: this page could open the clip."
    : "That a clip is being made, how large it is, and when it was sent. No picture, no sound, no key, no link.";
}

function attributeLines(elements) {
  if (elements.length === 0) return [make("li", { class: "faint", text: "No sealed element on this page yet." })];
  const lines = elements.flatMap((element) =>
    [...element.attributes]
      .filter(({ name }) => name !== "class")
      .map(({ name, value }) =>
        make(
          "li",
          SECRET.includes(name) ? { class: "secret" } : {},
          `${element.localName} ${name}`,
          value && "=",
          make("b", { text: value && `"${value}"` }),
        ),
      ),
  );
  return lines.length > 0 ? lines : [make("li", { class: "faint", text: "Nothing: the bare tag." })];
}

function attemptLines(elements) {
  return elements.flatMap((element) => {
    const iframe = element.shadowRoot?.querySelector("iframe");
    return iframe
      ? ATTEMPTS.map(([name, attempt]) => make("li", {}, `${name}: `, make("b", { text: outcomeOf(attempt, iframe) })))
      : [];
  });
}

function outcomeOf(attempt, iframe) {
  try {
    return attempt(iframe) === null ? "refused (null)" : "READABLE";
  } catch (error) {
    return `refused (${error.name})`;
  }
}

function clockTime() {
  return new Date().toLocaleTimeString([], { hour12: false });
}
