/**
 * The room's link as this member knows it: its secrets at the current version, and, for a host, the next one.
 * Realm: group worker; sees the room's secrets. Source: protocol.md §2.
 */
import type { SigningKey } from "../seal/ed25519.ts";
import { type HostKeys, hostKeys, type LinkKeys, linkKeys } from "../seal/room-keys.ts";
import type { RoomLink } from "../seal/room-link.ts";
import { type Bytes, toBase64url } from "../wire/bytes.ts";
import { hostName, type SignedCharter, withHost } from "./charter.ts";
import type { Wish } from "./needs.ts";
import { makeLink } from "./open-room.ts";
import type { Change } from "./room-state.ts";

interface Version {
  readonly v: number;
  /** s_v, 32 B */
  readonly roomSecret: Bytes;
  readonly keys: LinkKeys;
}

export class OwnLink {
  readonly #link: RoomLink;
  #host: HostKeys | undefined;
  #now: Version | undefined;

  constructor(link: RoomLink) {
    this.#link = link;
  }

  /** Derives what the link gives: once. A host link says no version: 1 is tried first, the relay tells the current one. */
  async open(): Promise<void> {
    if (this.#now) return;
    if (this.#link.kind === "guest") {
      this.#now = await this.#version(this.#link.v, this.#link.roomSecret.slice());
      return;
    }
    this.#host ??= await hostKeys(this.#link.hostSecret);
    this.#now = await this.#version(1, await this.#host.roomSecret(1));
  }

  /** @returns false if this member can't know that version */
  async turnTo(v: number): Promise<boolean> {
    if (!this.#host || this.#now?.v === v) return false;
    this.#turn(await this.#version(v, await this.#host.roomSecret(v)));
    return true;
  }

  get keys(): LinkKeys {
    if (!this.#now) throw new Error("the link was not opened");
    return this.#now.keys;
  }

  /** its version; 0 before it was opened */
  get v(): number {
    return this.#now?.v ?? 0;
  }

  get isHost(): boolean {
    return this.#link.kind === "host";
  }

  /** A host's, once the link was opened. */
  get host(): HostKeys | undefined {
    return this.#host;
  }

  get charterKey(): SigningKey | undefined {
    return this.#host?.charterKey;
  }

  /** What a guest link says. */
  get invitation(): { readonly roomSecret: Bytes; readonly v: number } | undefined {
    return this.#now && { roomSecret: this.#now.roomSecret, v: this.#now.v };
  }

  /**
   * The charter that follows, for a commit; null without the host link. Whoever makes it stands in it as a host: that it
   * has the host link, the signature shows. @param identity public key of this device, 32 B
   */
  async makeNext({ charter }: SignedCharter, wish: Wish, identity: Uint8Array): Promise<Change["newCharter"] | null> {
    if (!this.#host) return null;
    const v = wish.newLink ? charter.v + 1 : charter.v;
    const hosts = withHost(charter.hosts, await hostName(identity));
    const next = { ...charter, ...wish.rules, hosts, version: charter.version + 1 };
    const made = await makeLink(this.#host, next, v);
    made.roomSecret.fill(0);
    return { charter: made.charter, link: made.link };
  }

  /** That version holds now. @returns its secret if this member is a host and it is new: to be told to those who stay */
  async adopt(v: number): Promise<{ readonly roomSecret: Bytes; readonly v: number } | undefined> {
    return (await this.turnTo(v)) ? this.invitation : undefined;
  }

  /** A new link that somebody tells: only the secret that the charter's admission key comes from is the room's. @returns whether it is new and right */
  async hear(roomSecret: Bytes, v: number, { charter }: SignedCharter): Promise<boolean> {
    if (charter.v !== v || this.#now?.v === v) return false;
    const version = await this.#version(v, roomSecret);
    if (toBase64url(version.keys.admissionKey.publicKey) !== charter.admissionKey) return false;
    this.#turn(version);
    return true;
  }

  /** Forgets it. */
  wipe(): void {
    this.#now?.roomSecret.fill(0);
    this.#now = this.#host = undefined;
  }

  #turn(version: Version): void {
    this.#now?.roomSecret.fill(0);
    this.#now = version;
  }

  async #version(v: number, roomSecret: Bytes): Promise<Version> {
    return { v, roomSecret, keys: await linkKeys(roomSecret, this.#link.roomId) };
  }
}
