/**
 * Application messages: sealed padded, opened with the leaf that sealed them. Realm: group worker.
 * Source: RFC 9420 §6.3, §9.
 */
import {
  acceptAll,
  type ClientState,
  createApplicationMessage,
  emptyPskIndex,
  encodeMlsMessage,
  processPrivateMessage,
} from "ts-mls";
import { decryptSenderData } from "ts-mls/privateMessage.js";
import type { Bytes } from "../../wire/bytes.ts";
import { PADDING_BYTES } from "../../wire/room-limits.ts";
import { type GroupState, sealState, wiping } from "./group-state.ts";
import { config, openSuite } from "./suite.ts";
import { privateMessage } from "./wire-format.ts";

/** Bytes that an application message's length prefix and signature add before padding. */
const MESSAGE_OVERHEAD_BYTES = 72;

/** Seals an application message. */
export async function sealMessage(
  state: GroupState,
  plaintext: Uint8Array,
): Promise<{ bytes: Bytes; next: GroupState; wipe: () => void }> {
  const sealed = await createApplicationMessage(
    padded(state, plaintext.length),
    plaintext,
    await openSuite(state.groupContext.cipherSuite),
  );
  return {
    bytes: encodeMlsMessage({
      version: "mls10",
      wireformat: "mls_private_message",
      privateMessage: sealed.privateMessage,
    }) as Bytes,
    next: sealState({ ...sealed.newState, clientConfig: config }),
    wipe: wiping(sealed.consumed),
  };
}

/** @throws Error for anything that a member of this epoch did not seal, and for a message opened before */
export async function openMessage(
  state: GroupState,
  bytes: Uint8Array,
): Promise<{ sender: number; plaintext: Uint8Array; next: GroupState; wipe: () => void }> {
  const suite = await openSuite(state.groupContext.cipherSuite);
  const message = privateMessage(bytes, "application");
  // The library checks the signature with this very leaf's key, but does not name the leaf.
  const sender = await decryptSenderData(message, state.keySchedule.senderDataSecret, suite);
  const result = await processPrivateMessage(state, message, emptyPskIndex, suite, acceptAll);
  if (result.kind !== "applicationMessage" || !sender) throw new Error("not a message");
  const { message: plaintext } = result;
  return { sender: sender.leafIndex, plaintext, next: sealState(result.newState), wipe: wiping(result.consumed) };
}

/** RFC 9420 §6.3.1: padding hides the length up to a step. */
function padded(state: GroupState, length: number): ClientState {
  const padUntilLength = Math.ceil((length + MESSAGE_OVERHEAD_BYTES) / PADDING_BYTES) * PADDING_BYTES;
  const paddingConfig = { kind: "padUntilLength", padUntilLength } as const;
  return { ...state, clientConfig: { ...config, paddingConfig } };
}
