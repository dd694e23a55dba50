/**
 * Look of the room: a dark head in both themes, chat and people on the surface, one bar. Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const roomStyle = css`
  :host {
    --warn: light-dark(#8a4b00, #ffc57a);
    --warn-surface: light-dark(#fff0d9, #3a2808);
    --warn-text: light-dark(#5c3200, #ffdca8);
    --leave: light-dark(#b3222a, #ff9297);
    --own: light-dark(#d9efe9, #1d3b36);
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    min-block-size: 56px;
    padding: 4px 8px 4px 16px;
    color-scheme: dark;
    color: var(--text);
    background: linear-gradient(90deg, rgb(79 220 192 / 0.14), transparent 60%), var(--stage);
  }
  .head h1 {
    display: flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
    font-size: var(--medium);
    font-weight: 600;
  }
  .head h1 svg {
    flex: none;
    color: var(--accent);
  }
  .head h1 span {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .head .locked {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    margin-inline-start: auto;
    color: var(--warn);
    font-size: var(--small);
    font-weight: 600;
  }
  .count {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px;
    padding: 0 8px;
    font-size: var(--small);
    font-weight: 600;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .count > .icon {
    display: none;
  }
  button.count {
    background: rgb(255 255 255 / 0.08);
  }
  button.count:hover {
    background: rgb(255 255 255 / 0.16);
  }
  .faces {
    display: flex;
  }
  .faces .avatar + .avatar {
    margin-inline-start: -4px;
  }
  .faces .avatar {
    box-shadow: 0 0 0 2px var(--stage);
  }
  .body {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    min-block-size: 0;
  }
  .body.wide {
    grid-template-columns: minmax(0, 1fr) 304px;
  }
  .aside {
    overflow: auto;
    padding: 16px 8px;
    border-inline-start: 1px solid var(--line);
  }
  .aside h2 {
    padding-inline: 8px;
    font-size: var(--small);
    font-weight: 600;
    color: var(--muted);
  }
  @container view (height >= 440px) {
    .message .art {
      display: grid;
      place-items: center;
    }
  }
  .message .art.round {
    inline-size: 72px;
    block-size: 72px;
    border-radius: var(--round);
    background: rgb(255 255 255 / 0.08);
    color: var(--muted);
  }
  .stage {
    --warn: #ffc57a;
  }
  .message.strong .art {
    background: #3a2808;
    color: var(--warn);
  }
  .message.strong p {
    max-inline-size: min(52ch, 100%);
    color: var(--text);
  }
  .frame {
    position: relative;
  }
  .avatar {
    display: inline-grid;
    flex: none;
    place-items: center;
    inline-size: 40px;
    block-size: 40px;
    border-radius: var(--round);
    background: oklch(0.47 0.11 var(--hue));
    color: #fff;
    font-size: var(--small);
    font-weight: 650;
    line-height: 1;
    letter-spacing: 0.02em;
    user-select: none;
  }
  .avatar.none {
    background: rgb(255 255 255 / 0.12);
  }
  .avatar:is(.small, .face) {
    inline-size: 28px;
    block-size: 28px;
    letter-spacing: 0;
  }
  .avatar.large {
    inline-size: 56px;
    block-size: 56px;
    font-size: var(--medium);
  }
  @container view (width < 380px) {
    .head .locked span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  @container view (height < 420px) {
    .head {
      min-block-size: 44px;
      padding-block: 0;
    }
    .head h1 {
      font-size: var(--small);
    }
    .room-bar {
      min-block-size: 52px;
      padding-block: 4px;
    }
    .room-bar .side {
      min-block-size: 44px;
      padding-block: 0;
    }
    .room-bar .side > span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  /* So low that head and bar share a row. */
  @container view (height < 320px) {
    .frame.inside > .bar {
      display: flex;
      justify-content: flex-end;
      min-block-size: 44px;
      padding: 0 4px;
      gap: 0;
      border: 0;
      color-scheme: dark;
      color: var(--text);
      background: var(--stage);
    }
    .room-bar .end {
      gap: 0;
    }
    .head {
      padding-inline: 4px;
    }
    .head h1 {
      display: none;
    }
    .frame.inside > .room-bar .side .icon {
      display: block;
    }
  }
  @container view (height < 320px) and (width < 380px) {
    .faces {
      display: none;
    }
    .count > .icon {
      display: block;
    }
  }
  @container view (height < 320px) and (width < 600px) {
    .head .locked span {
      position: absolute;
      clip-path: inset(50%);
    }
  }
  /* No place beside five buttons: the chat says it, and so does the invitation. */
  @container view (height < 320px) and (width < 320px) {
    .head .locked {
      position: absolute;
      clip-path: inset(50%);
    }
  }
`;
