/**
 * The shape of a log entry, before anything of it is used: what is missing or of another kind was never ordered.
 * Realm-free. Source: room-relay.ts (Entry).
 */
import type { Entry } from "./room-relay.ts";

type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const FIELDS: Readonly<Record<Entry["type"], Fields>> = {
  commit: { bytes: isText, poster: isText, signature: isText, head: isText, audit: isTexts },
  message: { bytes: isText, poster: isText },
  ask: { ref: isText, postKey: isText, sealed: isText },
  complaint: { bytes: isText, poster: isText, signature: isText },
};

/** @param entry what came with a `seq` */
export function isEntry(entry: unknown): entry is Entry {
  const { type, ...values } = entry as { type: unknown } & Record<string, unknown>;
  if (typeof type !== "string" || !Object.hasOwn(FIELDS, type)) return false;
  return Object.entries(FIELDS[type as Entry["type"]]).every(([name, fits]) => fits(values[name]));
}
