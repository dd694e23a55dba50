/**
 * What a client without keys got, and what it made of it. Pure. Realm: member process. Source: product.md R5, R15.
 */

export interface TrackProof {
  /** as LiveKit names who sends it */
  readonly identity: string;
  /** camera, microphone, screen_share … */
  readonly source: string;
  readonly kind: "video" | "audio";
  /** pictures that the decoder gave out; of sound, what it played in pieces of 10 ms */
  decoded: number;
  /** of those, pictures that are not all one colour, pieces that are not silent */
  notEmpty: number;
  /** of sound: the loudest piece's root mean square, 0 to 1 */
  loudest: number;
}

/** Of all tracks of a kind, as WebRTC counts: it does not say of which. */
export interface Received {
  readonly packets: number;
  readonly bytes: number;
  /** of pictures */
  readonly framesDecoded: number;
}

export interface Proof {
  readonly tracks: readonly TrackProof[];
  readonly received: Readonly<Record<TrackProof["kind"], Received>>;
}

/** Whether there was anything to look at. */
export function hasCome({ received: { video, audio } }: Proof): boolean {
  return video.packets + audio.packets > 0;
}

/**
 * Nothing of it could be seen or heard. Of sound only what is not silent counts: a player fills what it can't decode with
 * silence.
 */
export function isSealed({ tracks, received }: Proof): boolean {
  const made = tracks.map(({ kind, decoded, notEmpty }) => (kind === "video" ? decoded : notEmpty));
  return received.video.framesDecoded === 0 && made.every((count) => count === 0);
}

/** Lines for a person. */
export function reportOf(proof: Proof): string[] {
  const { video, audio } = proof.received;
  const lines = [
    `came       ${video.packets} packets of pictures, ${video.bytes} B; ${audio.packets} packets of sound, ${audio.bytes} B`,
    ...proof.tracks.map((track) => `${track.source.padEnd(10)} of ${track.identity}: ${madeOf(track)}`),
  ];
  if (!hasCome(proof)) return [...lines, "Nothing came, so nothing is proved: turn a camera on."];
  return [...lines, isSealed(proof) ? "SEALED: nothing could be seen or heard." : "NOT SEALED: see above."];
}

function madeOf({ kind, decoded, notEmpty, loudest }: TrackProof): string {
  if (kind === "video") return `${decoded} pictures decoded, ${notEmpty} of them not blank`;
  return `${decoded} pieces played, ${notEmpty} of them not silent (loudest ${loudest.toFixed(5)})`;
}
