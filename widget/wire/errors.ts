/**
 * One error class for widget and API, with the union of stable codes. Realm-free.
 * A code is a promise to callers; its sentence may change, the code may not.
 */

/** Codes the API answers with, as `code` and at the end of `type` of an RFC 9457 problem; the number is the HTTP status. */
export const API_ERRORS = {
  "bad-request": 400,
  "bad-token": 401,
  "origin-not-allowed": 403,
  "no-such-route": 404,
  "no-such-clip": 404,
  "no-such-piece": 404,
  "method-not-allowed": 405,
  "clip-exists": 409,
  "not-a-draft": 409,
  "not-ready": 409,
  "clip-leased": 409,
  "lease-lapsed": 409,
  "pieces-missing": 409,
  "clip-over": 410,
  "length-required": 411,
  "body-too-large": 413,
  "unsupported-type": 415,
  "piece-mismatch": 422,
  "fragment-in-path": 400,
  "no-such-room": 404,
  "no-lobby": 404,
  "room-exists": 409,
  "link-replaced": 410,
  "generation-exists": 409,
  "no-generation": 409,
  "epoch-passed": 409,
  "not-a-poster": 403,
  "still-here": 409,
  "bad-signature": 403,
  "log-gap": 409,
  "too-many-requests": 429,
  "storage-unavailable": 503,
  "no-sfu": 503,
  "shutting-down": 503,
  internal: 500,
} as const;
export type ApiErrorCode = keyof typeof API_ERRORS;

/** Codes that arise in the browser: elements report them in `wisp-error`. */
export type WidgetErrorCode =
  | "same-origin"
  | "frame-blocked"
  | "frame-protocol"
  | "frame-covered"
  | "not-mounted"
  | "not-now"
  | "turned-away"
  | "asked-too-often"
  | "no-camera"
  | "no-microphone"
  | "permission-denied"
  | "permission-policy"
  | "device-in-use"
  | "device-gone"
  | "unsupported-browser"
  | "recording-failed"
  | "link-malformed"
  | "link-mangled"
  | "room-not-genuine"
  | "not-a-host"
  | "wrong-key"
  | "clip-damaged"
  | "cannot-play"
  | "offline"
  | "timeout";

export type ErrorCode = ApiErrorCode | WidgetErrorCode;

/** An error that may be shown and branched on. `message` never holds a key, link, address or content. */
export class CodedError extends Error {
  override readonly name = "CodedError";
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What may be shown of anything that was thrown: an error of ours as it is, of any other only that it happened. */
export function asCoded(error: unknown): CodedError {
  return error instanceof CodedError ? error : new CodedError("internal", "Something went wrong. Try again.");
}
