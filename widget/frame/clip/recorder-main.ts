/**
 * Entry of the recorder's document: joins state, view and host page. Realm: frame.
 */
import type { Receipt } from "../../wire/client-api.ts";
import { readRecorderConfig } from "../../wire/host-frame.ts";
import { allowedOrigins, type HostLink, meetHost } from "../host-link.ts";
import { Recorder } from "./recorder.ts";
import type { RecorderState } from "./recorder-state.ts";
import { RecorderView } from "./recorder-view.ts";

customElements.define("wisp-recorder-view", RecorderView);
const view = document.querySelector("wisp-recorder-view") as RecorderView;

let host: HostLink | undefined;
let told: Partial<RecorderState> = { step: "start" };

const recorder = new Recorder((state) => {
  view.state = state;
  view.dataset.step = state.step;
  if (state.step !== told.step) host?.raise("wisp-step", { step: state.step });
  if (state.progress !== told.progress) host?.raise("wisp-progress", { ...state.progress });
  if (state.error && state.error !== told.error) {
    host?.raise("wisp-error", { code: state.error.code, message: state.error.message });
  }
  if (state.step === "sent" && told.step !== "sent") {
    const link = recorder.exposesLink && state.link ? { link: state.link } : {};
    host?.raise("wisp-sent", { id: state.id ?? "", expiresAt: state.expiresAt ?? 0, ...link });
  }
  if (state.receipt && hasChanged(state.receipt, told.receipt)) {
    const { id, state: now, openedAt, endedAt, deletedAt } = state.receipt;
    const times = { ...(openedAt && { openedAt }), ...(endedAt && { endedAt }), ...(deletedAt && { deletedAt }) };
    host?.raise("wisp-receipt", { id, state: now, ...times });
  }
  told = state;
});
view.recorder = recorder;
view.state = recorder.state;
view.covered.onAsk = ({ code, message }) => host?.raise("wisp-error", { code, message });

if (window.parent !== window) {
  host = await meetHost(allowedOrigins(), (config) => {
    const read = readRecorderConfig(config);
    view.theme = read.theme ?? "auto";
    recorder.configure(read);
  });
  host.raise("wisp-ready", {});
}

function hasChanged(receipt: Receipt, before: Receipt | undefined): boolean {
  return receipt.state !== before?.state || receipt.deletedAt !== before.deletedAt;
}
