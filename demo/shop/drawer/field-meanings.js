/**
 * One plain sentence for each field that the relay stores of a clip or a room. A field without one shows up as such, and
 * a test fails on it. Realm-free.
 */
const CLIP = {
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

const ROOM = {
  charterKey: "Public key that the room's id is the fingerprint of: nobody can put another room in its place.",
  origin: "Where the room was opened.",
  "link.v": "How often the invitation was made anew, plus one.",
  "link.relayTokenHash":
    "Fingerprint of a password derived from the link. Lets its holder knock; no key can be computed from it.",
  "link.sealedCharter": "The room's rules, sealed under the link. The relay can't read them.",
  "link.signature": "That a host made this link.",
  lobby: "A public key. Whoever knocks seals their name to it; only hosts can open that.",
  replaced: "Fingerprints of dead links, so that their holders are told to ask for the new one.",
  n: "How often people came into the empty room.",
  generation: "Nobody is inside.",
  "generation.groupId": "A random name for the people of now.",
  "generation.epoch": "How often the room's keys have changed.",
  "generation.posters": "Public key of one device inside, made for this visit only. No name belongs to it.",
  "generation.asks": "Nobody stands at the door.",
  "generation.asks.ref": "Fingerprint of what somebody at the door asks with.",
  "generation.asks.postKey": "Public key of somebody at the door.",
  "generation.asks.at": "When they knocked.",
  "generation.commits": "No change of keys yet.",
  "generation.commits.hash": "Fingerprint of a change of keys.",
  "generation.commits.poster": "Whose device made it.",
  "generation.complaints": "Nobody says that a change of keys can't be followed.",
  "generation.complaints.commit": "A change of keys that somebody can't follow.",
  "generation.complaints.by": "Whose device says so.",
  "generation.asks.withdrawn": "They have gone again.",
  "generation.commits.at": "When that was.",
  "generation.updates": "Nobody has only renewed their keys in the last minute.",
  "generation.updates.by": "A device that only renewed its keys a short time ago.",
  "generation.updates.at": "When that was.",
  "generation.renewed": "When each of them made its keys last.",
  "generation.used": "Nobody was let in yet.",
  "generation.used.ref": "Who was let in with it can't come in with it again.",
  "generation.used.at": "When that was.",
  "audit.size": "Lines in the audit trail below.",
  "audit.hash": "Fingerprint of its last line: whoever rewrites one changes all that follow.",
  enteredAt: "The day somebody came in last, so that forgotten rooms can go.",
  "presence.postKey": "A device that is connected.",
  "presence.heardAt": "When it was heard of last.",
};

/** The sentence for a flattened field name such as `content.bytes` or `lapses.0.at`; undefined if there is none. */
export const clipMeaning = (name) => CLIP[withoutIndices(name)];
export const roomMeaning = (name) => ROOM[withoutIndices(name)];

function withoutIndices(name) {
  return name.replaceAll(/\.\d+(?=\.|$)/g, "");
}
