/**
 * Reads every way in which a module names another one: imports, exports, types, dynamic imports, workers, URLs.
 * Pure: source text in, references out. Source: ESTree, as oxc-parser writes it.
 */
import { parseSync } from "oxc-parser";

export interface Reference {
  /** as written, with any `?worker&url`; null if only running the code could tell */
  specifier: string | null;
  /** for the message */
  line: number;
}

export interface Source {
  references: Reference[];
  /** lines that start a worker by themselves: `new Worker(…)`, `new SharedWorker(…)` */
  workers: number[];
  /** lines that name `console` */
  consoles: number[];
  /** whether it opens with a doc comment that says something */
  hasHeader: boolean;
  syntaxErrors: string[];
}

interface Node {
  type: string;
  start: number;
  [field: string]: unknown;
}

/** What names a module: a function of the node that gives the expression holding the specifier, or null. */
const NAMING: Record<string, (node: Node) => Node | null> = {
  ImportDeclaration: (node) => node.source as Node,
  ExportNamedDeclaration: (node) => node.source as Node | null,
  ExportAllDeclaration: (node) => node.source as Node,
  ImportExpression: (node) => node.source as Node,
  TSImportType: (node) => node.source as Node,
  TSExternalModuleReference: (node) => node.expression as Node,
  CallExpression: (node) => (LOADERS.has(calleeName(node)) ? firstArgument(node) : null),
  NewExpression: (node) => (calleeName(node) === "URL" && isOwnUrl(node) ? firstArgument(node) : null),
};

/** `require(…)`, `import.meta.resolve(…)`, `importScripts(…)`, `audioWorklet.addModule(…)`. */
const LOADERS = new Set(["require", "import.meta.resolve", "importScripts", "addModule"]);

export function readSource(file: string, text: string): Source {
  const { program, comments, errors } = parseSync(file, text);
  const source: Source = {
    references: [],
    workers: [],
    consoles: [],
    hasHeader: hasHeader(text, comments[0]),
    syntaxErrors: errors.map((error) => error.message),
  };
  const lineOf = (offset: number): number => text.slice(0, offset).split("\n").length;
  walk(program as unknown as Node, (node) => {
    const naming = NAMING[node.type]?.(node);
    if (naming) source.references.push({ specifier: literal(naming), line: lineOf(node.start) });
    if (node.type === "NewExpression" && /^(Shared)?Worker$/.test(calleeName(node)))
      source.workers.push(lineOf(node.start));
    if (node.type === "Identifier" && node.name === "console") source.consoles.push(lineOf(node.start));
  });
  for (const { value, start } of comments) {
    const path = /^\/\s*<reference\s+(?:path|types)=["']([^"']+)/.exec(value)?.[1];
    if (path !== undefined) source.references.push({ specifier: path, line: lineOf(start) });
  }
  return source;
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of Object.values(node).flat()) {
    if (typeof child === "object" && child !== null && "type" in child) walk(child as Node, visit);
  }
}

/** The text of a string or a template without holes, else null. */
function literal(node: Node): string | null {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral" || (node.expressions as Node[]).length > 0) return null;
  return (node.quasis as { value: { cooked: string } }[])[0]?.value.cooked ?? null;
}

function calleeName(node: Node): string {
  const callee = node.callee as Node;
  if (callee.type === "Identifier") return callee.name as string;
  if (callee.type !== "MemberExpression") return "";
  const property = (callee.property as Node).name as string;
  return (callee.object as Node).type === "MetaProperty" ? `import.meta.${property}` : property;
}

const firstArgument = (node: Node): Node | null => (node.arguments as Node[])[0] ?? null;

/** `new URL("….ts", import.meta.url)`: a module beside this one. Folders and pictures run no code. */
function isOwnUrl(node: Node): boolean {
  const [path, base] = node.arguments as Node[];
  const isModule = path !== undefined && /\.[cm]?[jt]sx?([?#].*)?$/.test(literal(path) ?? ".js");
  return isModule && base?.type === "MemberExpression" && (base.object as Node).type === "MetaProperty";
}

function hasHeader(text: string, first: { type: string; value: string; start: number } | undefined): boolean {
  const isFirst = first?.type === "Block" && text.slice(0, first.start).trim() === "";
  return isFirst && first.value.startsWith("*") && /\w/.test(first.value);
}
