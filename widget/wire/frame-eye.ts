/**
 * What the eye's worker tells the frame of the frames that pass it, as the relay carries them. Realm-free.
 */

/** Options of its RTCRtpScriptTransform: none of them is a key, and there is no message by which one could come. */
export interface EyeOptions {
  /** of one look */
  readonly id: number;
}

/** A frame that came, as it came; a few of them each second. */
export interface EyeSample {
  readonly id: number;
  /** all that came until now, this one included */
  readonly count: number;
  readonly isKey: boolean;
  /** bytes of the whole frame */
  readonly length: number;
  /** its beginning */
  readonly bytes: Uint8Array;
}
