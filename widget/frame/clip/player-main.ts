/**
 * Entry of the viewer: top-level as `/v/<id>#k=…`, or inside `<wisp-player>`. Realm: frame.
 * Source: protocol.md §11 (the fragment stays in the address until the click), product.md W4.
 */
import { parseClipLink } from "../../seal/clip-link.ts";
import { toBase64url } from "../../wire/bytes.ts";
import { CodedError } from "../../wire/errors.ts";
import { readPlayerConfig } from "../../wire/host-frame.ts";
import { allowedOrigins, type HostLink, meetHost } from "../host-link.ts";
import { PlayerView } from "./player-view.ts";
import { recall } from "./tab-memory.ts";
import { Viewer } from "./viewer.ts";

customElements.define("wisp-player-view", PlayerView);
const view = document.querySelector("wisp-player-view") as PlayerView;

let host: HostLink | undefined;
let told: { step: string; error: unknown } = { step: "loading", error: undefined };

const viewer = new Viewer((state) => {
  view.state = state;
  view.dataset.step = state.step;
  if (state.step !== told.step) host?.raise("wisp-step", { step: state.step });
  if (state.error && state.error !== told.error) {
    host?.raise("wisp-error", { code: state.error.code, message: state.error.message });
  }
  // From the click on, the key lives in this tab's memory and no longer in the address.
  if (state.step === "opening" && location.hash) history.replaceState(null, "", location.pathname);
  told = { step: state.step, error: state.error };
});
view.viewer = viewer;
view.state = viewer.state;
view.standalone = window.parent === window;
view.covered.onAsk = ({ code, message }) => host?.raise("wisp-error", { code, message });

function openHref(href: string): void {
  try {
    const link = parseClipLink(href);
    if (link.mangled && window.parent === window) {
      history.replaceState(null, "", `/v/${link.id}#k=${toBase64url(link.key)}`);
    }
    void viewer.open(link);
  } catch (error) {
    viewer.refuse(error as CodedError);
  }
}

/** After a reload in the middle the address has no fragment, but this tab remembers. */
function openAddress(): void {
  const id = location.pathname.split("/")[2] ?? "";
  const remembered = location.hash ? undefined : recall(id);
  openHref(remembered ? `${location.origin}/v/${id}#k=${toBase64url(remembered.key)}` : location.href);
}

if (window.parent === window) {
  openAddress();
  addEventListener("hashchange", openAddress);
} else {
  host = await meetHost(allowedOrigins(), (config) => {
    const { link, theme } = readPlayerConfig(config);
    view.theme = theme ?? "auto";
    view.empty = link === undefined;
    if (link === undefined) return;
    const foreign = URL.canParse(link) && new URL(link).origin !== location.origin;
    if (foreign)
      viewer.refuse(new CodedError("link-malformed", "This link belongs to another server than this frame."));
    else openHref(link);
  });
  host.raise("wisp-ready", {});
}
