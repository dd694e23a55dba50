/**
 * Why a device is not on although the person clicked on it, in plain words, and who can do what about it. Realm: frame.
 * Source: product.md E9, look.md (error: what happened, and what now).
 */
import { html, nothing, type TemplateResult } from "lit";
import { MicOff, VideoOff, X } from "lucide";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { troubleWords } from "./trouble-words.ts";

export function preJoinTrouble(view: RoomView): TemplateResult | typeof nothing {
  const { problem } = view.media;
  if (!problem) return nothing;
  const isCamera = problem.source === "camera";
  return html`<div class="device-trouble" role="alert">
    ${icon(isCamera ? VideoOff : MicOff)}
    <div>
      <p>${troubleWords(problem.source, problem.code)}</p>
      ${problem.code === "permission-policy" ? forTheOwner() : nothing}
    </div>
    <button
      type="button"
      class="dismiss"
      title=${say("close")}
      aria-label=${say("close")}
      @click=${() => view.call.media.lookedAtProblem()}
    >
      ${icon(X)}
    </button>
  </div>`;
}

/** To be copied by whoever keeps the site: in no language. */
function forTheOwner(): TemplateResult {
  const { origin } = location;
  return html`<p><code>Permissions-Policy: camera=(self "${origin}"), microphone=(self "${origin}")</code></p>
    <p><code>allow="camera; microphone; display-capture"</code></p>`;
}
