/**
 * Every refusal as an RFC 9457 problem with a stable code; what was sent is never repeated in it.
 * Realm: server. Source: RFC 9457, product.md O4, widget/wire/errors.ts.
 */
import type { Problem } from "../../widget/wire/client-api.ts";
import { API_ERRORS, type ApiErrorCode, CodedError } from "../../widget/wire/errors.ts";

/** What a problem may say beyond its code. */
export interface ProblemExtras {
  /** s */
  readonly retryAfter?: number;
  /** indices of pieces to send again */
  readonly missing?: readonly number[];
  /** methods that the path knows */
  readonly allow?: readonly string[];
}

/** A refusal on its way to the client. `detail` is a whole sentence that holds nothing of the request. */
export class Refusal extends CodedError {
  readonly extras: ProblemExtras;
  constructor(code: ApiErrorCode, detail = "", extras: ProblemExtras = {}) {
    super(code, detail);
    this.extras = extras;
  }
}

/** Title, and what GET /problems/<code> says. */
export const PROBLEMS: Readonly<Record<ApiErrorCode, readonly [title: string, description: string]>> = {
  "bad-request": ["Bad request", "The request is not one that this path understands; the detail says what to change."],
  "bad-token": ["Token missing or malformed", "Send Authorization: Bearer with the base64url of 32 bytes."],
  "origin-not-allowed": ["Origin not allowed", "Only pages of the frame's own origin may change anything here."],
  "no-such-route": ["No such route", "Nothing is served under this path."],
  "no-such-clip": ["No such clip", "There is no clip with this id that this token may see."],
  "no-such-piece": ["No such piece", "The clip has no piece with this index."],
  "method-not-allowed": ["Method not allowed", "The path exists, but not with this method; see the Allow header."],
  "clip-exists": ["Clip exists", "A clip with this id exists already; make a new one."],
  "not-a-draft": ["Not a draft", "The clip was sent already, so that it can't be changed any more."],
  "not-ready": ["Not ready", "The clip has not been sent yet."],
  "clip-leased": ["Clip leased", "Somebody is watching this clip; try again after the given seconds."],
  "lease-lapsed": ["Lease lapsed", "The lease is over; take another one to go on watching."],
  "pieces-missing": ["Pieces missing", "Some pieces have not been stored whole; send the named ones again."],
  "clip-over": ["Clip over", "The clip was burned, expired, revoked, discarded or broken; its content is gone."],
  "length-required": ["Length required", "Send a Content-Length header."],
  "body-too-large": ["Body too large", "The body or the clip is larger than allowed."],
  "unsupported-type": ["Unsupported type", "Send the media type that the OpenAPI document names, without encoding."],
  "piece-mismatch": ["Piece mismatch", "The bytes are not what was announced; nothing of them was stored."],
  "fragment-in-path": [
    "Fragment in path",
    "Something turned the # of a link into %23, so that the key has reached the server; revoke the clip.",
  ],
  "no-lobby": ["No lobby", "This room has none: it is entered by its link."],
  "no-such-room": ["No such room", "There is no room with this id that this token may see."],
  "room-exists": ["Room exists", "The room was opened already, with another link."],
  "link-replaced": ["Link replaced", "The room has a newer link; ask a host for it."],
  "generation-exists": ["Generation exists", "Somebody is in the room already: ask to be let in."],
  "no-generation": ["No generation", "Nobody is in the room in this generation any more; start the next one."],
  "epoch-passed": ["Epoch passed", "The group is in another epoch; take in what came before, and try again."],
  "not-a-poster": ["Not a poster", "This post key is not on the list of those who may post."],
  "still-here": ["Still here", "Who is to be removed as gone is connected, or has not said that it leaves."],
  "bad-signature": ["Bad signature", "The signature is not one of the named key over the statement that it should be."],
  "log-gap": ["Log gap", "The log does not reach back that far any more; join again."],
  "no-sfu": ["No SFU", "There is no media server now: rooms go on without sound and picture."],
  "too-many-requests": ["Too many requests", "That was too much at once; try again after the given seconds."],
  "storage-unavailable": ["Storage unavailable", "The storage does not answer; try again after the given seconds."],
  "shutting-down": ["Shutting down", "This process is about to end; try again, and another one will answer."],
  internal: ["Internal error", "Something went wrong here; it has been noted."],
};

const RETRY_AFTER_S = 2;

/** An error as a problem; one that is not ours is `internal` and says nothing. */
export function problemOf(error: unknown): Problem {
  const code = error instanceof CodedError && isApiCode(error.code) ? error.code : "internal";
  const extras = error instanceof Refusal ? error.extras : {};
  const status = API_ERRORS[code];
  // What failed behind us is for the log, not for the client.
  const detail = error instanceof CodedError && status < 500 ? error.message : "";
  const retryAfter = extras.retryAfter ?? (status === 503 ? RETRY_AFTER_S : undefined);
  return {
    type: `/problems/${code}`,
    title: PROBLEMS[code][0],
    status,
    code,
    ...(detail ? { detail } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(extras.missing ? { missing: [...extras.missing] } : {}),
  };
}

export function isApiCode(code: string): code is ApiErrorCode {
  return Object.hasOwn(API_ERRORS, code);
}
