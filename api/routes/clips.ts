/**
 * A clip from its sender's side (create, send, discard, revoke, receipt), and what its link's holder may see before any
 * lease. Realm: server; sees what clip.ts says. Source: widget/wire/client-api.ts, protocol.md §6, §7.
 */
import type { CreateClip, SendClip } from "../../widget/wire/client-api.ts";
import { coarseDuration, PIECE_BYTES, SEGMENT_BYTES, TAG_BYTES } from "../../widget/wire/clip-limits.ts";
import { clipPrefix, pieceKey } from "../blobs/blobs.ts";
import { type Clip, isOver } from "../clips/clip.ts";
import { createDraft } from "../clips/clip-events.ts";
import { eraseContent } from "../clips/deletion.ts";
import { clipCreated, clipSent, ended, previewOf, receiptOf } from "../clips/receipt.ts";
import { sameHash } from "../clips/token.ts";
import { Refusal } from "./problems.ts";
import { answer, type Context, type Route, type Services, type Step } from "./route.ts";
import * as schemas from "./schemas.ts";
import { allowed, bodyOf, clipId, clipOf, jsonBody, token } from "./steps.ts";

/** ms that an answer waits for the deletion; after that the durable queue goes on with it. */
const INLINE_DELETION_MS = 2_000;

export function clipRoutes(services: Services): Route[] {
  const managedClip = clipOf(services, "manageTokenHash");
  const viewableClip = clipOf(services, "viewTokenHash");
  return [
    {
      method: "PUT",
      path: "/api/clips/:id",
      summary: "Creates the draft of a clip; the token sent becomes its manage token.",
      token: "manage",
      body: schemas.createClip,
      answers: { 200: schemas.clipCreated, 201: schemas.clipCreated },
      problems: ["clip-exists", "not-a-draft", "clip-over"],
      steps: [clipId, token, jsonBody(schemas.createClip), create(services)],
    },
    {
      method: "POST",
      path: "/api/clips/:id/send",
      summary: "Makes a draft openable, once all its pieces are stored.",
      token: "manage",
      body: schemas.sendClip,
      answers: { 200: schemas.clipSent },
      problems: ["no-such-clip", "not-a-draft", "clip-over", "pieces-missing", "piece-mismatch", "body-too-large"],
      steps: [
        clipId,
        token,
        jsonBody(schemas.sendClip),
        managedClip,
        withinLimits(services),
        piecesStored(services),
        send(services),
      ],
    },
    {
      method: "POST",
      path: "/api/clips/:id/discard",
      summary: "Deletes a draft.",
      token: "manage",
      body: schemas.nothing,
      answers: { 200: schemas.burned },
      problems: ["no-such-clip", "not-a-draft", "clip-over"],
      steps: [clipId, token, jsonBody(schemas.nothing, { optional: true }), managedClip, endBy(services, "discard")],
    },
    {
      method: "POST",
      path: "/api/clips/:id/revoke",
      summary: "Deletes a clip that was sent, even while somebody watches it.",
      token: "manage",
      body: schemas.nothing,
      answers: { 200: schemas.burned },
      problems: ["no-such-clip", "not-ready", "clip-over"],
      steps: [clipId, token, jsonBody(schemas.nothing, { optional: true }), managedClip, endBy(services, "revoke")],
    },
    {
      method: "GET",
      path: "/api/clips/:id/receipt",
      summary: "What became of a clip.",
      token: "manage",
      answers: { 200: schemas.receipt },
      problems: ["no-such-clip"],
      steps: [clipId, token, managedClip, answerReceipt],
    },
    {
      method: "GET",
      path: "/api/clips/:id",
      summary: "Sealed metadata and state of a clip, before any lease; changes nothing.",
      token: "view",
      answers: { 200: schemas.clipPreview },
      problems: ["no-such-clip", "not-ready", "clip-over"],
      steps: [clipId, token, viewableClip, answerPreview],
    },
  ];
}

/** Deletes what a clip that just ended has left; waits a moment for it, so that most answers carry `deletedAt`. */
export async function eraseSoon(services: Services, id: string, tombstone: Clip): Promise<Clip> {
  if (tombstone.deletion?.verifiedAt !== undefined) return tombstone;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), INLINE_DELETION_MS);
  });
  const erased = eraseContent(services, id).catch(() => null);
  const after = await Promise.race([erased, late]);
  clearTimeout(timer);
  return after ?? tombstone;
}

