/**
 * Registers the elements: what the one script tag loads. Realm: host page. Safe to load twice and without a DOM.
 */
import { WhatpingRoom } from "./whatping-room.ts";
import { WispPlayer } from "./wisp-player.ts";
import { WispRecorder } from "./wisp-recorder.ts";

if (globalThis.customElements) {
  if (!customElements.get("whatping-room")) customElements.define("whatping-room", WhatpingRoom);
  if (!customElements.get("wisp-recorder")) customElements.define("wisp-recorder", WispRecorder);
  if (!customElements.get("wisp-player")) customElements.define("wisp-player", WispPlayer);
}

export { WhatpingRoom, WispPlayer, WispRecorder };
