/**
 * Look of the room's dialogs: cards in the middle, the people of a narrow room as a sheet from below. Realm: frame.
 */
import { css } from "lit";

export const dialogStyle = css`
  dialog {
    inline-size: min(440px, calc(100% - 16px));
  }
  dialog h2 svg {
    vertical-align: -4px;
    color: var(--warn);
  }
  dialog h3 {
    margin: 16px 0 0;
    font-size: var(--small);
    font-weight: 650;
  }
  dialog h3 + p,
  dialog h3 + ul {
    margin-block-start: 4px;
  }
  dialog ul:not(.people) {
    margin: 4px 0 0;
    padding-inline-start: 20px;
    color: var(--muted);
  }
  dialog .link {
    inline-size: 100%;
    block-size: 44px;
    margin-block-start: 12px;
    padding-inline: 12px;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: none;
    text-overflow: ellipsis;
  }
  .answers.start {
    justify-content: flex-start;
    margin-block-start: 12px;
  }
  .answers.stacked > * {
    flex: 1 1 100%;
    white-space: normal;
  }
  .part {
    margin-block-start: 20px;
    padding-block-start: 16px;
    border-block-start: 1px solid var(--line);
  }
  .part h3,
  .part > p:first-child {
    margin-block-start: 0;
  }
  .acts {
    display: grid;
    gap: 4px;
    margin: 12px -8px 0;
  }
  .act {
    position: relative;
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 16px;
    padding: 0 8px 12px;
    border-radius: var(--radius);
  }
  .act:hover {
    background: var(--raised);
  }
  .act:has(:focus-visible) {
    outline: 3px solid var(--accent);
  }
  .act svg {
    margin-block-start: 12px;
    color: var(--accent);
  }
  .act button {
    justify-content: flex-start;
    padding-inline: 0;
    font-weight: 600;
    outline: none;
    text-align: start;
  }
  .act button::after {
    content: "";
    position: absolute;
    inset: 0;
  }
  .act button:active:not(:disabled) {
    scale: none;
  }
  .act p {
    grid-column: 2;
    margin: 0;
    font-size: var(--small);
    line-height: 1.4;
  }
  .exact {
    color: var(--muted);
    font-size: var(--small);
  }
  .sheet {
    inset: auto 0 0;
    inline-size: 100%;
    max-inline-size: 100%;
    max-block-size: 85%;
    margin: 0;
    padding: 20px 12px 12px;
    border-end-start-radius: 0;
    border-end-end-radius: 0;
  }
  .sheet h2 {
    padding-inline: 8px;
  }
  .pickers {
    margin-block-start: 16px;
  }
  .key-switch {
    display: flex;
    align-items: center;
    gap: 12px;
    min-block-size: 44px;
    margin-block-start: 12px;
    font-weight: 600;
    cursor: pointer;
  }
  .key-switch input {
    flex: none;
    inline-size: 20px;
    block-size: 20px;
    margin: 12px;
    accent-color: var(--accent);
  }
  .key-switch + p {
    margin-block-start: 0;
    font-size: var(--small);
  }
  .keys {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(160px, 1fr));
    gap: 4px 16px;
    margin: 12px 0 0;
    font-size: var(--small);
  }
  .keys > div {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 8px;
    min-block-size: 28px;
  }
  .keys dd {
    margin: 0;
  }
  .keys.off {
    color: var(--muted);
    text-decoration: line-through;
  }
  kbd {
    display: inline-block;
    min-inline-size: 28px;
    padding: 0 8px;
    border-radius: 4px;
    background: var(--pressed);
    font: inherit;
    font-weight: 600;
    text-align: center;
  }
  figure {
    display: grid;
    grid-template-columns: 104px minmax(0, 1fr);
    align-items: center;
    gap: 12px;
    margin: 16px 0 0;
    color: var(--muted);
    font-size: var(--small);
  }
  @media (width < 380px) {
    dialog:not(.sheet) {
      padding: 16px;
    }
    figure {
      grid-template-columns: minmax(0, 1fr);
      justify-items: center;
    }
  }
  .qr {
    display: block;
    inline-size: 104px;
    block-size: 104px;
    border-radius: 4px;
  }
`;
