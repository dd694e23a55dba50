/**
 * What stands above the chat while it matters: lost connection, held messages, something false that came.
 * Realm: frame.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { CloudOff, ShieldAlert, TriangleAlert } from "lucide";
import { spinner } from "../../clip/view/controls.ts";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { stopsSending } from "../standing.ts";
import { say } from "../words/say.ts";
import { lobbyNotice } from "./lobby-dialog.ts";
import { mediaNotices } from "./media-notices.ts";

type Part = TemplateResult | typeof nothing;

export function notices(view: RoomView): TemplateResult {
  return html`<div class="notices">${alarm(view)} ${held(view)} ${connection(view)} ${lobbyNotice(view)} ${view.anew.notice()}
    ${mediaNotices(view)}</div>`;
}

function alarm(view: RoomView): Part {
  if (view.room.alarms.length === 0) return nothing;
  return html`<div class="notice warn" role="alert">
    ${icon(ShieldAlert)}
    <p><b>${say("alarm-title")}</b></p>
    <button class="pill" @click=${() => view.open("alarm")}>${say("alarm-what")}</button>
  </div>`;
}

function held(view: RoomView): Part {
  const [first] = stopsSending(view.room);
  if (!first) return nothing;
  return html`<div class="notice warn" role="alert">
    ${icon(TriangleAlert)}
    <p id="held"><b>${say("held")}</b> <span>${say("held-sentence", { name: first.name })}</span></p>
    <button class="pill" @click=${() => view.person.open(first.id)}>${say("held-look")}</button>
  </div>`;
}

function connection({ room }: RoomView): Part {
  if (room.phase === "reconnecting") {
    return html`<div class="notice">
      ${spinner()}
      <p>${room.isWaiting ? say("reconnecting-waiting") : say("reconnecting")}</p>
    </div>`;
  }
  return room.trouble ? html`<div class="notice">${icon(CloudOff)}<p>${say("trouble")}</p></div>` : nothing;
}

export const noticeStyle = css`
  .notices {
    display: grid;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    padding: 8px 16px;
    border-block-end: 1px solid var(--line);
    background: var(--raised);
    font-size: var(--small);
    line-height: 1.4;
    animation: rise var(--calm) var(--ease);
  }
  .notice p {
    flex: 1 1 160px;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }
  .notice.warn {
    background: var(--warn-surface);
    color: var(--warn-text);
  }
  .notice.warn .pill {
    min-block-size: 44px;
    background: var(--warn-text);
    color: var(--warn-surface);
    font-size: var(--small);
  }
  .notice .spinner {
    inline-size: 20px;
    block-size: 20px;
    border-width: 2px;
    border-color: var(--line);
    border-block-start-color: var(--accent);
  }
  .notice svg {
    flex: none;
  }
  @container view (height < 320px) {
    .notice {
      flex-wrap: nowrap;
      padding: 4px 12px;
    }
    .notice p {
      flex-basis: 0;
    }
    .notice b ~ span {
      display: none;
    }
    /* The button beside it leads to all of the words. */
    .notice.warn p,
    #knocks {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      overflow: hidden;
    }
    #knocks {
      -webkit-line-clamp: 2;
    }
  }
`;
