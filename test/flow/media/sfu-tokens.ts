/**
 * Tokens for LiveKit as whoever runs it can make them: for any room, under any name. Test support.
 */
import { AccessToken } from "livekit-server-sdk";
import { runsLivekit } from "../../api/sfu/support/livekit.ts";
import type { Headless } from "../rooms/headless.ts";

interface Claims {
  readonly sub: string;
  readonly video: { readonly room: string };
}

export const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString() || "{}") as Claims;

export const identityIn = (token: string): string => claimsOf(token).sub ?? "";

/** With every right that there is, which our API would never give. */
export async function anyToken(room: string, identity: string): Promise<string> {
  const { key, secret } = runsLivekit();
  const token = new AccessToken(key, secret, { identity, ttl: 600 });
  token.addGrant({ roomJoin: true, room, canPublish: true, canSubscribe: true, canPublishData: true });
  return token.toJwt();
}

/** ms for which the relay remembers that LiveKit did not answer. */
const ASK_AGAIN_MS = 1_000;

/** A member's way into the SFU, also where a busy machine makes it slow to answer. */
export async function sfuWay(member: Headless): Promise<{ url: string; token: string }> {
  for (;;) {
    const way = await member.member.media.askSfu().catch((error: { code?: string }) => {
      if (error.code !== "no-sfu") throw error;
    });
    if (way) return way;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
