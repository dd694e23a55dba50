/**
 * HTTP to the relay. What it uploads must be of the branded type `Sealed`: plaintext here is a type error.
 * Realm: frame. Sees tokens and ciphertext; its errors hold neither.
 * Source: widget/wire/client-api.ts, RFC 9457 (problems), RFC 9530 (Content-Digest).
 */
import { type Bytes, type Sealed, toBase64url } from "../wire/bytes.ts";
import {
  type Burned,
  type ClipCreated,
  type ClipPreview,
  type ClipSent,
  type CreateClip,
  type Heartbeat,
  type LeaseTaken,
  type Problem,
  paths,
  type Receipt,
  type SendClip,
  type TakeLease,
} from "../wire/client-api.ts";
import { API_ERRORS, type ApiErrorCode, CodedError } from "../wire/errors.ts";

/** A clip at the relay, and the token that this call shows. */
export interface ClipAccess {
  readonly id: string;
  readonly token: Bytes;
}

/** An error that the relay answered, with what else it said. */
export class RelayError extends CodedError {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code, problem.detail ?? problem.title);
    this.problem = problem;
  }
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
/** One try, ms: a piece over a slow mobile line takes most of a minute. */
const TRY_MS = 120_000;

export interface RelayOptions {
  /** how long a request is tried again while the network or the relay is away, ms */
  readonly patience?: number;
  /** told when the relay can't be reached, and when it can again */
  readonly onReach?: (reachable: boolean) => void;
}

export class RelayClient {
  readonly #options: RelayOptions;

  constructor(options: RelayOptions = {}) {
    this.#options = options;
  }

  createClip(clip: ClipAccess, body: CreateClip): Promise<ClipCreated> {
    return this.#json("PUT", paths.clip(clip.id), clip.token, body);
  }

  /** Stores one segment; safe to repeat. */
  async storePiece(clip: ClipAccess, index: number, sealed: Sealed): Promise<void> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", sealed));
    await this.#request("PUT", paths.piece(clip.id, index), {
      token: clip.token,
      body: sealed,
      headers: {
        "content-type": "application/octet-stream",
        "content-digest": `sha-256=:${btoa(String.fromCharCode(...digest))}:`,
      },
    });
  }

  send(clip: ClipAccess, body: SendClip): Promise<ClipSent> {
    return this.#json("POST", paths.action(clip.id, "send"), clip.token, body);
  }

  discard(clip: ClipAccess): Promise<unknown> {
    return this.#json("POST", paths.action(clip.id, "discard"), clip.token, {});
  }

  revoke(clip: ClipAccess): Promise<unknown> {
    return this.#json("POST", paths.action(clip.id, "revoke"), clip.token, {});
  }

  receipt(clip: ClipAccess): Promise<Receipt> {
    return this.#json("GET", paths.action(clip.id, "receipt"), clip.token);
  }

  preview(clip: ClipAccess): Promise<ClipPreview> {
    return this.#json("GET", paths.clip(clip.id), clip.token);
  }

  takeLease(clip: ClipAccess, body: TakeLease): Promise<LeaseTaken> {
    return this.#json("POST", paths.action(clip.id, "lease"), clip.token, body);
  }

  /** One sealed segment; `signal` says that it is no longer wanted. */
  async piece(clip: ClipAccess, index: number, signal: AbortSignal): Promise<Bytes> {
    return new Uint8Array(await this.#request("GET", paths.piece(clip.id, index), { token: clip.token, signal }));
  }

  heartbeat(clip: ClipAccess, body: Heartbeat): Promise<LeaseTaken> {
    return this.#json("POST", paths.action(clip.id, "heartbeat"), clip.token, body);
  }

  burn(clip: ClipAccess): Promise<Burned> {
    return this.#json("POST", paths.action(clip.id, "burn"), clip.token, {});
  }

  async #json<T>(method: string, path: string, token: Bytes, body?: object): Promise<T> {
    const json = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
    const answer = await this.#request(method, path, { token, ...json });
    return JSON.parse(new TextDecoder().decode(answer)) as T;
  }

  /** Every call of the contract is idempotent, so each may be repeated until patience ends. */
  async #request(method: string, path: string, request: Outgoing): Promise<ArrayBuffer> {
    const giveUpAt = performance.now() + (this.#options.patience ?? 60_000);
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      const outcome = await this.#try(method, path, request);
      if (outcome instanceof ArrayBuffer) {
        this.#options.onReach?.(true);
        return outcome;
      }
      if (!isPassing(outcome) || performance.now() + wait > giveUpAt) throw outcome;
      this.#options.onReach?.(false);
      await pause(wait * (0.5 + Math.random() / 2), request.signal);
    }
  }

  async #try(
    method: string,
    path: string,
    { token, body, headers, signal }: Outgoing,
  ): Promise<ArrayBuffer | CodedError> {
    const timeout = AbortSignal.timeout(TRY_MS);
    try {
      const response = await fetch(path, {
        method,
        ...(body ? { body } : {}),
        headers: { ...headers, authorization: `Bearer ${toBase64url(token)}` },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
        redirect: "error",
      });
      // Read here, so that an answer that breaks off counts as none.
      return response.ok ? await response.arrayBuffer() : await readProblem(response);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      return new CodedError("offline", "The relay can't be reached. Check the connection.");
    }
  }
}

interface Outgoing {
  readonly token: Bytes;
  readonly body?: string | Sealed;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

async function readProblem(response: Response): Promise<RelayError> {
  const problem = (await response.json().catch(() => undefined)) as Partial<Problem> | undefined;
  const code: ApiErrorCode = problem?.code && problem.code in API_ERRORS ? problem.code : "storage-unavailable";
  const known = problem?.code === code ? problem : {};
  return new RelayError({
    type: `/problems/${code}`,
    title: "The relay refused.",
    status: response.status,
    ...known,
    code,
  });
}

/** Worth another try: no answer at all, or one that says "later". */
function isPassing(error: CodedError): boolean {
  return error.code === "offline" || error.code === "storage-unavailable" || error.code === "shutting-down";
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
