/**
 * The stage: everybody who is in the call, each in their place. Each stays the same element wherever it goes, so that no
 * picture is taken away and brought back. Realm: frame. Source: look.md, product.md R16.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import type { RoomView } from "../room-view.ts";
import { say, sayCount } from "../words/say.ts";
import type { Place } from "./arrangement.ts";
import { floating } from "./reactions.ts";
import type { Scene } from "./stage-choice.ts";
import { boxOf, tile } from "./tile.ts";

type Part = TemplateResult | typeof nothing;

/** Nothing where nobody shows anything or is heard: then the chat has the room. */
export function pictures(view: RoomView): Part {
  const { stage } = view;
  if (!stage.isOn) return nothing;
  const { scene } = stage;
  const shown = scene.figures.filter(({ key }) => scene.places.has(key));
  const active = shown.find(({ key }) => key === stage.active)?.key ?? shown[0]?.key;
  return html`<section class="pictures" aria-label=${say("pictures")}>
    <ul class="tiles" ${ref(stage.box)} @keydown=${stage.key} @focusin=${stage.focused}>
      ${repeat(
        shown,
        ({ key }) => key,
        (figure, index) =>
          tile(view, figure, {
            place: scene.places.get(figure.key) as Place,
            index,
            isFront: scene.front === figure.key,
            isCorner: scene.corner === figure.key,
            isActive: active === figure.key,
          }),
      )}
      ${scene.more ? others(view, scene.more) : nothing}
    </ul>
    ${reactionsElsewhere(view, scene)}
    ${view.notice && !view.chat.isInSight ? html`<p class="toast" aria-hidden="true">${view.notice}</p>` : nothing}
  </section>`;
}

/** The people list knows them all. */
function others(view: RoomView, { count, place }: NonNullable<Scene["more"]>): TemplateResult {
  const words = sayCount("others", count);
  return html`<li class="figure others" style=${boxOf(place)}>
    <button title=${words} aria-label=${words} @click=${view.showPeople}>+${count}</button>
  </li>`;
}

/** Of people who have no place. */
function reactionsElsewhere({ room, passing }: RoomView, { figures, places }: Scene): Part {
  const seated = new Set(figures.flatMap(({ key, person }) => (person && places.has(key) ? [person.id] : [])));
  const elsewhere = passing.reactions.filter(({ from }) => !seated.has(from));
  if (elsewhere.length === 0) return nothing;
  const nameOf = (from: string) => room.people.find(({ id }) => id === from)?.name || say("somebody");
  return html`<p class="floats elsewhere">${elsewhere.map(({ from, reaction }) => floating(reaction, nameOf(from)))}</p>`;
}
