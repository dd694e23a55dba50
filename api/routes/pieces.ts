/**
 * One sealed segment of a clip, in and out, streamed: up for the sender of a draft, down for the holder of a lease.
 * Realm: server; sees ciphertext as it passes. Source: protocol.md §6, §7, RFC 9530 (Content-Digest).
 */
import { PIECE_BYTES, TAG_BYTES } from "../../widget/wire/clip-limits.ts";
import { pieceKey } from "../blobs/blobs.ts";
import { isOver } from "../clips/clip.ts";
import { leaseRefusal } from "../clips/clip-events.ts";
import { maxPieces } from "./clips.ts";
import { Refusal } from "./problems.ts";
import { answer, type Route, type Services, type Step } from "./route.ts";
import * as schemas from "./schemas.ts";
import { clipId, clipOf, pieceIndex, refusalOf, requireType, token } from "./steps.ts";

export function pieceRoutes(services: Services): Route[] {
  return [
    {
      method: "PUT",
      path: "/api/clips/:id/pieces/:n",
      summary: "Stores one sealed segment of a draft; may be repeated.",
      token: "manage",
      body: "application/octet-stream",
      answers: { 200: schemas.pieceStored },
      problems: ["no-such-clip", "not-a-draft", "clip-over", "length-required", "piece-mismatch"],
      steps: [
        clipId,
        pieceIndex,
        token,
        withinClip(services),
        announcedPiece,
        clipOf(services, "manageTokenHash"),
        stillDraft,
        storePiece(services),
        confirmDraft(services),
      ],
    },
    {
      method: "GET",
      path: "/api/clips/:id/pieces/:n",
      summary: "One sealed segment, for the holder of the lease.",
      token: "lease",
      answers: { 200: "application/octet-stream" },
      problems: ["no-such-clip", "no-such-piece", "lease-lapsed", "clip-over"],
      steps: [clipId, pieceIndex, token, leasedClip(services), servePiece(services)],
    },
  ];
}

function withinClip({ maxBytes }: Services): Step {
  return function indexWithinClip(ctx, next) {
    if (ctx.state.pieceIndex >= maxPieces(maxBytes)) {
      throw new Refusal("body-too-large", "A clip has fewer pieces than that.");
    }
    return next();
  };
}

/** Size and SHA-256 are announced before the first byte, so that a wrong piece is never stored. */
const announcedPiece: Step = (ctx, next) => {
  requireType(ctx, "application/octet-stream");
  const length = ctx.get("content-length");
  if (!length) throw new Refusal("length-required");
  const bytes = Number(length);
  if (bytes > PIECE_BYTES) throw new Refusal("body-too-large", `A piece has at most ${PIECE_BYTES} bytes.`);
  if (bytes < TAG_BYTES) throw new Refusal("piece-mismatch", `A piece has at least ${TAG_BYTES} bytes.`);
  const digest = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/.exec(ctx.get("content-digest"));
  if (!digest) throw new Refusal("bad-request", "Send Content-Digest: sha-256=:<base64>: with the piece.");
  ctx.state.expected = { bytes, sha256: Buffer.from(digest[1] ?? "", "base64") };
  return next();
};

const stillDraft: Step = (ctx, next) => {
  if (isOver(ctx.state.clip)) throw new Refusal("clip-over");
  if (ctx.state.clip.state !== "draft") throw new Refusal("not-a-draft");
  return next();
};

function storePiece({ blobs, records }: Services): Step {
  return async function streamToStorage(ctx, next) {
    const { clipId: id, pieceIndex: index, expected } = ctx.state;
    try {
      // The connection must outlive a refusal, to carry the answer.
      await blobs.put(pieceKey(id, index), ctx.req.iterator({ destroyOnReturn: false }), expected);
    } catch (error) {
      // A clip that ends takes its folder away from under the piece: that is its end, and no failure of storage.
      const clip = await records.read(id);
      if (!clip || isOver(clip)) throw new Refusal(clip ? "clip-over" : "no-such-clip");
      throw error;
    }
    ctx.state.bytesIn = expected.bytes;
    return next();
  };
}

/** The clip may have ended, or been sent, while the piece was on its way: then no stray object may stay. */
function confirmDraft({ blobs, records }: Services): Step {
  return async function keepOnlyForDraft(ctx) {
    const { clipId: id, pieceIndex: index, expected } = ctx.state;
    const found = await records.find(id);
    const clip = found?.clip;
    if (!found || clip?.state !== "draft") {
      // A late repetition of a piece that was sent belongs to the clip; deleting it would break the clip.
      const belongs = clip?.content && index < clip.content.pieces;
      if (!belongs) await blobs.deletePrefix(pieceKey(id, index));
      throw new Refusal(clip ? (isOver(clip) ? "clip-over" : "not-a-draft") : "no-such-clip");
    }
    // Once a minute it is noted that somebody still records: no answer need wait until the disk has that.
    void records.change(id, { type: "piece" }, found).catch(() => undefined);
    answer(ctx, { index, bytes: expected.bytes });
  };
}

function leasedClip({ records }: Services): Step {
  return async function leaseHolder(ctx, next) {
    const clip = await records.read(ctx.state.clipId);
    if (!clip) throw new Refusal("no-such-clip");
    const refused = leaseRefusal(clip, ctx.state.tokenHash);
    if (refused) throw refusalOf(refused);
    ctx.state.clip = clip;
    return next();
  };
}

function servePiece({ blobs }: Services): Step {
  return async function streamFromStorage(ctx) {
    const { clipId: id, pieceIndex: index, clip } = ctx.state;
    const isPiece = index < (clip.content?.pieces ?? 0);
    const piece = isPiece ? await blobs.get(pieceKey(id, index)) : null;
    if (!piece) throw new Refusal("no-such-piece");
    ctx.type = "application/octet-stream";
    ctx.body = piece.body;
    ctx.length = piece.bytes;
    // A HEAD answer has no body, and nobody else would end the stream.
    if (ctx.method === "HEAD") piece.body.destroy();
  };
}
