/**
 * A question of our own before something can't be undone: the sandbox allows no `confirm`, and the browser's would
 * show the frame's address. Realm: frame.
 */
import { css, html, type TemplateResult } from "lit";

export interface Question {
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  readonly yes: string;
  readonly no: string;
  act(): void;
}

const close = (event: Event) => (event.currentTarget as HTMLElement).closest("dialog")?.close();

export function question({ id, title, sentence, yes, no, act }: Question): TemplateResult {
  const agree = (event: Event) => {
    close(event);
    act();
  };
  // No `autofocus`: a dialog focuses its first button by itself, and browsers report the attribute as an error here.
  return html`<dialog id=${id} aria-labelledby="${id}-title" aria-describedby="${id}-sentence">
    <h2 id="${id}-title">${title}</h2>
    <p id="${id}-sentence">${sentence}</p>
    <div class="answers">
      <button class="pill" @click=${close}>${no}</button>
      <button class="pill strong" @click=${agree}>${yes}</button>
    </div>
  </dialog>`;
}

/** Opens a dialog of this view. */
export function ask(view: { readonly renderRoot: ParentNode }, id: string): void {
  view.renderRoot.querySelector<HTMLDialogElement>(`#${id}`)?.showModal();
}

export const questionStyle = css`
  dialog {
    inline-size: min(400px, calc(100% - 16px));
    max-block-size: calc(100% - 8px);
    padding: 24px;
    border: 0;
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--text);
    box-shadow: 0 16px 48px rgb(0 0 0 / 0.4);
  }
  dialog[open] {
    animation: rise var(--calm) var(--ease);
  }
  dialog::backdrop {
    background: rgb(4 8 8 / 0.6);
  }
  dialog h2 {
    font-size: var(--medium);
    font-weight: 650;
    line-height: 1.25;
  }
  dialog p {
    margin-block-start: 8px;
    color: var(--muted);
  }
  .answers {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
    margin-block-start: 20px;
  }
  .pill.strong {
    background: var(--text);
    color: var(--surface);
  }
  .pill.strong:hover:not(:disabled) {
    background: color-mix(in oklab, var(--text), var(--surface) 16%);
  }
  @media (height < 320px) {
    dialog {
      padding: 12px 16px;
    }
    dialog p {
      margin-block-start: 4px;
      font-size: var(--small);
      line-height: 1.4;
    }
    .answers {
      margin-block-start: 8px;
    }
  }
`;
