/**
 * A member's post, from what it said to an event for the rules: sizes, spelling, the clear part of the MLS message, and
 * the poster's signature where there is one. Realm: server; sees ciphertext and its header.
 * Source: RFC 9420 §6.3.1, protocol.md §2 (Posting), §5 (complaints).
 */
import { hash } from "node:crypto";
import { readCommitHeader, readPrivateHeader } from "../../widget/wire/commit-data.ts";
import { COMMIT_MAX_BYTES, MESSAGE_MAX_BYTES, WELCOME_MAX_BYTES } from "../../widget/wire/room-limits.ts";
import { commitStatement, complaintStatement } from "../../widget/wire/room-signatures.ts";
import { type Post, sealedBytes } from "./messages.ts";
import type { Refused } from "./room.ts";
import type { RoomEvent } from "./room-events.ts";
import type { Seat } from "./seat.ts";
import { isSigned } from "./signature.ts";

const APPLICATION = 1;

export type PostEvent = Extract<RoomEvent, { readonly type: Post["type"] }>;
type Poster = Pick<Seat, "postKey" | "groupId">;

export function readPost(said: Post, poster: Poster): PostEvent | Refused {
  if (said.type === "commit") return readCommit(said, poster);
  if (said.type === "complaint") return readComplaint(said, poster);
  const bytes = sealedBytes(said.bytes, MESSAGE_MAX_BYTES);
  if (bytes === "too-large") return { code: "body-too-large" };
  const header = bytes && readPrivateHeader(bytes);
  // A commit that is posted as a message would pass all that a commit is held against.
  if (header?.contentType !== APPLICATION) return { code: "bad-request" };
  const groupId = Buffer.from(header.groupId).toString("base64url");
  return { type: said.type, poster: poster.postKey, groupId, epoch: header.epoch, bytes: said.bytes } as PostEvent;
}

function readCommit(said: Post & { type: "commit" }, { postKey }: Poster): PostEvent | Refused {
  const bytes = sealedBytes(said.bytes, COMMIT_MAX_BYTES);
  const welcome = said.welcome === undefined ? undefined : sealedBytes(said.welcome, WELCOME_MAX_BYTES);
  if (bytes === "too-large" || welcome === "too-large") return { code: "body-too-large" };
  const header = bytes && readCommitHeader(bytes);
  if (!header || welcome === null) return { code: "bad-request" };
  const commitHash = hash("sha256", bytes, "buffer");
  if (!isSigned(postKey, commitStatement(header.groupId, commitHash), said.signature)) return { code: "bad-signature" };
  return {
    type: "commit",
    poster: postKey,
    groupId: Buffer.from(header.groupId).toString("base64url"),
    epoch: header.epoch,
    data: header.data,
    bytes: said.bytes,
    commitHash: commitHash.toString("base64url"),
    signature: said.signature,
    gone: {},
    ...(said.welcome === undefined ? {} : { welcome: said.welcome }),
  };
}

function readComplaint(said: Post & { type: "complaint" }, { postKey, groupId }: Poster): PostEvent | Refused {
  const { bytes, signature } = said;
  const statement = complaintStatement(Buffer.from(groupId, "base64url"), Buffer.from(bytes, "base64url"));
  if (!isSigned(postKey, statement, signature)) return { code: "bad-signature" };
  return { type: "complaint", poster: postKey, bytes, signature };
}
