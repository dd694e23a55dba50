/**
 * Whether and how this browser can play a clip, answered from the metadata's mime alone, before a lease is taken.
 * Realm: frame. Sees the mime string only.
 * Source: RFC 6381 (codecs parameter), platform-notes.md "Playback"; WebM codecs are asked for by the name that they
 * have inside MP4, because that is what the transmuxer hands to MediaSource.
 */

/**
 * - `progressive`: through MediaSource while it downloads. `type` is the MP4 type to open a SourceBuffer with;
 *   `whole` says whether a Blob would play too, should the file turn out to differ from its mime.
 * - `whole`: from a Blob, after complete download and check.
 * - `cannot`: say so and burn nothing.
 */
export type PlaybackPlan =
  | { readonly how: "progressive"; readonly type: string; readonly whole: boolean }
  | { readonly how: "whole" }
  | { readonly how: "cannot" };

/** `MediaSource`, or on iPhone `ManagedMediaSource`, which alone has `streaming`. */
export type MediaSourceClass = (new () => MediaSource & { readonly streaming?: boolean }) & {
  isTypeSupported(type: string): boolean;
};

/** The MediaSource of this browser, if it has one. */
export function mediaSourceClass(): MediaSourceClass | undefined {
  const { MediaSource, ManagedMediaSource } = globalThis as {
    MediaSource?: MediaSourceClass;
    ManagedMediaSource?: MediaSourceClass;
  };
  return MediaSource ?? ManagedMediaSource;
}

/** Decides from the exact mime, codecs string included, how the clip will be played here. */
export function probePlayback(mime: string): PlaybackPlan {
  const whole = canPlayWhole(mime);
  const type = mp4Type(mime);
  if (type !== undefined && mediaSourceClass()?.isTypeSupported(type)) return { how: "progressive", type, whole };
  return whole ? { how: "whole" } : { how: "cannot" };
}

/** Whether the mime names a picture, as far as its container type goes. */
export function hasPicture(mime: string): boolean {
  return !mime.trim().toLowerCase().startsWith("audio/");
}

/** Whether the mime's container is MP4. */
export function isMp4(mime: string): boolean {
  return /^(audio|video)\/mp4\b/i.test(mime.trim());
}

function canPlayWhole(mime: string): boolean {
  return document.createElement(hasPicture(mime) ? "video" : "audio").canPlayType(mime) !== "";
}

const CONTAINERS = /^(audio|video)\/(webm|x-matroska|matroska|mp4)$/;

/**
 * The MP4 type under which the transmuxed clip goes to MediaSource; undefined where there is none: no codecs string,
 * an unknown container, or a codec (VP8, Vorbis, PCM) that browsers refuse in MP4.
 */
export function mp4Type(mime: string): string | undefined {
  const [container = "", ...parameters] = mime.split(";").map((part) => part.trim());
  const kind = CONTAINERS.exec(container.toLowerCase())?.[1];
  const codecs = parameters.find((parameter) => /^codecs\s*=/i.test(parameter));
  if (!kind || !codecs) return undefined;
  const named = codecs.slice(codecs.indexOf("=") + 1).replaceAll('"', "");
  const inMp4 = named.split(",").map((codec) => mp4Codec(codec.trim()));
  return inMp4.includes(undefined) ? undefined : `${kind}/mp4; codecs="${inMp4.join(",")}"`;
}

/** The MP4 type with only the codecs of these kinds: a recorder may announce a sound that it never got. */
export function narrowed(type: string, kinds: readonly ("picture" | "sound")[]): string {
  const codecs = /codecs="([^"]*)"/.exec(type)?.[1]?.split(",") ?? [];
  const kept = codecs.filter((codec) => kinds.includes(/^(opus|flac|mp4a)/.test(codec) ? "sound" : "picture"));
  return `${kinds.includes("picture") ? "video" : "audio"}/mp4; codecs="${kept.join(",")}"`;
}

/** Short names get the least demanding full string: MediaSource refuses `vp9` and may refuse a bare `avc1` in MP4. */
const FULL_STRINGS: Readonly<Record<string, string>> = {
  vp9: "vp09.00.10.08",
  "vp9.0": "vp09.00.10.08",
  avc1: "avc1.42E01E",
  h264: "avc1.42E01E",
  av1: "av01.0.04M.08",
  av01: "av01.0.04M.08",
  opus: "opus",
  flac: "flac",
  aac: "mp4a.40.2",
  mp4a: "mp4a.40.2",
};

function mp4Codec(codec: string): string | undefined {
  const short = FULL_STRINGS[codec.toLowerCase()];
  if (short) return short;
  // Encoders write level 0 where they do not know it, and MediaSource takes that for an error.
  if (/^vp09\.\d\d\.00\./.test(codec)) return codec.replace(/^(vp09\.\d\d)\.00/, "$1.10");
  return /^(vp09|av01|avc1|avc3|hvc1|hev1|mp4a)\./.test(codec) ? codec : undefined;
}
