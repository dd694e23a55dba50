/**
 * Rooms over HTTP: opens one, hands out its audit trail, names the key that signs trails. All else goes over the socket
 * (api/rooms). Realm: server; sees what room-relay.ts says. Source: protocol.md §2, §9.
 */
import { Readable } from "node:stream";
import type { OpenRoom } from "../../widget/wire/room-relay.ts";
import { linkRefusal } from "../rooms/link-rules.ts";
import { Openings } from "../rooms/openings.ts";
import { clientAddress } from "./client-address.ts";
import { Refusal } from "./problems.ts";
import { answer, type Route, type Services, type Step } from "./route.ts";
import * as schemas from "./schemas.ts";
import { bodyOf, jsonBody, token } from "./steps.ts";

/** Of a body with a sealed charter of 32 KiB in base64url. */
const OPEN_MAX_BYTES = 64 * 1024;

export function roomRoutes(services: Services): Route[] {
  return [
    {
      method: "PUT",
      path: "/api/rooms/:roomId",
      summary: "Opens a room whose id is the fingerprint of the charter key; the charter key's signature is the proof.",
      body: schemas.openRoom,
      answers: { 200: schemas.roomOpened, 201: schemas.roomOpened },
      problems: ["bad-signature", "room-exists", "too-many-requests"],
      steps: [roomId, jsonBody(schemas.openRoom, { maxBytes: OPEN_MAX_BYTES }), open(services)],
    },
    {
      method: "GET",
      path: "/api/rooms/:roomId/audit",
      summary: "The room's audit trail: one entry a line, and the signed head in the last line's field `head`.",
      token: "relay",
      answers: { 200: "application/jsonl" },
      problems: ["no-such-room", "link-replaced"],
      steps: [roomId, token, trail(services)],
    },
    {
      method: "GET",
      path: "/api/audit-key",
      summary: "The public key of audit heads, and the region that goes into the trail.",
      answers: { 200: schemas.auditKey },
      problems: [],
      steps: [auditKey(services)],
    },
  ];
}

const roomId: Step = (ctx, next) => {
  const id = ctx.params.roomId ?? "";
  if (!schemas.CLIP_ID.test(id)) throw new Refusal("bad-request", "A room id is the base64url of 16 bytes.");
  ctx.state.roomId = id;
  return next();
};

/** What opens no new room counts for nobody's limit. */
function open({ rooms, clock, trustedProxies }: Services): Step {
  const openings = new Openings(clock);
  return async function openIfSigned(ctx) {
    const id = ctx.state.roomId;
    const address = clientAddress(ctx.req, trustedProxies);
    const retryAfter = openings.secondsFor(address);
    if (retryAfter > 0) throw new Refusal("too-many-requests", "Too many rooms were opened here.", { retryAfter });
    const opened = await rooms.openRoom(id, bodyOf<OpenRoom>(ctx));
    if ("code" in opened || !opened.isNew) openings.takeBack(address);
    if ("code" in opened) throw new Refusal(opened.code);
    answer(ctx, { roomId: id, auditKey: rooms.auditKey }, opened.isNew ? 201 : 200);
  };
}

function trail({ rooms }: Services): Step {
  return async function trailAsLines(ctx) {
    const room = await rooms.readRoom(ctx.state.roomId);
    const refused = linkRefusal(room, ctx.state.tokenHash);
    if (!room || refused) throw new Refusal(refused?.code ?? "no-such-room");
    ctx.type = "application/jsonl; charset=utf-8";
    ctx.body = Readable.from(inLines(rooms.trailOf(ctx.state.roomId, room)));
  };
}

async function* inLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

function auditKey({ rooms }: Services): Step {
  return function nameKey(ctx) {
    answer(ctx, { auditKey: rooms.auditKey, region: rooms.region });
  };
}
