/**
 * What must never be found in anything the server side leaves behind, and how it is looked for: a marker that tests put
 * into names and metadata, keys, and what gives plaintext away, in every spelling that a careless program might choose.
 */
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Goes into every recipient field and name that a test types. Long enough never to occur by chance. */
export const CANARY = "canary-7f3a9c51e2@wisp.example";

export interface Pattern {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What betrays a recording. Short magic numbers are taken with what follows them, or chance would find them. */
const PLAINTEXT: readonly Pattern[] = [
  {
    name: "EBML header of WebM",
    bytes: Buffer.from("1a45dfa39f4286810142f7810142f2810442f381084282847765626d", "hex"),
  },
  { name: "EBML doctype webm", bytes: Buffer.from("4282847765626d", "hex") },
  { name: "ftyp box, isom", bytes: Buffer.from("ftypisom") },
  { name: "ftyp box, iso5", bytes: Buffer.from("ftypiso5") },
  { name: "ftyp box, mp41", bytes: Buffer.from("ftypmp41") },
  { name: "ftyp box, mp42", bytes: Buffer.from("ftypmp42") },
  { name: "OpusHead", bytes: Buffer.from("OpusHead") },
  { name: "V_VP9", bytes: Buffer.from("V_VP9\x86") },
];

/** Raw, hex, base64 and base64url of each pattern. Base64 depends on where a pattern starts: all three are taken. */
export function spellings(pattern: Pattern): Pattern[] {
  const { name, bytes } = pattern;
  const hex = bytes.toString("hex");
  const found: Pattern[] = [
    { name: `${name}, raw`, bytes },
    { name: `${name}, hex`, bytes: Buffer.from(hex) },
    { name: `${name}, HEX`, bytes: Buffer.from(hex.toUpperCase()) },
  ];
  for (const shift of [0, 1, 2]) {
    for (const encoding of ["base64", "base64url"] as const) {
      found.push({ name: `${name}, ${encoding} at ${shift}`, bytes: Buffer.from(shifted(bytes, shift, encoding)) });
    }
  }
  return found.filter((spelling) => spelling.bytes.length >= 7);
}

/** The characters of a base64 text that depend on `bytes` alone when `shift` unknown bytes stand before them. */
function shifted(bytes: Buffer, shift: number, encoding: "base64" | "base64url"): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replaceAll("=", "");
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor(((shift + bytes.length) * 8) / 6);
  return text.slice(first, last);
}

/** All that is looked for: the fixed patterns, the marker, and the secrets that a run wrote down. */
export function wanted(secrets: readonly Pattern[]): Pattern[] {
  const marker: Pattern[] = [
    { name: "marker", bytes: Buffer.from(CANARY) },
    { name: "marker in UTF-16", bytes: Buffer.from(CANARY, "utf16le") },
  ];
  return [...PLAINTEXT, ...marker, ...secrets].flatMap(spellings);
}

/** Outside the folder that is searched: the keys themselves must stand somewhere to be looked for. */
const secretsFile = process.env.TEST_SECRETS_FILE ?? join(tmpdir(), `secrets-${process.pid}.txt`);

/** Writes a secret down, so that the end of the run can look for it. */
export function noteSecret(name: string, bytes: Uint8Array): void {
  appendFileSync(secretsFile, `${name} ${Buffer.from(bytes).toString("hex")}\n`, { mode: 0o600 });
}

/** The secrets that this run wrote down. */
export function recordedSecrets(): Pattern[] {
  if (!existsSync(secretsFile)) return [];
  const lines = readFileSync(secretsFile, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [name = "", hex = ""] = line.split(" ");
    return { name, bytes: Buffer.from(hex, "hex") };
  });
}

export interface Finding {
  readonly pattern: string;
  readonly file: string;
  readonly offset: number;
}

