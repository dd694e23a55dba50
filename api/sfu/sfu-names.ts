/**
 * What rooms and members are called at LiveKit: names that its operator can't lead back to a room, its link or its next
 * generation. Pure. Realm: server; group ids and public post keys.
 */
import { hash } from "node:crypto";
import { pseudonymOf } from "../rooms/audit-chain.ts";

const LABEL = "whatping v1 sfu room\n";

/** A generation's room. @param groupId base64url */
export function sfuRoomOf(groupId: string): string {
  const bytes = Buffer.concat([Buffer.from(LABEL), Buffer.from(groupId, "base64url")]);
  return hash("sha256", bytes, "buffer").subarray(0, 16).toString("base64url");
}

/** A member, as the audit trail and the group call it. @param postKey base64url */
export function sfuIdentityOf(postKey: string): string {
  return pseudonymOf(postKey);
}

/** The same member, looking at what LiveKit carries. No pseudonym has a full stop, so it is nobody else's name. */
export function sfuEyeOf(postKey: string): string {
  return `${pseudonymOf(postKey)}.eye`;
}