function create(services: Services): Step {
  return async function createIfFree(ctx) {
    const { clipId: id, tokenHash: manageTokenHash } = ctx.state;
    const { iv, viewTokenHash, maxLeases } = bodyOf<Required<CreateClip>>(ctx);
    const draft = createDraft({ iv, viewTokenHash, maxLeases, manageTokenHash }, services.clock.now());
    const isNew = await services.records.create(id, draft);
    const clip = isNew ? draft : await repeatedDraft(services, ctx, draft);
    answer(ctx, clipCreated(id, clip, services), isNew ? 201 : 200);
  };
}

/** A repeated create is answered like the first, if it is the same one. */
async function repeatedDraft(services: Services, ctx: Context, asked: Clip): Promise<Clip> {
  const clip = await services.records.read(ctx.state.clipId);
  if (!clip || !sameHash(clip.manageTokenHash, asked.manageTokenHash)) throw new Refusal("clip-exists");
  if (isOver(clip)) throw new Refusal("clip-over");
  if (clip.state !== "draft") throw new Refusal("not-a-draft");
  const isSame =
    clip.iv === asked.iv && clip.viewTokenHash === asked.viewTokenHash && clip.maxLeases === asked.maxLeases;
  if (!isSame) throw new Refusal("clip-exists");
  return clip;
}

function withinLimits({ maxBytes, maxSeconds }: Services): Step {
  return function sizesAndDuration(ctx, next) {
    const { pieces, bytes, duration } = bodyOf<SendClip>(ctx);
    if (bytes > maxBytes) throw new Refusal("body-too-large", "The clip has more bytes than this server stores.");
    if (duration > coarseDuration(maxSeconds))
      throw new Refusal("bad-request", "The clip is longer than allowed here.");
    const last = bytes - (pieces - 1) * PIECE_BYTES;
    if (pieces > maxPieces(maxBytes) || last < TAG_BYTES || last > PIECE_BYTES) {
      throw new Refusal("piece-mismatch", "That many pieces do not make that many bytes.");
    }
    return next();
  };
}

/** Every piece but the last is full; what is not there whole is named, and what is too much is refused. */
function piecesStored({ blobs }: Services): Step {
  return async function allPiecesThere(ctx, next) {
    if (ctx.state.clip.state !== "draft") return next();
    const { pieces, bytes } = bodyOf<SendClip>(ctx);
    const stored = await blobs.list(clipPrefix(ctx.state.clipId));
    const sizes = new Map(stored.map((piece) => [piece.key, piece.bytes]));
    const missing: number[] = [];
    for (let index = 0; index < pieces; index++) {
      const size = index < pieces - 1 ? PIECE_BYTES : bytes - (pieces - 1) * PIECE_BYTES;
      if (sizes.get(pieceKey(ctx.state.clipId, index)) !== size) missing.push(index);
      sizes.delete(pieceKey(ctx.state.clipId, index));
    }
    if (missing.length > 0) throw new Refusal("pieces-missing", "", { missing });
    if (sizes.size > 0) throw new Refusal("piece-mismatch", "There is a piece after the last one.");
    return next();
  };
}

function send(services: Services): Step {
  return async function makeReady(ctx) {
    const content = bodyOf<SendClip>(ctx);
    const event = { type: "send", content, ttlMs: services.clipTtlMs } as const;
    const { clipId: id, found } = ctx.state;
    answer(ctx, clipSent(id, allowed(await services.records.change(id, event, found))));
  };
}

function endBy(services: Services, type: "discard" | "revoke"): Step {
  return async function endAndErase(ctx) {
    const { clipId: id, found } = ctx.state;
    const tombstone = allowed(await services.records.change(id, { type }, found));
    answer(ctx, ended(await eraseSoon(services, id, tombstone)));
  };
}

const answerReceipt: Step = (ctx) => {
  answer(ctx, receiptOf(ctx.state.clipId, ctx.state.clip));
};

const answerPreview: Step = (ctx) => {
  const { clip, clipId: id } = ctx.state;
  if (clip.state === "draft") throw new Refusal("not-ready");
  if (clip.sentAt === undefined) throw new Refusal("clip-over");
  answer(ctx, previewOf(id, clip));
};

/** Pieces that a clip may have at most. */
export function maxPieces(maxBytes: number): number {
  return Math.ceil(maxBytes / SEGMENT_BYTES);
}
