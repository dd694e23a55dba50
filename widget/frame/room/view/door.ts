/**
 * Before the door: one's own picture and sound, the name that the others will see, and what else they will. Realm: frame.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { Check, EyeOff } from "lucide";
import { NAME_MAX } from "../../../wire/room-limits.ts";
import { icon } from "../../clip/view/icons.ts";
import type { Room } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { avatar } from "./avatar.ts";
import { preJoin } from "./pre-join.ts";

export function doorForm(view: RoomView): TemplateResult {
  const { typedName, isNameMissing } = view;
  const submit = (event: Event) => event.preventDefault();
  const type = (event: Event) => view.typeName((event.target as HTMLInputElement).value);
  return html`<form class="door" id="door" @submit=${submit}>
    ${preJoin(view)}
    <div class="naming">
      <label for="name">${say("name")}</label>
      <div class="named">
        ${avatar(typedName, "", "medium")}
        <input
          id="name"
          type="text"
          autocomplete="name"
          spellcheck="false"
          maxlength=${NAME_MAX}
          placeholder=${say("name")}
          aria-invalid=${isNameMissing}
          aria-describedby=${isNameMissing ? "name-missing" : nothing}
          .value=${typedName}
          @input=${type}
        />
      </div>
      ${isNameMissing ? html`<p class="missing" id="name-missing" role="alert">${say("name-missing")}</p>` : nothing}
      ${othersSee(view.room)}
    </div>
  </form>`;
}

function othersSee({ isKept }: Pick<Room, "isKept">): TemplateResult {
  return html`<div class="others-see">
    <h2>${say("seen-title")}</h2>
    <ul>
      <li>${icon(Check, 16)}<span>${say("seen-name")}</span></li>
      ${
        isKept
          ? html`<li>${icon(Check, 16)}<span>${say("seen-key")}</span></li>`
          : html`<li class="not">${icon(EyeOff, 16)}<span>${say("seen-not-kept")}</span></li>`
      }
      <li class="not">${icon(EyeOff, 16)}<span>${say("seen-not")}</span></li>
    </ul>
  </div>`;
}

export const doorStyle = css`
  .door {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    inline-size: min(360px, 100%);
    margin-block-start: 16px;
    text-align: start;
  }
  .naming {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    min-inline-size: 0;
  }
  .door label[for] {
    font-size: var(--small);
    font-weight: 600;
  }
  .named {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 12px;
    margin-block-start: 4px;
  }
  .door input {
    block-size: 48px;
    min-inline-size: 0;
    padding-inline: 12px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: rgb(255 255 255 / 0.06);
  }
  /* The label above says it, where there is room for one. */
  .door input::placeholder {
    color: transparent;
  }
  .door input[aria-invalid="true"] {
    border-color: var(--warn);
  }
  .message .missing {
    margin-block-start: 8px;
    color: var(--warn);
    font-size: var(--small);
  }
  .others-see {
    margin-block-start: 20px;
    padding: 12px 16px;
    border-radius: var(--radius);
    background: rgb(255 255 255 / 0.05);
    font-size: var(--small);
  }
  .others-see h2 {
    font-size: inherit;
    font-weight: 600;
  }
  .others-see ul {
    display: grid;
    gap: 4px;
    margin: 8px 0 0;
    padding: 0;
    list-style: none;
    color: var(--muted);
  }
  .others-see li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: start;
    gap: 8px;
  }
  .others-see svg {
    margin-block-start: 2px;
    color: var(--accent);
  }
  .others-see .not svg {
    color: var(--muted);
  }
  @container view (height < 440px) {
    .door {
      gap: 4px;
      margin-block-start: 8px;
    }
    .others-see {
      margin-block-start: 12px;
    }
  }
  @container view (height < 320px) {
    .message:has(.door) > p:not(.note) {
      display: none;
    }
    .door {
      margin-block-start: 0;
    }
    .door label[for] {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .door input {
      block-size: 44px;
    }
    .door input::placeholder {
      color: var(--muted);
      opacity: 1;
    }
    .named {
      margin-block-start: 0;
    }
  }
`;
