/**
 * What is left of the room where the page asked for less of it. Never without what a person needs to be safe: what is
 * false, who has changed, the code, who is here, who sends what. Realm: frame. Source: docs/decisions/0052.
 */
import { css } from "lit";

export const pageWishesStyle = css`
  .body.silent,
  .frame.calling.beside > .body.silent {
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    > .aside {
      grid-area: 1 / 1;
      max-block-size: none;
      border: 0;
    }
  }
  .wordless {
    align-self: center;
    margin: 0;
    padding: 16px;
    color: var(--muted);
    text-align: center;
    text-wrap: balance;
  }
  :host([data-minimal]) .frame.inside > .head {
    min-block-size: 44px;
    padding-block: 0;
  }
`;
