/**
 * A clip under lease: fetches its segments a few ahead, has them opened in order, hands out the file.
 * Realm: frame. Sees ciphertext and, one segment at a time, plaintext on its way to the player.
 * Source: protocol.md §6, §7.
 */
import { type Bytes, fromBase64url } from "../../wire/bytes.ts";
import type { ClipPreview } from "../../wire/client-api.ts";
import { CodedError } from "../../wire/errors.ts";
import type { ExpectedClip } from "../../wire/frame-media.ts";
import type { ClipAccess, RelayClient } from "../relay-client.ts";
import type { ClipWorker } from "./clip-worker.ts";

/** Pieces on their way at once: hides a round trip, bounds memory to a few segments. */
const AHEAD = 3;

export interface LeasedClip {
  readonly relay: RelayClient;
  readonly worker: ClipWorker;
  /** with the lease token */
  readonly access: ClipAccess;
  readonly expected: ExpectedClip;
}

/**
 * The file, segment by segment. May be read again from the start.
 * @throws CodedError `clip-damaged` the moment something does not fit, or what the relay client gave up with.
 */
export async function* openedFile(clip: LeasedClip, signal: AbortSignal): AsyncGenerator<Bytes, void> {
  const { pieces } = clip.expected;
  await clip.worker.call("beginOpening", clip.expected);
  const coming: Promise<Bytes>[] = [];
  let ordered = 0;
  const orderBefore = (end: number) => {
    for (; ordered < Math.min(end, pieces); ordered++) {
      const piece = clip.relay.piece(clip.access, ordered, signal);
      // Its failure is seen when its turn comes, not before.
      piece.catch(() => undefined);
      coming.push(piece);
    }
  };
  orderBefore(1);
  for (let index = 0; index < pieces; index++) {
    const sealed = (await coming.shift()) as Bytes;
    // The first picture needs the first piece: until it is shown, only one more may take up the line.
    orderBefore(index === 0 ? 2 : index + 1 + AHEAD);
    yield await clip.worker.call("openSegment", { index, sealed }, [sealed.buffer]);
  }
}

/**
 * What the relay says the clip must match, in bytes.
 * @throws CodedError `clip-damaged` if a field is missing or malformed.
 */
export function readExpected(preview: ClipPreview): ExpectedClip {
  const iv = fromBase64url(preview.iv ?? "");
  const sha256 = fromBase64url(preview.sha256 ?? "");
  const { pieces, bytes } = preview;
  if (iv?.length !== 12 || sha256?.length !== 32 || !isCount(pieces) || !isCount(bytes)) {
    throw new CodedError("clip-damaged", "The relay's record of this clip can't be read.");
  }
  return { iv, sha256, pieces, bytes };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