/** Looks through bytes, once for all patterns: a run has thousands of them. */
export function findIn(bytes: Buffer, file: string, patterns: readonly Pattern[]): Finding[] {
  const { marks, heads } = searchFor(patterns);
  const found = new Map<Pattern, number>();
  for (let offset = 0; offset + HEAD_BYTES <= bytes.length; offset++) {
    const head = headAt(bytes, offset);
    if (marks[markOf(head)] === 0) continue;
    for (const pattern of heads.get(head) ?? []) {
      if (!found.has(pattern) && startsAt(bytes, offset, pattern.bytes)) found.set(pattern, offset);
    }
  }
  return [...found].map(([{ name: pattern }, offset]) => ({ pattern, file, offset }));
}

function startsAt(bytes: Buffer, offset: number, wanted: Buffer): boolean {
  const end = offset + wanted.length;
  return end <= bytes.length && bytes.compare(wanted, 0, wanted.length, offset, end) === 0;
}

const HEAD_BYTES = 4;
const MARK_BITS = 20;

/** Patterns by their first bytes; and a mark for each such beginning, since nearly every place has none. */
interface Search {
  readonly marks: Uint8Array;
  readonly heads: ReadonlyMap<number, readonly Pattern[]>;
}
const searches = new WeakMap<readonly Pattern[], Search>();

function searchFor(patterns: readonly Pattern[]): Search {
  const known = searches.get(patterns);
  if (known) return known;
  const heads = Map.groupBy(patterns, ({ bytes }) => headAt(bytes, 0));
  const marks = new Uint8Array(1 << MARK_BITS);
  for (const head of heads.keys()) marks[markOf(head)] = 1;
  const search = { marks, heads };
  searches.set(patterns, search);
  return search;
}

const headAt = (bytes: Buffer, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
const markOf = (head: number): number => Math.imul(head, 0x9e3779b1) >>> (32 - MARK_BITS);

/**
 * What stands in base64url in a text, decoded, and what stands in base64url in that: a relay that looks gets as deep.
 * @param text may hold any bytes, one a character
 */
export function unwrapped(text: string, depth = 3): Buffer[] {
  if (depth === 0) return [];
  return [...text.matchAll(/[A-Za-z0-9_-]{24,}/g)].flatMap(([wrapped]) => {
    const bytes = Buffer.from(wrapped, "base64url");
    return [bytes, ...unwrapped(bytes.toString("latin1"), depth - 1)];
  });
}

/** Where the run keeps what passed over sockets (record-sockets). */
export const SOCKETS_FOLDER = "sockets";

/** What lies in a run's folder but belongs to people's own devices: browser profiles, which hold links as they must. */
const DEVICES = /(^|\/)(playwright|\.?org\.chromium|\.?com\.google)[^/]*\//;

/** Looks into what stands in base64url in each line. */
function findInside(bytes: Buffer, file: string, patterns: readonly Pattern[]): Finding[] {
  const findings: Finding[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf("\n", at);
    const end = next < 0 ? bytes.length : next;
    const inside = Buffer.concat(unwrapped(bytes.toString("latin1", at, end)));
    findings.push(...findIn(inside, `inside ${file} at ${at}`, patterns));
    at = end + 1;
  }
  return findings;
}

/** Looks through every file below a folder. */
export function findBelow(
  folder: string,
  patterns: readonly Pattern[],
): { findings: Finding[]; files: number; bytes: number } {
  const findings: Finding[] = [];
  let files = 0;
  let total = 0;
  for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, entry);
    if (DEVICES.test(entry) || !statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    const bytes = readFileSync(path);
    files++;
    total += bytes.length;
    findings.push(...findIn(bytes, entry, patterns), ...findIn(Buffer.from(entry), `name of ${entry}`, patterns));
    if (!entry.startsWith(`${SOCKETS_FOLDER}/`)) continue;
    findings.push(...findInside(bytes, entry, patterns));
  }
  return { findings, files, bytes: total };
}
