/**
 * The lobby as a host's device sees it: opens knocks, answers each by itself with what the digits need, and passes on
 * what the host decides. Realm: group worker; sees the host link's keys. Source: protocol.md §2 (Knock admission).
 *
 * The relay keeps nothing: whoever waits knocks again and again, so that each of a host's devices finds them.
 */
import type { HostKeys } from "../seal/room-keys.ts";
import { type Bytes, fromBase64url, toBase64url } from "../wire/bytes.ts";
import type { LobbyAdmission } from "../wire/commit-data.ts";
import { CodedError } from "../wire/errors.ts";
import type { RoomEvent, Waiting } from "../wire/frame-group.ts";
import { KNOCK_LOST_MS } from "../wire/room-limits.ts";
import type { ToRelay } from "../wire/room-relay.ts";
import type { KeyAgreement } from "../wire/room-rules.ts";
import { knockDigits, openNonce, type ReadKnock, readKnock, sealAnswer } from "./knock.ts";
import type { From } from "./membership-events.ts";
import { epochOf, groupIdOf } from "./mls/group-state.ts";
import { type Recipient, recipientOf } from "./mls/hpke.ts";
import type { OwnLink } from "./own-link.ts";
import { makePass, writeGiven } from "./pass.ts";
import type { RoomState } from "./room-state.ts";

/** People on the list at most; whoever comes later is found once there is room. */
const LISTED_MAX = 50;
/**
 * New knocks within a minute that are answered: each is one try at somebody's six digits, and one signature to check.
 * Whoever is not answered knocks again.
 */
const ANSWERED_PER_MINUTE = 30;

export interface LobbyParts {
  readonly roomId: Bytes;
  readonly link: OwnLink;
  state(): RoomState | undefined;
  send(message: ToRelay): void;
  tell(event: RoomEvent): void;
}

interface Known {
  readonly knock: ReadKnock;
  digits: string | null;
  heardAt: number;
  /** what the host has decided: said again to each knock for a while, for an answer may be lost */
  decided?: LobbyAdmission | "away";
  /** … and when, under which link of which group: a decision is about now, not about whoever was sent away since */
  at?: { readonly v: number; readonly groupId: string; readonly ms: number };
}

/** ms that a let-in is said again to who still knocks; after that a host is asked anew. */
const LET_IN_MS = 30_000;

export class Lobby {
  readonly #parts: LobbyParts;
  readonly #known = new Map<string, Known>();
  /** when the last new ones were opened, ms of this clock */
  #openedAt: number[] = [];
  #recipient: Promise<Recipient> | undefined;
  #told = "";
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(parts: LobbyParts) {
    this.#parts = parts;
  }

  async hear(message: From<"knock" | "unknocked">): Promise<void> {
    if (message.type === "knock") await this.#knock(message);
    // Whoever was sent away is not asked about again for a while.
    else if (this.#known.get(message.id)?.decided !== "away") this.#known.delete(message.id);
    this.#tell();
  }

  async #knock({ id, sealed, shown }: From<"knock">): Promise<void> {
    const { host } = this.#parts.link;
    const state = this.#parts.state();
    // Where nobody new comes in, nobody is answered: they wait until a host unlocks the room.
    if (!host || !state || state.charter.charter.locked) return;
    const known = this.#known.get(id) ?? (await this.#open(id, sealed, host, state));
    if (!known) return;
    known.heardAt = performance.now();
    if (!state.charter.charter.admission.includes("knock")) {
      this.#known.delete(id);
      return this.#say(known, { type: "closed" });
    }
    if (known.decided && !isStanding(known, state)) {
      this.#known.delete(id);
      return;
    }
    if (known.decided) return this.#sayDecided(known, state, host);
    if (known.digits === null && shown) known.digits = await this.#digitsOf(known.knock, shown, host, state);
    if (known.digits === null) {
      const nonce = toBase64url(await host.lobbyNonce(known.knock.hash));
      await this.#say(known, { type: "nonce", nonce });
    }
  }

  /** @throws CodedError not-now for whoever is not there any more */
  async letIn(id: string, compared: boolean): Promise<void> {
    await this.#decide(id, compared ? "compared" : "unverified");
  }

  /** @throws CodedError as letIn */
  async turnAway(id: string): Promise<void> {
    await this.#decide(id, "away");
  }

