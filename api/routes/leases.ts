/**
 * Watching a clip: take the lease, report the position, burn at the end.
 * Realm: server; sees token hashes, times and positions. Source: protocol.md §7.
 */
import type { Heartbeat, TakeLease } from "../../widget/wire/client-api.ts";
import { ended, leaseTaken } from "../clips/receipt.ts";
import { eraseSoon } from "./clips.ts";
import { answer, type Route, type Services, type Step } from "./route.ts";
import * as schemas from "./schemas.ts";
import { allowed, bodyOf, clipId, clipOf, jsonBody, token } from "./steps.ts";

export function leaseRoutes(services: Services): Route[] {
  return [
    {
      method: "POST",
      path: "/api/clips/:id/lease",
      summary: "Takes the lease, or goes on with it after a reload.",
      token: "view",
      body: schemas.takeLease,
      answers: { 200: schemas.leaseTaken },
      problems: ["no-such-clip", "not-ready", "clip-leased", "clip-over"],
      steps: [clipId, token, jsonBody(schemas.takeLease), clipOf(services, "viewTokenHash"), takeLease(services)],
    },
    {
      method: "POST",
      path: "/api/clips/:id/heartbeat",
      summary: "Reports the position of play, which keeps the lease.",
      token: "lease",
      body: schemas.heartbeat,
      answers: { 200: schemas.leaseTaken },
      problems: ["no-such-clip", "lease-lapsed", "clip-over"],
      steps: [clipId, token, jsonBody(schemas.heartbeat), beat(services)],
    },
    {
      method: "POST",
      path: "/api/clips/:id/burn",
      summary: "Burns the clip at the end of play.",
      token: "lease",
      body: schemas.nothing,
      answers: { 200: schemas.burned },
      problems: ["no-such-clip", "lease-lapsed", "clip-over"],
      steps: [clipId, token, jsonBody(schemas.nothing, { optional: true }), burn(services)],
    },
  ];
}

function takeLease({ records }: Services): Step {
  return async function leaseIfFree(ctx) {
    const { leaseTokenHash: tokenHash } = bodyOf<TakeLease>(ctx);
    const { clipId: id, found } = ctx.state;
    answer(ctx, leaseTaken(allowed(await records.change(id, { type: "lease", tokenHash }, found))));
  };
}

function beat({ records }: Services): Step {
  return async function notePosition(ctx) {
    const { position } = bodyOf<Heartbeat>(ctx);
    const event = { type: "heartbeat", tokenHash: ctx.state.tokenHash, position } as const;
    answer(ctx, leaseTaken(allowed(await records.change(ctx.state.clipId, event))));
  };
}

function burn(services: Services): Step {
  return async function burnAndErase(ctx) {
    const { clipId: id, tokenHash } = ctx.state;
    const tombstone = allowed(await services.records.change(id, { type: "burn", tokenHash }));
    answer(ctx, ended(await eraseSoon(services, id, tombstone)));
  };
}
