/**
 * The drawer at the bottom edge: what this page knows, beside what the relay holds, both live.
 * Realm: host page, so its left half is honest by construction: it can show no more than the page can see.
 */
import { make } from "./make.js";
import { pageKnows } from "./page-knows.js";
import { relayHolds } from "./relay-holds.js";
import { SEALED } from "./sealed-elements.js";

/** Puts the drawer at the end of the page. Listening to the page begins at once, to the relay when it is opened. */
export function openDrawer() {
  const knows = pageKnows();
  const holds = relayHolds();
  const body = make("div", { class: "drawer-body", id: "drawer-body", hidden: true }, knows.element, holds.element);
  const handle = make(
    "button",
    { class: "drawer-handle", type: "button", "aria-expanded": "false", "aria-controls": "drawer-body" },
    make("span", { class: "drawer-eye", "aria-hidden": "true" }),
    make("span", { class: "drawer-label", text: "Look inside" }),
  );
  const drawer = make("aside", { class: "drawer", "aria-label": "Look inside" }, handle, body);
  const toggle = (open) => {
    body.hidden = !open;
    handle.setAttribute("aria-expanded", String(open));
    handle.querySelector(".drawer-label").textContent = open ? "Close" : "Look inside";
    document.body.classList.toggle("drawer-open", open);
    holds.watch(open);
    if (!open) return;
    knows.look();
    // What is being recorded should stay in sight above the drawer.
    document.querySelector(SEALED)?.scrollIntoView({ block: "nearest" });
  };
  handle.addEventListener("click", () => toggle(body.hidden));
  drawer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || body.hidden) return;
    toggle(false);
    handle.focus();
  });
  document.body.append(drawer);
  stepAside(drawer);
}

/** Out of the way while the handle would lie over a sealed frame. */
function stepAside(drawer) {
  const look = () => {
    const own = drawer.getBoundingClientRect();
    const isOver = ({ left, top, right, bottom }) =>
      left < own.right && right > own.left && top < own.bottom && bottom > own.top;
    const frames = [...document.querySelectorAll(SEALED)];
    const isOpen = document.body.classList.contains("drawer-open");
    drawer.classList.toggle("aside", !isOpen && frames.some((frame) => isOver(frame.getBoundingClientRect())));
  };
  for (const change of ["scroll", "resize"]) addEventListener(change, look, { passive: true });
  // A frame that comes, goes or grows changes the page's height.
  new ResizeObserver(look).observe(document.body);
}