  end(): void {
    clearInterval(this.#sweep);
    this.#sweep = undefined;
    this.#known.clear();
    this.#tell();
  }

  async #open(id: string, sealed: string, host: HostKeys, { charter }: RoomState): Promise<Known | undefined> {
    const now = performance.now();
    this.#openedAt = this.#openedAt.filter((at) => at > now - 60_000);
    if (this.#openedAt.length >= ANSWERED_PER_MINUTE || this.#waiting().length >= LISTED_MAX) return undefined;
    this.#openedAt.push(now);
    const { keyAgreement } = charter.charter;
    const recipient = await this.#key(host, keyAgreement);
    const bytes = fromBase64url(sealed);
    const knock = bytes && (await readKnock(bytes, { recipient, keyAgreement, roomId: this.#parts.roomId }));
    // A relay that gives a knock another name would have the answer go to somebody else: nobody could open it.
    if (!knock || toBase64url(knock.hash) !== id) return undefined;
    const known: Known = { knock, digits: null, heardAt: now };
    this.#known.set(id, known);
    this.#sweep ??= setInterval(() => this.#forgetLost(), KNOCK_LOST_MS / 5);
    return known;
  }

  #key(host: HostKeys, keyAgreement: KeyAgreement): Promise<Recipient> {
    this.#recipient ??= host.lobbySeed().then((seed) => recipientOf(keyAgreement, seed));
    return this.#recipient;
  }

  async #digitsOf(knock: ReadKnock, shown: string, host: HostKeys, { charter }: RoomState): Promise<string | null> {
    const box = fromBase64url(shown);
    const visitor = box && (await openNonce(knock, box));
    if (!visitor) return null;
    const hosts = await host.lobbyNonce(knock.hash);
    const { publicKey: lobbyKey } = await this.#key(host, charter.charter.keyAgreement);
    return knockDigits({ visitor, hosts }, { hash: knock.hash, lobbyKey });
  }

  async #decide(id: string, decided: LobbyAdmission | "away"): Promise<void> {
    const known = this.#known.get(id);
    const { host } = this.#parts.link;
    const state = this.#parts.state();
    if (!host || !state) throw new CodedError("not-a-host", "Only a host can do this.");
    if (!known || known.decided) throw new CodedError("not-now", "Nobody waits there any more.");
    if (decided === "compared" && known.digits === null) {
      throw new CodedError("not-now", "There are no digits to compare yet.");
    }
    const { locked, admission, v } = state.charter.charter;
    if (decided !== "away" && (locked || !admission.includes("knock"))) {
      throw new CodedError("not-now", "Nobody comes in from the lobby now.");
    }
    known.decided = decided;
    known.at = { v, groupId: toBase64url(groupIdOf(state.group)), ms: performance.now() };
    await this.#sayDecided(known, state, host);
    this.#tell();
  }

  async #sayDecided({ knock, decided }: Known, state: RoomState, { charterKey }: HostKeys): Promise<void> {
    const { invitation } = this.#parts.link;
    if (decided === "away") return this.#say({ knock }, { type: "away" });
    if (!decided || !invitation || invitation.v !== state.charter.charter.v) return;
    const at = { groupId: groupIdOf(state.group) as Bytes, v: invitation.v, epoch: epochOf(state.group) };
    const pass = await makePass(charterKey, knock, { ...at, lobby: decided });
    await this.#say({ knock }, { type: "come", ...writeGiven({ pass, roomSecret: invitation.roomSecret }) });
  }

  async #say({ knock }: Pick<Known, "knock">, answer: Readonly<Record<string, unknown>>): Promise<void> {
    const sealed = toBase64url(await sealAnswer(knock, answer));
    this.#parts.send({ type: "answer", knock: toBase64url(knock.hash), sealed });
  }

  #forgetLost(): void {
    const since = performance.now() - KNOCK_LOST_MS;
    for (const [id, { heardAt }] of this.#known) if (heardAt < since) this.#known.delete(id);
    if (this.#known.size === 0) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
    }
    this.#tell();
  }

  #waiting(): Waiting[] {
    return [...this.#known].flatMap(([id, { knock, digits, decided }]) =>
      decided ? [] : [{ id, identity: knock.identity, name: knock.name, digits }],
    );
  }

  #tell(): void {
    const waiting = this.#waiting();
    const told = JSON.stringify(waiting);
    if (told === this.#told || (waiting.length === 0 && this.#told === "")) return;
    this.#told = told;
    this.#parts.tell({ type: "lobby", waiting });
  }
}

/** Who was sent away stays so; who was let in has a moment to come. */
function isStanding({ decided, at }: Known, { group, charter }: RoomState): boolean {
  if (decided === "away") return true;
  const isSame = at?.v === charter.charter.v && at.groupId === toBase64url(groupIdOf(group));
  return isSame && performance.now() - at.ms < LET_IN_MS;
}
