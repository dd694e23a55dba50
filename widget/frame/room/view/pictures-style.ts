/**
 * Look of the stage in the room: dark in both themes; above the chat or in its place where it is narrow, beside it where
 * it is wide. Where each figure stands is arrangement.ts. Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const picturesStyle = css`
  .frame.inside {
    grid-template: "head" auto "notices" auto "body" minmax(0, 1fr) "bar" auto / minmax(0, 1fr);
    > .head {
      grid-area: head;
    }
    > .notices {
      grid-area: notices;
    }
    > .pictures {
      grid-area: pictures;
    }
    > .body {
      grid-area: body;
    }
    > .bar {
      grid-area: bar;
    }
  }
  .frame.calling {
    grid-template: "head" auto "notices" auto "pictures" minmax(0, 1fr) "bar" auto / minmax(0, 1fr);
  }
  .frame.calling.split {
    grid-template:
      "head" auto "notices" auto "pictures" minmax(0, 2fr) "body" minmax(0, 3fr) "bar" auto
      / minmax(0, 1fr);
  }
  .frame.calling.beside {
    grid-template:
      "head head" auto "notices notices" auto "pictures body" minmax(0, 1fr) "bar bar" auto
      / minmax(0, 1fr) 320px;
    > .body {
      grid-template: "people" fit-content(38%) "talk" minmax(0, 1fr) / minmax(0, 1fr);
      border-inline-start: 1px solid var(--line);
    }
    .talk {
      grid-area: talk;
    }
    .aside {
      grid-area: people;
      border-inline-start: 0;
      border-block-end: 1px solid var(--line);
    }
  }
  .pictures {
    --warn: #ffc57a;
    position: relative;
    display: grid;
    min-block-size: 0;
    overflow: hidden;
    padding: 8px;
    color-scheme: dark;
    color: var(--text);
    background:
      radial-gradient(90% 80% at 50% 0%, rgb(79 220 192 / 0.12), transparent 70%),
      var(--stage);
  }
  .tiles {
    position: relative;
    min-inline-size: 0;
    min-block-size: 0;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .pictures > .toast {
    position: absolute;
    inset: 8px 16px auto;
    inline-size: fit-content;
    margin-inline: auto;
    padding: 8px 16px;
    border-radius: var(--radius);
    background: var(--text);
    color: var(--stage);
    font-size: var(--small);
    font-weight: 600;
    pointer-events: none;
    animation: rise var(--calm) var(--ease);
  }
  .floats {
    position: absolute;
    inset: auto 0 32px;
    z-index: 3;
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 4px;
    margin: 0;
    pointer-events: none;
  }
  .floats.elsewhere {
    inset-block-end: 12px;
  }
  .floating {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    padding: 8px;
    border-radius: var(--round);
    background: rgb(8 13 14 / 0.78);
    color: var(--accent);
    animation: float 4s var(--ease) both;
  }
  .floating b {
    max-inline-size: 20ch;
    overflow: hidden;
    color: var(--text);
    font-size: var(--small);
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  @keyframes float {
    from {
      opacity: 0;
      translate: 0 16px;
    }
    8%,
    88% {
      opacity: 1;
      translate: none;
    }
    to {
      opacity: 0;
      translate: 0 -24px;
    }
  }
  .notice.media {
    color-scheme: dark;
    color: var(--text);
    background: #232c2e;
  }
  .notice.media .side {
    flex: none;
    min-inline-size: 44px;
    padding: 0;
  }
  .notice.media .pill {
    min-block-size: 44px;
    font-size: var(--small);
    background: var(--accent);
    color: var(--on-accent);
  }
  .notice.media {
    flex-wrap: nowrap;
  }
  .notice.media p {
    flex-basis: 0;
    text-wrap: pretty;
  }
  .notice.media:has(.pill) {
    flex-wrap: wrap;
  }
  .notice.media:has(.pill) p {
    flex-basis: 160px;
  }
  /* So low that head and bar share a row: the chat stands beside the stage, or where that is too narrow, in its place. */
  @container view (height < 320px) {
    .frame.inside {
      grid-template: "head bar" auto "notices notices" auto "body body" minmax(0, 1fr) / auto minmax(0, 1fr);
    }
    .frame.calling {
      grid-template: "head bar" auto "notices notices" auto "pictures pictures" minmax(0, 1fr) / auto minmax(0, 1fr);
    }
    .frame.calling.split {
      grid-template: "head bar" auto "notices notices" auto "low low" minmax(0, 1fr) / auto minmax(0, 1fr);
      > :is(.body, .pictures) {
        grid-area: low;
      }
      > .pictures {
        inline-size: 45%;
      }
      > .body {
        margin-inline-start: 45%;
      }
    }
    .pictures {
      padding: 4px;
    }
    .notice.media {
      padding-block: 0;
    }
    .notice.media p {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      overflow: hidden;
    }
  }
  @container view (height < 320px) and (width < 480px) {
    .frame.calling.split > .pictures {
      display: none;
    }
    .frame.calling.split > .body {
      margin-inline-start: 0;
    }
  }
`;
