/**
 * What a post key signs and who must have signed: the claim to a place in the log, and the poster's name on a commit.
 * Realm: group worker. Source: protocol.md §2 (Posting).
 */
import { isSignedBy, type SigningKey } from "../seal/ed25519.ts";
import { fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { ToRelay } from "../wire/room-relay.ts";
import { commitStatement, resumeStatement } from "../wire/room-signatures.ts";
import type { EntryOf, From } from "./membership-events.ts";
import { groupIdOf } from "./mls/group-state.ts";
import type { RoomState } from "./room-state.ts";

/** @param after the last entry that the member has */
export async function resumeMessage(
  { nonce }: From<"hello">,
  postKey: SigningKey,
  { groupId, relayToken, after }: { groupId: Uint8Array; relayToken: Uint8Array; after: number },
): Promise<ToRelay> {
  const statement = resumeStatement(fromBase64url(nonce) ?? new Uint8Array(), groupId);
  return {
    type: "resume",
    token: toBase64url(relayToken),
    groupId: toBase64url(groupId),
    postKey: toBase64url(postKey.publicKey),
    after,
    signature: toBase64url(await postKey.sign(statement)),
  };
}

/** Whoever is said to have posted it signed it, for this group: otherwise it is the relay's own doing. @param hash of the commit, base64url */
export async function isPosted(
  { group, roster }: RoomState,
  { poster, signature }: EntryOf<"commit">,
  hash: string,
): Promise<boolean> {
  const [key, commit, signed] = [poster, hash, signature].map(fromBase64url);
  const isMember = [...roster.values()].some(({ postKey }) => postKey === poster);
  if (!key || !commit || !signed || !isMember) return false;
  return isSignedBy(key, commitStatement(groupIdOf(group), commit), signed);
}
