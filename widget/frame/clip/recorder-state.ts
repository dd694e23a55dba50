/**
 * The recorder's state as views see it: what is shown, never how it came about. Realm: frame.
 * Holds the live stream while there is one, and the link after Send.
 */

import type { Receipt } from "../../wire/client-api.ts";
import { CLIP_MAX_S } from "../../wire/clip-limits.ts";
import type { CodedError } from "../../wire/errors.ts";
import type { RecorderStep } from "../../wire/host-frame.ts";
import type { ClipMode, DeviceChoice, DeviceLists } from "./capture.ts";
import type { UploadProgress } from "./upload.ts";

export interface RecorderState {
  readonly step: RecorderStep;
  readonly mode: ClipMode;
  readonly choice: DeviceChoice;
  readonly devices: DeviceLists;
  /** live picture and sound, from `ready` to the end of recording */
  readonly stream?: MediaStream;
  /** seconds until recording starts */
  readonly countdown: number;
  /** seconds recorded */
  readonly elapsed: number;
  /** seconds a clip may last */
  readonly limit: number;
  /** loudness, 0 to 1 */
  readonly level: number;
  readonly recipient: string;
  /** the page asked for the link: it will be able to watch the clip */
  readonly pageGetsLink: boolean;
  readonly progress: UploadProgress;
  /** plaintext bytes of the take so far */
  readonly recordedBytes: number;
  /** false while the relay can't be reached */
  readonly reachable: boolean;
  /** the recording ended at the limit */
  readonly cutShort: boolean;
  readonly link?: string;
  readonly id?: string;
  /** ms since the epoch */
  readonly expiresAt?: number;
  readonly revoked: boolean;
  /** what became of the sent clip, as far as the relay says */
  readonly receipt?: Receipt;
  readonly error?: CodedError;
}

/** Before anything was chosen. */
export const EMPTY: RecorderState = {
  step: "start",
  mode: "camera",
  choice: {},
  devices: { cameras: [], microphones: [] },
  countdown: 0,
  elapsed: 0,
  limit: CLIP_MAX_S,
  level: 0,
  recipient: "",
  pageGetsLink: false,
  progress: { sealedBytes: 0, uploadedBytes: 0 },
  recordedBytes: 0,
  reachable: true,
  cutShort: false,
  revoked: false,
};
