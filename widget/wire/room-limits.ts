/**
 * The numbers of a room that members and relay must agree on, with units and reasons.
 * Realm-free; nothing secret. Source: protocol.md §2, §3, §5.
 */

/** Room id: the first bytes of SHA-256 of the charter's public key. */
export const ROOM_ID_BYTES = 16;
/** SHA-256, Ed25519 public key, relay token, key package reference, group id, nonce, bytes. */
export const HASH_BYTES = 32;
export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** A KID has ten bits for the leaf: an Add that would take a leaf beyond is refused. */
export const LEAVES_MAX = 1024;
/** A key package is good for this long, s: longer than anyone waits at a door. */
export const KEY_PACKAGE_S = 600;
/** An admission counts for commits of this many epochs from the one that it names; used references are kept as long. */
export const ADMISSION_EPOCHS = 64;

/** Sealed bytes at most: an ask is a key package and a proof; a commit grows with the tree; a Welcome carries it. */
export const ASK_MAX_BYTES = 16 * 1024;
export const MESSAGE_MAX_BYTES = 64 * 1024;
export const COMMIT_MAX_BYTES = 256 * 1024;
export const WELCOME_MAX_BYTES = 512 * 1024;
export const CHARTER_MAX_BYTES = 32 * 1024;
/** The lobby's signed key; a knock, what is shown after it, an answer: X-Wing's key and encapsulation take 1.2 KB. */
export const LOBBY_MAX_BYTES = 4 * 1024;
export const KNOCK_MAX_BYTES = 4 * 1024;
/** Who waits in a lobby knocks again this often, ms: a host that comes later hears it, and the relay keeps nothing. */
export const KNOCK_EVERY_MS = 5_000;
/** … and is gone for a host's device that has heard nothing for this long, ms. */
export const KNOCK_LOST_MS = 15_000;
/** Connections in one room's lobby, in one process: whoever knows the address can take them, and disturbs nobody inside. */
export const LOBBY_PLACES = 32;
/** One WebSocket message at most, bytes: a commit and its Welcome in base64url. */
export const SOCKET_MESSAGE_MAX_BYTES = 1_200_000;

/** The log of a generation reaches back this long, ms: what a reconnect may have missed. */
export const LOG_KEPT_MS = 60_000;
/** … and has no more than this, bytes: a storm of joins in a group of 500. Who needs what is dropped joins afresh. */
export const LOG_MAX_BYTES = 16 * 1024 * 1024;
/**
 * Commits of one post key within LOG_KEPT_MS; more are refused, not forgotten: as long as somebody may still read one, it
 * can complain of it. Joins that come one by one are put together when it is full.
 */
export const COMMITS_MAX = 128;
/** Who is not heard of by the relay for this long is gone, ms; a generation without anyone ends after as long. */
export const GONE_AFTER_MS = 15_000;
/** Connections to a room, in one process, of those who are neither members nor waiting: a crowd that comes at once. */
export const STRANGERS_MAX = 256;
/** … ms after which one of them gives its place to a newcomer: nobody honest needs longer to ask, on a busy phone. */
export const YIELDS_AFTER_MS = 5_000;
/** … and after which it ends, whatever it says: time to fetch a long audit trail over a slow line. */
export const STRANGER_MS = 30_000;
/** A connection shows life this often, ms. */
export const ALIVE_EVERY_MS = 5_000;
/** Bytes that all members and askers of a room may say through one process: two who do nothing else, each at its limit. */
export const ROOM_BYTES_PER_S = 8_000_000;
/** … and at once: a crowd of 500 that asks, with the commits that let it in. */
export const ROOM_BYTES_AT_ONCE = 32_000_000;
/**
 * Rooms that may be opened from one place (IPv4 without its last octet, IPv6 /48) within ROOMS_OPENED_MS, by one process:
 * a school class behind one address, each of them twice.
 */
export const ROOMS_OPENED_MAX = 60;
export const ROOMS_OPENED_MS = 600_000;
/** A room nobody entered for this long is forgotten by the relay, days. */
export const ROOM_KEPT_DAYS = 90;

/** Joins and leaves within this time go into one commit, ms. */
export const BATCH_MS = 100;
/** The next live leaf takes over after this long or TAKEOVER_FACTOR × its own last commit, whichever is more, ms. */
export const TAKEOVER_MS = 400;
export const TAKEOVER_FACTOR = 4;
/** A member shows its epoch and audit head this often in the group; unheard for UNCONFIRMED_MS it is "not confirmed". */
export const HEARTBEAT_MS = 5_000;
export const UNCONFIRMED_MS = 10_000;
/** In a room of up to so many each member shows a new epoch at once: beyond, n² messages cost more than a second's wait. */
export const SHOWN_AT_ONCE_MAX = 16;
/** Each member updates its leaf every max(UPDATE_MS, UPDATE_PER_MEMBER_MS × members). */
export const UPDATE_MS = 300_000;
export const UPDATE_PER_MEMBER_MS = 3_000;
/** An update that is nothing else is taken from one post key this often, ms: each costs everyone a commit to open. */
export const UPDATE_ONLY_MS = 60_000;
/** A leaf that has not committed for so many periods is removed: its keys have grown old. */
export const STALE_PERIODS = 3;
/** A second re-forming within this time closes the door to links until a host acts, ms. */
export const REFORM_QUIET_MS = 600_000;
/** Plaintext of chat and control messages is padded to multiples of this, bytes. */
export const PADDING_BYTES = 256;
/** UTF-16 units of one chat message, and of a name, at most. */
export const CHAT_MAX = 4_000;
export const NAME_MAX = 64;
