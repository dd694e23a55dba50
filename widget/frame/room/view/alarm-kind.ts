/**
 * Faults of relay or members, as a person can make something of them. Realm: frame. Pure.
 */

export type AlarmKind = "history" | "person" | "room" | "message" | "unknown";

const KINDS: Readonly<Record<string, AlarmKind>> = {
  "heads-differ": "history",
  "head-not-signed": "history",
  "head-differs": "history",
  "chain-broken": "history",
  "entry-differs": "history",
  "rolled-back": "history",
  "kind-of-proposal": "person",
  "list-differs": "person",
  "not-admitted": "person",
  "admission-too-old": "person",
  "used-before": "person",
  "post-key-taken": "person",
  "leaf-limit": "person",
  locked: "person",
  "no-link-admission": "person",
  "no-lobby-admission": "person",
  accused: "person",
  suspended: "person",
  "not-a-host": "person",
  "not-the-same-person": "person",
  "unsigned-leaf": "person",
  "forged-charter": "room",
  "forged-lobby": "room",
  "older-charter": "room",
  "link-differs": "room",
  "other-relay": "room",
  "other-suite": "room",
  "other-region": "room",
  "wrong-group": "room",
  "bad-message": "message",
};

/** @param fault as the group worker names it */
export function alarmKind(fault: string): AlarmKind {
  return Object.hasOwn(KINDS, fault) ? (KINDS[fault] as AlarmKind) : "unknown";
}
