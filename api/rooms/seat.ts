/**
 * A connection as a room sees it: who it is, how far it has come, and how to tell it something. Realm: server.
 */

/** Why the relay closes a connection (RFC 6455 §7.4.1); 1009 is the library's own, for a message that is too large. */
export const CLOSE = {
  /** it left, was removed, or the generation is over */
  done: 1000,
  /** nonsense, or too much of anything */
  policy: 1008,
  internal: 1011,
  /** this process ends, or can't serve it any more: another connection may */
  restart: 1012,
  /** it reads too slowly, or there is no room for it */
  later: 1013,
} as const;

export interface Seat {
  /** set once it has proved a post key */
  readonly postKey: string;
  readonly groupId: string;
  /** number of the last entry that it was given */
  sent: number;
  /** when it was heard of last, ms since the epoch */
  readonly heardAt: number;
  /** @param message JSON, as text or its UTF-8 */
  tell(message: string | Buffer): void;
  /** resolves when there is room for more */
  tellSlowly(message: Buffer): Promise<void>;
  readonly isOpen: boolean;
  /** from now on it is a member */
  admitted(): void;
  /** … and from now on nothing any more */
  dismiss(message: "removed" | "ended" | null, code: number): void;
}
