/**
 * Look of the people: a row each, with tags and marks; and of the one person's dialog. Realm: frame. Source: look.md.
 */
import { css } from "lit";

export const peopleStyle = css`
  .people {
    display: grid;
    gap: 4px;
    margin: 8px 0 0;
    padding: 0;
    list-style: none;
  }
  .person {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    justify-content: stretch;
    gap: 0 12px;
    inline-size: 100%;
    min-block-size: 56px;
    padding: 8px;
    text-align: start;
  }
  .person:hover {
    background: var(--raised);
  }
  .person:active:not(:disabled) {
    scale: 0.99;
  }
  .person > .avatar {
    grid-row: 1 / span 2;
  }
  .says {
    grid-area: 1 / 3 / span 2;
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--muted);
  }
  .sign {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    font-size: var(--small);
    font-variant-numeric: tabular-nums;
  }
  .sign:has(b:not(:empty)) {
    color: var(--accent);
  }
  .person > .marks {
    grid-column: 2;
  }
  .name {
    align-self: end;
    overflow: hidden;
    font-weight: 600;
    line-height: 1.25;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .marks {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    font-size: var(--small);
    line-height: 20px;
  }
  .tag {
    padding-inline: 8px;
    border-radius: var(--round);
    background: var(--pressed);
    font-weight: 600;
  }
  .marks .mark {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    color: var(--muted);
  }
  .marks .good {
    color: var(--accent);
    font-weight: 600;
  }
  .marks .warn {
    color: var(--warn);
    font-weight: 600;
  }
  .person.lost .avatar {
    filter: grayscale(1);
  }
  .person.lost .name {
    color: var(--muted);
  }
  .person:is(.changed, .differs) .avatar {
    box-shadow:
      0 0 0 2px var(--surface),
      0 0 0 4px var(--warn);
  }
  .who-is {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 16px;
  }
  .who-is h2 {
    overflow-wrap: anywhere;
  }
  .who-is .marks {
    margin-block-start: 4px;
    color: var(--text);
  }
`;
