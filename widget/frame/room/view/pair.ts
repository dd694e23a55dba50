/** What two people compare: the other one and the digits of both. Realm: frame. */
import type { Qr } from "./qr.ts";

export interface Pair {
  readonly identity: string;
  readonly name: string;
  /** 30 of them */
  readonly digits: string;
  readonly qr?: Qr;
}
