/**
 * Icons as drawings in the template: no request, no data: URL, no markup from strings. Realm: frame.
 * The shapes are lucide's (ISC).
 */
import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { IconNode } from "lucide";

/** @param size CSS pixels */
export function icon(node: IconNode, size = 20): TemplateResult {
  return html`<svg
    class="icon"
    aria-hidden="true"
    width=${size}
    height=${size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
  >${iconShapes(node)}</svg>`;
}

/** The bare shapes in lucide's 24 × 24 box, to be placed inside another drawing. */
export function iconShapes(node: IconNode): SVGTemplateResult[] {
  return node.map(([tag, attributes]) => shape(tag, attributes));
}

function shape(tag: string, a: Record<string, string | number | undefined>): SVGTemplateResult {
  switch (tag) {
    case "path":
      return svg`<path d=${a.d} />`;
    case "circle":
      return svg`<circle cx=${a.cx} cy=${a.cy} r=${a.r} />`;
    case "rect":
      return svg`<rect x=${a.x} y=${a.y} width=${a.width} height=${a.height} rx=${a.rx ?? nothing} />`;
    case "line":
      return svg`<line x1=${a.x1} y1=${a.y1} x2=${a.x2} y2=${a.y2} />`;
    case "ellipse":
      return svg`<ellipse cx=${a.cx} cy=${a.cy} rx=${a.rx} ry=${a.ry} />`;
    default:
      return svg`<polyline points=${a.points} />`;
  }
}
