/**
 * The recorder's control bar: what one can do now, with one primary action, always in the same place. Realm: frame.
 */
import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import {
  Check,
  Circle,
  Copy,
  MessageSquareText,
  Mic,
  Pause,
  Play,
  Plus,
  RotateCcw,
  Send,
  Settings2,
  Share2,
  Square,
  Trash2,
  Video,
  X,
} from "lucide";
import type { ClipMode } from "../capture.ts";
import type { RecorderView } from "../recorder-view.ts";
import { type Action, primary, secondary, side } from "./controls.ts";
import type { Exposure } from "./covered-question.ts";
import { icon } from "./icons.ts";
import { ask } from "./question.ts";
import { isOver } from "./receipt-words.ts";
import { pasteNote } from "./recorder-words.ts";

type Part = TemplateResult | typeof nothing;

export function recorderBar(view: RecorderView): TemplateResult {
  const { recorder, state } = view;
  switch (state.step) {
    case "start":
      return html`<div class="bar pair"><div class="middle">${startActions(view)}</div></div>`;
    case "asking":
      return bar(side({ name: msg("Cancel"), icon: X, act: () => recorder.discard() }), nothing);
    case "ready":
      return readyBar(view);
    case "countdown":
      return bar(
        side({ name: msg("Cancel"), icon: X, act: () => recorder.cancelCountdown() }),
        primary({ name: msg("Start now"), act: () => void recorder.start() }, "red"),
      );
    case "recording":
    case "paused":
      return recordingBar(view);
    case "finishing":
      return bar(nothing, html`<p class="quiet">${msg("Sealing the last part…")}</p>`);
    case "review":
      return reviewBar(view);
    case "sending":
      return sendingBar(view);
    case "sent":
      return sentBar(view);
    case "failed":
      return failedBar(view);
  }
}

function bar(start: Part, middle: Part, end: Part = nothing, kind = ""): TemplateResult {
  return html`<div class="bar ${kind}">
    <div class="start">${start}</div>
    <div class="middle">${middle}</div>
    <div class="end">${end}</div>
  </div>`;
}

/** For actions that a click on a covered frame must not take at once. */
function exposing(view: RecorderView, exposure: Exposure | ClipMode, act: () => unknown): Action["act"] {
  const what = exposure === "voice" ? "microphone" : exposure;
  return (click) => view.covered.before(what, click, act);
}

function startActions(view: RecorderView): TemplateResult {
  const { recorder, state } = view;
  const action = (mode: ClipMode) => ({
    name: mode === "camera" ? msg("Record a video") : msg("Record your voice"),
    icon: mode === "camera" ? Video : Mic,
    act: exposing(view, mode, () => recorder.openDevices(mode)),
  });
  return state.mode === "voice"
    ? html`${primary(action("voice"))}${secondary(action("camera"))}`
    : html`${primary(action("camera"))}${secondary(action("voice"))}`;
}

function readyBar(view: RecorderView): TemplateResult {
  const { recorder, state, room } = view;
  return bar(
    side({ name: msg("Cancel"), icon: X, act: () => recorder.discard() }),
    primary(
      {
        name: msg("Record"),
        icon: Circle,
        act: exposing(view, "record", () => recorder.start()),
        disabled: !state.stream,
      },
      "red solid",
    ),
    room === "behind" ? side({ name: msg("Settings"), icon: Settings2, act: () => ask(view, "tray") }) : nothing,
  );
}

/** One template for both, and buttons of equal width: nothing moves when one pauses. */
function recordingBar(view: RecorderView): TemplateResult {
  const { recorder, state } = view;
  const paused = state.step === "paused";
  const resume = exposing(view, "record", () => recorder.resume());
  return html`<div class="bar">
    <div class="middle twins">
      <button class="pill ${paused ? "accent" : ""}" ?data-primary=${paused} @click=${paused ? resume : () => recorder.pause()}>
        ${icon(paused ? Play : Pause)}<span>${paused ? msg("Resume") : msg("Pause")}</span>
      </button>
      <button class="pill solid ${paused ? "" : "red"}" ?data-primary=${!paused} @click=${() => void recorder.stop()}>
        ${icon(Square)}<span>${msg("Stop")}</span>
      </button>
    </div>
  </div>`;
}

function reviewBar(view: RecorderView): TemplateResult {
  const { recorder, state } = view;
  return bar(
    side({ name: msg("Discard"), icon: Trash2, act: () => ask(view, "discard") }),
    primary({ name: msg("Send"), icon: Send, act: exposing(view, "send", () => recorder.send()) }),
    side({ name: msg("Retake"), icon: RotateCcw, act: exposing(view, state.mode, () => recorder.retake()) }),
  );
}

function sendingBar({ state }: RecorderView): TemplateResult {
  const { sealedBytes, uploadedBytes } = state.progress;
  const percent = Math.floor((uploadedBytes / Math.max(1, sealedBytes)) * 100);
  return html`<div class="bar">
    <div class="whole sending">
      <label for="sent-share">${msg("Sending…")}</label>
      <progress id="sent-share" max="100" value=${percent}></progress>
      <span>${percent} %</span>
    </div>
  </div>`;
}

function sentBar(view: RecorderView): TemplateResult {
  const { recorder, state, copied } = view;
  const another = { name: msg("Record another"), icon: Plus, act: () => recorder.discard() };
  if (state.revoked || isOver(state)) return bar(nothing, primary(another));
  const shared = { text: pasteNote(state), url: state.link ?? "" };
  const canShare = navigator.canShare?.(shared) ?? false;
  const text =
    copied === "text" ? { name: msg("Copied"), icon: Check } : { name: msg("Copy as text"), icon: MessageSquareText };
  return bar(
    side({ name: msg("Delete now"), icon: Trash2, act: () => ask(view, "revoke") }),
    html`<button class="pill accent copy" data-primary @click=${view.copyLink}>
      ${icon(copied === "link" ? Check : Copy)}<span>${copied === "link" ? msg("Copied") : msg("Copy link")}</span>
    </button>`,
    html`${side({ ...text, act: view.copyText, mark: "text" })}
    ${canShare ? side({ name: msg("Share"), icon: Share2, act: () => void navigator.share(shared).catch(() => undefined), mark: "share" }) : nothing}
    ${side(another)}`,
    "full",
  );
}

function failedBar(view: RecorderView): TemplateResult {
  const { recorder, state, canSendAgain } = view;
  const code = state.error?.code;
  const cancel = side({ name: msg("Cancel"), icon: X, act: () => recorder.discard() });
  const again = primary({
    name: msg("Try again"),
    icon: RotateCcw,
    act: exposing(view, state.mode, () => recorder.openDevices(state.mode, {})),
  });
  if (code === "unsupported-browser") return html``;
  if (recorder.draft?.finished) {
    const startAgain = { name: msg("Start again"), icon: RotateCcw, act: () => ask(view, "discard") };
    return canSendAgain
      ? bar(
          side(startAgain),
          primary({ name: msg("Send again"), icon: Send, act: exposing(view, "send", () => recorder.send()) }),
        )
      : bar(nothing, primary(startAgain));
  }
  const voiceInstead = code === "no-camera" || (code === "permission-denied" && state.mode === "camera");
  if (!voiceInstead) return bar(cancel, again);
  const openVoice = exposing(view, "voice", () => recorder.openDevices("voice"));
  const voice = side({ name: msg("Record your voice"), icon: Mic, act: openVoice });
  return bar(cancel, again, voice);
}
