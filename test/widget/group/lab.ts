/**
 * A room without a relay: real MLS, real keys, an audit trail signed with a key of the lab's own. For the rules that a
 * member keeps; how members and the relay work together is tested in test/flow/rooms.
 */
import { proveAdmission } from "../../../widget/group/admission.ts";
import type { AuditClaim, TrailPlace } from "../../../widget/group/audit-watch.ts";
import { entriesOf } from "../../../widget/group/audit-watch.ts";
import { hostName, type SignedCharter } from "../../../widget/group/charter.ts";
import { certify } from "../../../widget/group/credential.ts";
import { epochOf, groupIdOf } from "../../../widget/group/mls/group-state.ts";
import { makeKeyPackage, type OwnKeyPackage } from "../../../widget/group/mls/key-package.ts";
import { suiteOf } from "../../../widget/group/mls/suite.ts";
import { makeLink } from "../../../widget/group/open-room.ts";
import type { Reformed } from "../../../widget/group/reforming.ts";
import {
  type Change,
  foundRoom,
  joinRoom,
  makeCommit,
  type PendingCommit,
  type RoomState,
} from "../../../widget/group/room-state.ts";
import { generateSigningPair, type SigningKey, signingKeyOf } from "../../../widget/seal/ed25519.ts";
import {
  generateHostSecret,
  type HostKeys,
  hostKeys,
  type LinkKeys,
  linkKeys,
} from "../../../widget/seal/room-keys.ts";
import { type AuditEntry, canonicalEntry, hashOf, signHead } from "../../../widget/wire/audit.ts";
import { type Bytes, toBase64url } from "../../../widget/wire/bytes.ts";
import type { CommitData } from "../../../widget/wire/commit-data.ts";
import { DEFAULT_RULES, type RoomRules } from "../../../widget/wire/room-rules.ts";

/** Of the lab's relay. */
export const REGION = "eu";

export interface Person {
  readonly name: string;
  readonly identity: SigningKey;
  readonly postKey: SigningKey;
  /** base64url */
  readonly post: string;
  readonly own: OwnKeyPackage;
}

export const newKey = async (): Promise<SigningKey> => signingKeyOf(await generateSigningPair());

/** A fresh leaf; the same identity twice is the same person who came back. */
export async function newPerson(
  name: string,
  identity?: SigningKey,
  rules: RoomRules = DEFAULT_RULES,
): Promise<Person> {
  const who = identity ?? (await newKey());
  const postKey = await newKey();
  const credential = (leafKey: Uint8Array) => certify(who, leafKey, { postKey: postKey.publicKey, name });
  const own = await makeKeyPackage(suiteOf(rules), credential, Math.floor(Date.now() / 1000));
  return { name, identity: who, postKey, post: toBase64url(postKey.publicKey), own };
}

export class Lab {
  readonly host: HostKeys;
  readonly audit: SigningKey;
  readonly founder: Person;
  charter: SignedCharter;
  keys: LinkKeys;

  private constructor(parts: Pick<Lab, "host" | "audit" | "founder" | "charter" | "keys">) {
    this.host = parts.host;
    this.audit = parts.audit;
    this.founder = parts.founder;
    this.charter = parts.charter;
    this.keys = parts.keys;
  }

  /** A room whose founder is its host. */
  static async open(change: Partial<RoomRules> = {}): Promise<Lab> {
    const host = await hostKeys(generateHostSecret());
    const audit = await newKey();
    const founder = await newPerson("founder", undefined, { ...DEFAULT_RULES, ...change });
    const hosts = [await hostName(founder.identity.publicKey)];
    const relay = { auditKey: toBase64url(audit.publicKey), region: REGION };
    const first = { ...DEFAULT_RULES, ...change, ...relay, version: 1, hosts };
    const { charter, roomSecret } = await makeLink(host, first, 1);
    return new Lab({ host, audit, founder, charter, keys: await linkKeys(roomSecret, host.roomId) });
  }

  async found(reformed?: Reformed): Promise<RoomState> {
    const creatorNonce = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
    const hash = toBase64url(await hashOf(new Uint8Array()));
    const trail = { size: 0, hash, head: await this.note(0, hash) };
    const origin = { n: 1, creatorNonce, previousHead: hash };
    const given = { origin, charter: this.charter, roomId: this.host.roomId, trail, ...(reformed ? { reformed } : {}) };
    return foundRoom(this.founder.own, given);
  }

  /** What `person` sends to come in, as a member keeps it. */
  async asks(person: Person, state: RoomState, epoch = epochOf(state.group)): Promise<Change["add"][number]> {
    const at = { groupId: groupIdOf(state.group), v: state.charter.charter.v, epoch };
    const admission = { ...at, ref: person.own.ref, postKey: person.postKey.publicKey };
    return {
      keyPackage: person.own.bytes,
      admitted: await proveAdmission(this.keys.admissionKey, admission),
    };
  }

  /** What the relay says of a commit: entries and a signed head. */
  async claim(state: RoomState, commit: { bytes: Uint8Array; data: CommitData }, poster: string): Promise<AuditClaim> {
    let { size, hash } = state.trail;
    const room = toBase64url(this.host.roomId);
    const audit: string[] = [];
    for (const line of await entriesOf(commit.data, poster)) {
      const [type, subject] = line.split(" ") as [AuditEntry["type"], string];
      const commitHash = toBase64url(await hashOf(commit.bytes));
      const entry: AuditEntry = {
        ...{ seq: size++, time: 1, room, type, subject, region: REGION, commit: commitHash, prev: hash },
      };
      const canonical = canonicalEntry(entry);
      audit.push(new TextDecoder().decode(canonical));
      hash = toBase64url(await hashOf(canonical));
    }
    return { audit, head: await this.note(size, hash) };
  }

  note(size: number, hash: string): Promise<string> {
    const head = { origin: `http://relay/r/${toBase64url(this.host.roomId)}`, size, hash: fromText(hash) };
    return signHead(head, this.audit.publicKey, (bytes) => this.audit.sign(bytes));
  }

  /** The founder commits `change`. @throws Error with the rule that it breaks */
  async commit(
    state: RoomState,
    change: Partial<Change>,
  ): Promise<{ made: PendingCommit; claim: AuditClaim; poster: string }> {
    const made = await makeCommit(state, { add: [], remove: [], ...change });
    if ("fault" in made) throw new Error(made.fault);
    return { made, claim: await this.claim(state, made, this.founder.post), poster: this.founder.post };
  }

  /**
   * The state of somebody that a commit added.
   * @param before where the relay says that the trail stood @param after of the founder
   * @throws Error with the fault if the Welcome is refused
   */
  async join(person: Person, made: PendingCommit, before: TrailPlace, after: RoomState): Promise<RoomState> {
    const joined = await joinRoom(made.welcome as Bytes, person.own, {
      groupId: groupIdOf(made.next),
      roomId: this.host.roomId,
      seen: this.charter,
      trail: { before, after: after.trail },
    });
    if ("fault" in joined) throw new Error(joined.fault);
    return joined;
  }
}

const fromText = (hash: string): Bytes => Uint8Array.from(Buffer.from(hash, "base64url"));
