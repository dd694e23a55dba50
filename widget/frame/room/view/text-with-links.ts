/**
 * What somebody wrote, as text with its web addresses as links. Never HTML: text nodes and attributes only.
 * Realm: frame; sees chat. A link opens in a tab of its own, which hears nothing of this one.
 */
import { html, type TemplateResult } from "lit";

export interface Part {
  readonly text: string;
  readonly href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"“”«»]+/gi;
/** What ends a sentence, not an address. */
const TRAILING = /[.,;:!?'’…)\]}]+$/;

export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = withoutTrailing(match[0]);
    if (!isWebAddress(shown)) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: shown, href: shown });
    from = match.index + shown.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

export function textWithLinks(text: string): (string | TemplateResult)[] {
  return partsOf(text).map(({ text: shown, href }) =>
    href ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${shown}</a>` : shown,
  );
}

/** A bracket that was opened inside the address belongs to it. */
function withoutTrailing(address: string): string {
  const ending = TRAILING.exec(address)?.[0] ?? "";
  const bare = address.slice(0, address.length - ending.length);
  return ending.startsWith(")") && bare.includes("(") ? `${bare})` : bare;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
