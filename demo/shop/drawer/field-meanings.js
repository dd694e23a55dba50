/**
 * One plain sentence for each field that the relay stores of a clip. A field without one shows up as such, and a test
 * fails on it. Realm-free.
 */
const MEANINGS = {
  state: "Where the clip is in its short life.",
  viewTokenHash:
    "Fingerprint of a password derived from the key. Lets the link's holder in; the key can't be computed from it.",
  manageTokenHash: "Fingerprint of the sender's password for taking the clip back.",
  maxLeases: "At this interrupted viewing the clip burns.",
  createdAt: "When recording began.",
  touchedAt: "Last time a piece arrived, to the minute.",
  iv: "A random number that opening needs besides the key. Public, useless alone.",
  "content.pieces": "How many sealed pieces there are.",
  "content.bytes": "How large they are together.",
  "content.sha256": "Fingerprint of all sealed bytes: one flipped bit and nobody plays it.",
  "content.duration": "How long it plays, rounded up to ten seconds.",
  "content.metadata": "Format, name and exact length, sealed as well. The relay can't read this.",
  "content.metadataIv": "The random number for that small box.",
  sentAt: "When Send was clicked.",
  expiresAt: "When it burns at the latest.",
  openedAt: "When somebody first clicked Watch.",
  endedAt: "When it ended.",
  "lease.tokenHash": "Fingerprint of the password of the one tab that may watch now.",
  "lease.grantedAt": "When that tab began.",
  "lease.beatAt": "Last sign of life from that tab.",
  "lease.position": "How far that tab has played, in coarse seconds.",
  lapses: "Viewings that broke off.",
  "lapses.at": "When a viewing broke off.",
  "lapses.position": "How far that viewing had come.",
  "lapses.tokenHash": "Fingerprint of that viewer's password.",
  lastLease: "Fingerprint of the last viewer's password, so that a repeated “I have seen it” is understood.",
  "check.dueAt": "The relay still has to compare all pieces with the fingerprint.",
  "check.failures": "How often that comparison could not be made.",
  "deletion.job.dueAt": "When deleted pieces are looked for once more.",
  "deletion.job.failures": "How often deleting failed.",
  "deletion.verifiedAt": "When every piece was seen to be gone.",
  "deletion.recheckedAt": "When that was looked at again.",
};

/** The sentence for a flattened field name such as `content.bytes` or `lapses.0.at`; undefined if there is none. */
export function meaningOf(name) {
  return MEANINGS[name.replaceAll(/\.\d+(?=\.|$)/g, "")];
}

/** A stored document as `[name, value]` pairs, nested names joined by dots. An empty list stays a value. */
export function flatten(value, prefix = "") {
  const isBranch = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isBranch) return [[prefix, value]];
  return Object.entries(value).flatMap(([name, inner]) => flatten(inner, prefix ? `${prefix}.${name}` : name));
}
