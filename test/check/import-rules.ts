/**
 * Who may import what: the tree itself says who can see what, and these rules hold it to that.
 * Pure: files in, violations out. Source: architecture.md, first table.
 */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { type Reference, readSource } from "./references.ts";

interface Realm {
  /** folders and files of this realm; the first realm that matches a file has it */
  paths: RegExp;
  /** realms it may import besides itself; `any` for tests */
  ours: readonly string[] | "any";
  /** packages it may import, `@scope/*` for all of a scope; `any` where no key and no person's page is at stake */
  packages: readonly string[] | "any";
  node: boolean;
}

/** A package that is missing here is refused: adding one is a decision. */
export const REALMS: Record<string, Realm> = {
  host: { paths: /^widget\/host\//, ours: ["wire"], packages: ["penpal"], node: false },
  frame: {
    paths: /^widget\/frame\//,
    ours: ["seal", "wire"],
    packages: ["lit", "@lit/*", "lucide", "@awesome.me/webawesome", "livekit-client", "mediabunny", "penpal", "uqr"],
    node: false,
  },
  group: { paths: /^widget\/group\//, ours: ["seal", "wire"], packages: ["ts-mls"], node: false },
  // noble: WebCrypto has no incremental SHA-256.
  media: { paths: /^widget\/media\//, ours: ["seal", "wire"], packages: ["@noble/hashes"], node: false },
  // The brand Sealed, which only seal makes, and the limits of a clip are shapes of the wire.
  seal: { paths: /^widget\/seal\//, ours: ["wire"], packages: ["@noble/*"], node: false },
  wire: { paths: /^widget\/(wire\/|[\w-]+\.d\.ts$)/, ours: [], packages: [], node: false },
  member: {
    paths: /^widget\/member\//,
    ours: ["frame", "group", "seal", "wire"],
    packages: ["playwright-core", "@livekit/rtc-node"],
    node: true,
  },
  verify: { paths: /^widget\/verify\//, ours: ["wire"], packages: ["@noble/*"], node: true },
  integrations: { paths: /^widget\/integrations\//, ours: ["host"], packages: [], node: false },
  build: { paths: /^widget\/build(\.ts$|\/)/, ours: [], packages: "any", node: true },
  api: { paths: /^api\//, ours: ["wire"], packages: "any", node: true },
  "sfu-config": { paths: /^sfu-config\//, ours: [], packages: [], node: true },
  // pino: its page shows what the API logs.
  demo: { paths: /^demo\//, ours: ["api", "sfu-config", "host", "wire"], packages: ["pino"], node: true },
  test: { paths: /^test\/|^web-test-runner\.config\.mjs$/, ours: "any", packages: "any", node: true },
};

/** The one crossing into a worker's realm: its entry, as a URL, so that none of its code runs in the frame. */
const WORKER_ENTRY = /^widget\/(media\/((room|eye)-)?main|group\/main)\.ts$/;

/** One owner per library: outside test/, all files that import it lie in this folder, or it is this file. */
export const OWNERS: Record<string, readonly RegExp[]> = {
  "ts-mls": [/^widget\/group\/mls\//],
  "livekit-client": [/^widget\/frame\/room\//],
  mediabunny: [/^widget\/frame\/clip\/playback\//],
  // One end each.
  penpal: [/^widget\/host\/frame-mount\.ts$/, /^widget\/frame\/host-link\.ts$/],
  redis: [/^api\/store\/redis\//],
  "node:sqlite": [/^api\/store\/embedded\//],
  ws: [/^api\/rooms\/socket-server\.ts$/],
  minio: [/^api\/blobs\/s3\.ts$/],
  "livekit-server-sdk": [/^api\/sfu\/livekit\.ts$/],
  "@livekit/rtc-node": [/^widget\/member\/keyless-client\.ts$/],
};

/** The frame's Trusted Types policy lets worker URLs through in one place. */
const WORKER_STARTER = "widget/frame/worker-url.ts";

const MAX_LINES = 300;

export const realmOf = (file: string): string | undefined =>
  Object.entries(REALMS).find(([, realm]) => realm.paths.test(file))?.[0];

/** Every rule that a file breaks, as "file:line: sentence". */
export function violations(file: string, text: string): string[] {
  const name = realmOf(file);
  if (name === undefined) return [`${file}: belongs to no realm`];
  const source = readSource(file, text);
  const at = (line: number, sentence: string): string => `${file}:${line}: ${sentence}`;
  return [
    ...source.syntaxErrors.map((error) => at(1, `can't be read: ${error}`)),
    ...source.references.flatMap((reference) => judge(file, name, reference).map((s) => at(reference.line, s))),
    ...(file.startsWith("widget/") && name !== "build" ? source.consoles.map((line) => at(line, "uses console")) : []),
    ...(file.startsWith("widget/") && file !== WORKER_STARTER
      ? source.workers.map((line) => at(line, `starts a worker: only ${WORKER_STARTER} does`))
      : []),
    ...shape(file, text, source.hasHeader),
  ];
}

function shape(file: string, text: string, hasHeader: boolean): string[] {
  const lines = text.split("\n").length - 1;
  const isOurs = /^(widget|api|demo|sfu-config)\/.*(?<!\.d\.ts)$/.test(file);
  const hasLimit = /^(widget|api)\//.test(file);
  return [
    ...(hasLimit && lines > MAX_LINES ? [`${file}: has ${lines} lines, more than ${MAX_LINES}`] : []),
    ...(isOurs && !hasHeader ? [`${file}: does not open with what it is for (/** … */)`] : []),
  ];
}

type Target = { kind: "ours"; file: string; query: string } | { kind: "package" | "builtin"; name: string };

function judge(file: string, name: string, { specifier }: Reference): string[] {
  const realm = REALMS[name] as Realm;
  if (specifier === null) return name === "test" ? [] : ["imports something that only running it could tell"];
  const target = resolve(file, specifier);
  if (target === null) return [`imports "${specifier}", which is neither a package nor a file of this project`];
  if (target.kind === "ours") return judgeOurs(name, realm, target);
  if (name !== "test" && OWNERS[target.name]?.some((owner) => owner.test(file)) === false) {
    return [`imports ${target.name}, which has another owner`];
  }
  if (target.kind === "builtin") return realm.node ? [] : [`imports ${target.name} in a browser's realm`];
  return allows(realm.packages, target.name) ? [] : [`imports ${target.name}: ${name} may not`];
}

function judgeOurs(name: string, realm: Realm, { file, query }: { file: string; query: string }): string[] {
  const other = realmOf(file);
  if (other === name || realm.ours === "any") return [];
  const isWorkerUrl = name === "frame" && query === "worker&url" && WORKER_ENTRY.test(file);
  if (isWorkerUrl || (other !== undefined && realm.ours.includes(other))) return [];
  return [`imports ${file}: ${name} may not import ${other ?? "what has no realm"}`];
}

function allows(list: readonly string[] | "any", name: string): boolean {
  if (list === "any") return true;
  return list.some((each) => each === name || (each.endsWith("/*") && name.startsWith(each.slice(0, -1))));
}

const WORKSPACES: Record<string, string> = { "@whatping/widget": "widget", "@whatping/api": "api" };

/** Null for what is neither ours nor a package: absolute paths, http:, data:, `#imports`, files outside the project. */
function resolve(file: string, specifier: string): Target | null {
  const [path = "", query = ""] = specifier.split(/\?(.*)/s);
  if (path.startsWith(".")) {
    const target = posix.join(posix.dirname(file), path);
    const inPackages = /(?:^|\/)node_modules\/(.+)$/.exec(target)?.[1];
    if (inPackages !== undefined) return asPackage(inPackages);
    return target.startsWith("..") ? null : { kind: "ours", file: target, query };
  }
  if (path.startsWith("node:") || isBuiltin(path)) {
    return { kind: "builtin", name: path.startsWith("node:") ? path : `node:${path}` };
  }
  return /^(@[\w.-]+\/)?[\w.-]+(\/|$)/.test(path) ? asPackage(path, query) : null;
}

function asPackage(path: string, query = ""): Target {
  const name = (/^(@[^/]+\/)?[^/]+/.exec(path) as RegExpExecArray)[0];
  const workspace = WORKSPACES[name];
  return workspace === undefined
    ? { kind: "package", name }
    : { kind: "ours", file: posix.join(workspace, path.slice(name.length)), query };
}
