/**
 * What a room's hosts decide about it, apart from who they are and which link holds: it stands in the charter, and every
 * member keeps to it. Realm-free. Source: protocol.md §2 (Charter), §3 (Ciphers), §10.
 */
import { MEDIA_KINDS, MEDIA_SUITES, type MediaKind, type MediaSuite } from "./group-media.ts";

/** How somebody gets in: `link` by proof of the room's link, `knock` by a host's hand. */
export type AdmissionMode = "link" | "knock";
export type RecordingMode = "off" | "allowed";
/**
 * How the group's keys are agreed on: `x25519`; `x-wing`: together with ML-KEM-768, so that whoever keeps what passes
 * now can't open it with a quantum computer later.
 */
export type KeyAgreement = "x25519" | "x-wing";

export interface RoomRules {
  /** only Adds that replace a member's own leaf are allowed */
  readonly locked: boolean;
  readonly admission: readonly AdmissionMode[];
  readonly recording: RecordingMode;
  /** seals media; chat's follows it (widget/group/mls/suite). Chosen when the room is opened */
  readonly cipher: MediaSuite;
  /** chosen when the room is opened */
  readonly keyAgreement: KeyAgreement;
  /** what may be sent; chat always may */
  readonly kinds: readonly MediaKind[];
}

export const DEFAULT_RULES: RoomRules = {
  locked: false,
  admission: ["link"],
  recording: "off",
  cipher: "AES_256_GCM_SHA512_128",
  keyAgreement: "x25519",
  kinds: MEDIA_KINDS,
};

/** Names of all rules: what else stands beside them is somebody else's. */
export const RULE_NAMES = ["locked", "admission", "recording", "cipher", "keyAgreement", "kinds"] as const;
true satisfies Exclude<keyof RoomRules, (typeof RULE_NAMES)[number]> extends never ? true : false;

const ADMISSION_MODES: readonly string[] = ["link", "knock"] satisfies AdmissionMode[];
const RECORDING_MODES: readonly unknown[] = ["off", "allowed"] satisfies RecordingMode[];
const KEY_AGREEMENTS: readonly unknown[] = ["x25519", "x-wing"] satisfies KeyAgreement[];

/** Whether these are rules that this client knows how to keep: an unknown mode, cipher or kind is refused, not ignored. */
export function areRules(value: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof value.locked === "boolean" &&
    isSetOf(value.admission, ADMISSION_MODES) &&
    RECORDING_MODES.includes(value.recording) &&
    MEDIA_SUITES.includes(value.cipher as MediaSuite) &&
    KEY_AGREEMENTS.includes(value.keyAgreement) &&
    isSetOf(value.kinds, MEDIA_KINDS)
  );
}

function isSetOf(value: unknown, all: readonly string[]): boolean {
  return Array.isArray(value) && new Set(value).size === value.length && value.every((each) => all.includes(each));
}
