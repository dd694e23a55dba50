/** How long the room view waits before it says more, or less. Realm: frame. */

/** Nobody has answered for this long: then the person hears what that may mean, ms. */
export const LONG_WAIT_MS = 6_000;
/** A host at the door that nobody has answered for this long may begin the room anew, ms: longer than a takeover takes. */
export const UNANSWERED_MS = 15_000;
export const NOTICE_MS = 4_000;
/** A reaction floats for this long, ms. */
export const REACTION_MS = 4_000;
/** What others do is collected for this long before a screen reader is told, ms. */
export const TIDINGS_MS = 700;
