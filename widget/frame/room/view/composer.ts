/**
 * Where one writes: Enter sends, Shift+Enter begins a new line. Realm: frame; sees what is typed.
 */
import { html, nothing, type TemplateResult } from "lit";
import { SendHorizontal } from "lucide";
import { CHAT_MAX } from "../../../wire/room-limits.ts";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { stopsSending } from "../standing.ts";
import { say, sayCount } from "../words/say.ts";

/** The counter shows from so many characters before the end on. */
const NEAR_END = 400;
const ROWS_MAX = 5;

export function composer(view: RoomView): TemplateResult {
  const { draft } = view;
  const isHeld = stopsSending(view.room).length > 0;
  const over = draft.text.trimEnd().length - CHAT_MAX;
  const describedBy = [isHeld ? "held" : "", over > -NEAR_END ? "chars" : ""].filter(Boolean).join(" ");
  return html`<form class="composer" @submit=${preventDefault}>
    ${over > -NEAR_END ? counter(over) : nothing}
    <textarea
      data-primary
      rows=${Math.min(ROWS_MAX, draft.text.split("\n").length)}
      aria-label=${say("write")}
      placeholder=${say("write")}
      aria-describedby=${describedBy || nothing}
      aria-invalid=${over > 0}
      ?readonly=${isHeld}
      aria-disabled=${isHeld}
      .value=${draft.text}
      @input=${draft.type}
      @keydown=${draft.key}
    ></textarea>
    <button
      class="send"
      type="button"
      title=${say("send")}
      aria-label=${say("send")}
      ?disabled=${isHeld || !draft.isWhole}
      @click=${draft.send}
    >
      ${icon(SendHorizontal)}
    </button>
  </form>`;
}

function counter(over: number): TemplateResult {
  const words = over > 0 ? sayCount("chars-over", over) : sayCount("chars-left", -over);
  return html`<p class="chars ${over > 0 ? "over" : ""}" id="chars">${words}</p>`;
}

function preventDefault(event: Event): void {
  event.preventDefault();
}
