/**
 * MLS messages from bytes: exactly one, whole, of the expected kind. Realm: group worker. Source: RFC 9420 §6.
 */
import { decodeMlsMessage, type MLSMessage, type PrivateMessage } from "ts-mls";

/** ts-mls takes trailing bytes and throws on some garbage: here it is null. */
export function decode(bytes: Uint8Array): MLSMessage | null {
  try {
    const [message, length] = decodeMlsMessage(bytes, 0) ?? [];
    return message && length === bytes.length ? message : null;
  } catch {
    return null;
  }
}

export function privateMessage(bytes: Uint8Array, contentType: PrivateMessage["contentType"]): PrivateMessage {
  const message = decode(bytes);
  if (message?.wireformat !== "mls_private_message" || message.privateMessage.contentType !== contentType) {
    throw new Error(`not a PrivateMessage with ${contentType} content`);
  }
  return message.privateMessage;
}
