/** A room with its charter key and links, and what a test needs to open it. */
import { generateKeyPairSync, hash, type KeyObject, randomBytes, sign } from "node:crypto";
import type { NewCharter, NewLink } from "../../../../widget/wire/commit-data.ts";
import { type OpenRoom, roomPaths } from "../../../../widget/wire/room-relay.ts";
import { linkStatement } from "../../../../widget/wire/room-signatures.ts";
import { type Answer, call } from "../../support/api.ts";

/** An Ed25519 key. */
export class SigningKey {
  readonly publicKey: string;
  readonly #key: KeyObject;
  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    this.#key = privateKey;
    this.publicKey = publicKey.export({ format: "jwk" }).x ?? "";
  }
  /** base64url */
  sign(statement: Uint8Array): string {
    return sign(null, statement, this.#key).toString("base64url");
  }
}

export class TestRoom {
  readonly charter = new SigningKey();
  readonly id = fingerprint(this.charter.publicKey);
  /** of the link's current version */
  token = randomBytes(32).toString("base64url");
  link: NewLink;

  constructor({ charterBytes = 300 } = {}) {
    this.link = this.signedLink(1, this.token, randomBytes(charterBytes));
  }

  get openBody(): OpenRoom {
    return { charterKey: this.charter.publicKey, link: this.link };
  }

  /** A later version of the link, to be posted in a commit. */
  nextLink(): { readonly link: NewLink; readonly token: string } {
    const token = randomBytes(32).toString("base64url");
    return { token, link: this.signedLink(this.link.v + 1, token) };
  }

  /** A new charter under the same link, to be posted in a commit. */
  newCharter(): { readonly charter: NewCharter } {
    const { sealedCharter, signature } = this.signedLink(this.link.v, this.token);
    return { charter: { sealedCharter, signature } };
  }

  signedLink(v: number, token: string, sealedCharter: Uint8Array = randomBytes(300)): NewLink {
    const relayTokenHash = hash("sha256", Buffer.from(token, "base64url"), "buffer");
    const statement = linkStatement({
      roomId: bytesOf(this.id),
      v,
      relayTokenHash,
      sealedCharterHash: hash("sha256", sealedCharter, "buffer"),
    });
    return {
      v,
      relayTokenHash: relayTokenHash.toString("base64url"),
      sealedCharter: Buffer.from(sealedCharter).toString("base64url"),
      signature: this.charter.sign(statement),
    };
  }

  open(api: { base: string }, body: unknown = this.openBody): Promise<Answer> {
    return call(api, "PUT", roomPaths.room(this.id), { json: body });
  }

  audit(api: { base: string }, token = this.token): Promise<Answer> {
    return call(api, "GET", roomPaths.audit(this.id), { token });
  }
}

export function fingerprint(publicKey: string): string {
  return hash("sha256", bytesOf(publicKey), "buffer").subarray(0, 16).toString("base64url");
}

export function bytesOf(text: string): Buffer<ArrayBuffer> {
  return Buffer.from(text, "base64url") as Buffer<ArrayBuffer>;
}
