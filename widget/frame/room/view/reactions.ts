/**
 * Reactions: the six pictures with their words, the menu of them, and how they float. Realm: frame.
 */
import { html, type TemplateResult } from "lit";
import { HandHeart, Heart, type IconNode, Laugh, PartyPopper, ThumbsUp } from "lucide";
import { REACTIONS, type Reaction } from "../../../wire/frame-group.ts";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";

/** A face with its mouth open; lucide has none. */
const Surprise: IconNode = [
  ["circle", { cx: "12", cy: "12", r: "10" }],
  ["circle", { cx: "12", cy: "16", r: "2" }],
  ["line", { x1: "9", x2: "9.01", y1: "9", y2: "9" }],
  ["line", { x1: "15", x2: "15.01", y1: "9", y2: "9" }],
];

const SHAPES: Readonly<Record<Reaction, IconNode>> = {
  "thumbs-up": ThumbsUp,
  applause: PartyPopper,
  heart: Heart,
  laugh: Laugh,
  surprise: Surprise,
  thanks: HandHeart,
};

export function reactionWords(reaction: Reaction): string {
  switch (reaction) {
    case "thumbs-up":
      return say("reaction-thumbs-up");
    case "applause":
      return say("reaction-applause");
    case "heart":
      return say("reaction-heart");
    case "laugh":
      return say("reaction-laugh");
    case "surprise":
      return say("reaction-surprise");
    case "thanks":
      return say("reaction-thanks");
  }
}

/** A row of buttons: above the bar, or in the sheet of a narrow room. */
export function reactionRow(view: RoomView, then: () => void): TemplateResult {
  const react = (reaction: Reaction) => {
    void view.call.commands.react(reaction);
    then();
  };
  return html`<div class="reaction-row" role="group" aria-label=${say("reactions")}>
    ${REACTIONS.map(
      (reaction) =>
        html`<button title=${reactionWords(reaction)} aria-label=${reactionWords(reaction)} @click=${() => react(reaction)}>
          ${icon(SHAPES[reaction], 24)}
        </button>`,
    )}
  </div>`;
}

/** Over the picture of whoever sent it; with a name where that has no place on the stage. */
export function floating(reaction: Reaction, name?: string): TemplateResult {
  return html`<span class="floating" data-reaction=${reaction} aria-hidden="true"
    >${icon(SHAPES[reaction], 28)}${name ? html`<b>${name}</b>` : ""}</span
  >`;
}
