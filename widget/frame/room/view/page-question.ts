/**
 * "This page asks to turn on your microphone": the page's wish as a question, small, at the lower edge, with its answers
 * in the sealed frame. Realm: frame. Source: protocol.md §11 (a click inside the frame).
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { type IconNode, Mic, MonitorUp, Video } from "lucide";
import type { PageSource } from "../../../wire/page-room.ts";
import { icon } from "../../clip/view/icons.ts";
import { PageAround } from "../page-around.ts";
import { isInside } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import type { Exposure } from "./covered-words.ts";

/** ms before yes counts: a page can have it appear under a click that was meant for something else. */
const ANSWER_AFTER_MS = 700;

const ICONS: Readonly<Record<PageSource, IconNode>> = { microphone: Mic, camera: Video, screen: MonitorUp };

export function pageQuestion(view: RoomView): TemplateResult | typeof nothing {
  const around = PageAround.of(view);
  const { asked } = around;
  if (!asked) return nothing;
  const agree = (click: MouseEvent) => {
    // The browser asks which screen, in a window of its own that no page can cover.
    if (asked !== "screen") view.exposing(exposureOf(view, asked), click, () => around.agree(asked));
    else if (click.isTrusted) around.agree(asked);
  };
  return html`<div class="page-asks" role="group" aria-labelledby="page-asks-what">
    ${icon(ICONS[asked])}
    <p id="page-asks-what" role="alert">${words(asked)}</p>
    <div class="answers">
      <button class="pill" @click=${around.decline}>${say("page-asks-no")}</button>
      <button class="pill strong" ${ref(ripens)} @click=${agree}>${asked === "screen" ? say("page-asks-choose") : say("page-asks-yes")}</button>
    </div>
  </div>`;
}

/** Called once per question with its button: the same function stays bound as long as the question stands. */
function ripens(button: Element | undefined): void {
  if (!(button instanceof HTMLButtonElement)) return;
  button.disabled = true;
  setTimeout(() => {
    button.disabled = false;
  }, ANSWER_AFTER_MS);
}

/** Before the door nobody else sees or hears it yet. */
function exposureOf({ room }: RoomView, source: "microphone" | "camera"): Exposure {
  if (!isInside(room)) return source;
  return source === "microphone" ? "voice" : "picture";
}

function words(source: PageSource): string {
  if (source === "microphone") return say("page-asks-microphone");
  return source === "camera" ? say("page-asks-camera") : say("page-asks-screen");
}

export const pageQuestionStyle = css`
  .page-asks {
    position: absolute;
    z-index: 1;
    inset-inline: 8px;
    inset-block-end: 80px;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    max-inline-size: 560px;
    margin-inline: auto;
    padding: 8px 8px 8px 16px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 8px 32px rgb(0 0 0 / 0.4);
    font-size: var(--small);
    line-height: 1.4;
    animation: rise var(--calm) var(--ease);
  }
  .page-asks p {
    flex: 1 1 160px;
  }
  .page-asks > svg {
    flex: none;
  }
  .page-asks .answers {
    flex: 0 1 auto;
    flex-wrap: nowrap;
    margin: 0;
  }
  .page-asks .pill {
    min-block-size: 44px;
    padding-inline: 16px;
  }
  @container view (width < 380px) {
    .page-asks > svg {
      display: none;
    }
    .page-asks .answers {
      flex: 1;
    }
    .page-asks .pill {
      flex: 1;
      padding-inline: 8px;
    }
  }
  @container view (height < 320px) {
    .page-asks {
      inset-block-end: 60px;
      gap: 4px 8px;
      padding: 4px;
    }
    .page-asks p {
      padding-inline-start: 4px;
    }
    .frame.inside > .page-asks {
      inset-block-end: 4px;
    }
  }
`;
