/**
 * The right half of the drawer: what the database, the storage and the log of this demo's relay hold, as the demo
 * server reads it from them. Realm: host page; everything here is ciphertext, ids, times, hashes.
 */
import { clipCard } from "./clip-card.js";
import { make } from "./make.js";
import { roomCard } from "./room-card.js";

export function relayHolds() {
  const clips = make("div", { class: "clips", "data-part": "clips" });
  const nothing = make("p", {
    class: "faint",
    text: "Nothing yet. Record something, or open a room, and watch this fill with noise.",
  });
  const log = make("ol", { class: "plain mono log", "data-part": "log" });
  const lead = make("p", {
    class: "lead",
    text: "Read live from the relay's own database, storage and log: sealed pieces, times and sizes. There is no more.",
  });
  const element = make(
    "section",
    { class: "holds", "aria-labelledby": "holds-title" },
    make("h2", { id: "holds-title", text: "What the relay holds" }),
    lead,
    nothing,
    clips,
    make("h3", { text: "Its log, newest first" }),
    log,
  );
  const cards = new Map();
  let source;

  const showCards = (seen, newCard) => {
    // The oldest first: each newer one goes above it.
    for (const each of [...seen].reverse()) {
      if (!cards.has(each.id)) {
        const card = newCard(each.id);
        cards.set(each.id, card);
        clips.prepend(card.element);
      }
      cards.get(each.id).update(each);
    }
  };
  const show = (snapshot) => {
    const all = [...snapshot.clips, ...snapshot.rooms];
    nothing.hidden = all.length > 0;
    showCards(snapshot.clips, clipCard);
    showCards(snapshot.rooms, roomCard);
    for (const [id, card] of cards) {
      if (all.some((each) => each.id === id)) continue;
      card.element.remove();
      cards.delete(id);
    }
    log.replaceChildren(...snapshot.log.map((line) => make("li", { text: line })));
  };

  const watch = (open) => {
    source?.close();
    source = undefined;
    element.classList.remove("lost");
    if (!open) return;
    source = new EventSource("/relay-eye");
    source.addEventListener("message", (event) => {
      element.classList.remove("lost");
      show(JSON.parse(event.data));
    });
    source.addEventListener("error", () => element.classList.add("lost"));
  };
  return { element, watch };
}
