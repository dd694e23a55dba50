/**
 * The recorder's stage: the picture (or the voice's wave), and over it only what the state needs. Realm: frame.
 * Sees the live stream and the played-back draft as media elements.
 */
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { live } from "lit/directives/live.js";
import {
  Camera,
  Check,
  CircleAlert,
  type IconNode,
  Info,
  Lock,
  Mic,
  Pause,
  Play,
  Trash2,
  Video,
  WifiOff,
} from "lucide";
import type { RecorderView } from "../recorder-view.ts";
import { spinner } from "./controls.ts";
import { deviceTray } from "./device-tray.ts";
import { type EnvelopeLook, envelope } from "./envelope.ts";
import { icon } from "./icons.ts";
import { levelMeter } from "./level-meter.ts";
import { endedWords, isOver, openedLine } from "./receipt-words.ts";
import {
  askingWords,
  cutShortWords,
  failureWords,
  offlineWords,
  pageGetsLinkWords,
  revokedWords,
  sentWords,
  type Words,
} from "./recorder-words.ts";
import { sealStrip } from "./seal-strip.ts";
import { clock } from "./times.ts";
import { voiceStill } from "./voice-still.ts";

export function recorderStage(view: RecorderView): TemplateResult {
  const { state } = view;
  switch (state.step) {
    case "start":
      return message(
        { badge: state.mode === "voice" ? Mic : Video, as: "open" },
        {
          title: msg("Say it once, sealed"),
          sentence: msg("Your clip is sealed on this device, plays once and is gone within 24 hours."),
        },
        state.pageGetsLink ? note(Info, pageGetsLinkWords()) : nothing,
      );
    case "asking":
      return message({ badge: state.mode === "voice" ? Mic : Camera, as: "open" }, askingWords(state.mode));
    case "ready":
    case "countdown":
    case "recording":
    case "paused":
      return liveStage(view);
    case "finishing":
    case "review":
    case "sending":
      return takenStage(view);
    case "sent":
      return sentStage(view);
    case "failed":
      return message(
        { badge: state.error?.code === "offline" ? WifiOff : CircleAlert, as: view.canSendAgain ? "sealed" : "empty" },
        failureWords(state.error?.code ?? "internal", state),
      );
  }
}

function message(
  look: EnvelopeLook,
  { title, sentence }: Words,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<section class="stage lit">
    ${keyed(
      title,
      html`<div class="message">
        ${envelope(look)}
        <h1>${title}</h1>
        <p>${sentence}</p>
        ${more}
      </div>`,
    )}
  </section>`;
}

/** `live`, because lit sets an object anew at every drawing, and a video that gets its stream anew starts anew. */
function liveStage(view: RecorderView): TemplateResult {
  const { state, room } = view;
  const { step, mode, stream } = state;
  const running = step === "recording" || step === "paused";
  const setUp = step === "ready" && room !== "behind";
  return html`<section class="stage live ${step} ${setUp ? room : ""}">
    <h1 class="hidden">${msg("Your recording")}</h1>
    <div class="picture">
      ${
        mode === "camera"
          ? html`<video class="mirrored" .srcObject=${live(stream ?? null)} .muted=${true} autoplay playsinline aria-label=${msg("Your picture")}></video>`
          : html`<wisp-wave .read=${view.readLevel} .running=${step !== "paused"}></wisp-wave>`
      }
      ${stream ? nothing : html`<div class="middle">${spinner()}</div>`}
      ${step === "countdown" ? countdown(state.countdown) : nothing}
      ${running ? recordingMarks(view) : nothing}
    </div>
    ${setUp ? deviceTray(state, view.trayActs) : nothing}
  </section>`;
}

function recordingMarks({ state }: RecorderView): TemplateResult {
  const { step, elapsed, limit, level, progress, recordedBytes, reachable } = state;
  const left = Math.max(0, limit - elapsed);
  return html`<div class="marks">
      <span class="chip"><i class="dot"></i>${step === "paused" ? msg("Paused") : nothing} <b>${clock(elapsed)}</b>${levelMeter(level)}</span>
      <span class="chip ${left <= 10 ? "ending" : ""}">${msg(str`${clock(left)} left`)}</span>
    </div>
    <div class="foot">
      ${reachable ? nothing : note(WifiOff, offlineWords())} ${sealStrip({ progress, recordedBytes, finished: false })}
    </div>`;
}

/** A drawing rather than a fourth size of type. */
function countdown(seconds: number): TemplateResult {
  return html`<div class="middle count" aria-hidden="true">
    ${keyed(
      seconds,
      html`<svg viewBox="0 0 120 120">
        <circle cx="60" cy="60" r="56" />
        <circle class="run" cx="60" cy="60" r="56" pathLength="1" />
        <text x="60" y="60">${seconds}</text>
      </svg>`,
    )}
  </div>`;
}

/** From Stop to Send: the last picture stands still, the sealed draft can be played back over it. */
function takenStage(view: RecorderView): TemplateResult {
  const { state, review, poster } = view;
  const { step, mode, elapsed, progress, recordedBytes } = state;
  const showing = review.step === "playing" || review.step === "paused";
  return html`<section class="stage taken ${mode} ${showing ? "" : "lit"}">
    <h1 class="hidden">${msg("Your clip")}</h1>
    <div class="picture">
      ${mode === "camera" ? (poster ?? nothing) : voiceStill(showing ? review.position / elapsed : 0)}
      ${review.element && mode === "camera" ? html`<div class="replay ${showing ? "" : "waiting"}">${review.element}</div>` : nothing}
      ${step === "review" ? reviewButton(view) : step === "finishing" ? html`<div class="middle">${spinner()}</div>` : nothing}
      <div class="marks">
        <span class="chip"><b>${showing ? `${clock(review.position)} / ${clock(elapsed)}` : clock(elapsed)}</b></span>
        <span class="chip">${icon(Lock, 16)}${step === "finishing" ? msg("Sealing") : msg("Sealed")}</span>
      </div>
      <div class="foot">
        ${showing ? nothing : takenNote(view)}
        ${sealStrip({ progress, recordedBytes, finished: step !== "finishing" })}
      </div>
    </div>
  </section>`;
}

/** The one thing worth knowing most. */
function takenNote({ state, review }: RecorderView): TemplateResult | typeof nothing {
  if (!state.reachable) return note(WifiOff, offlineWords());
  if (review.step === "failed")
    return note(Info, msg("This browser can’t play it back here. The clip itself is fine."));
  if (state.cutShort) return note(Info, cutShortWords(state.limit));
  return state.pageGetsLink && state.step === "review" ? note(Info, pageGetsLinkWords()) : nothing;
}

function reviewButton({ review, toggleReview }: RecorderView): TemplateResult {
  const playing = review.step === "playing";
  return html`<button class="cover ${playing ? "quiet" : ""}" aria-label=${playing ? msg("Pause playback") : msg("Play it back")} @click=${toggleReview}>
    <span>${review.step === "opening" ? spinner() : icon(playing ? Pause : Play, 28)}</span>
  </button>`;
}

function sentStage(view: RecorderView): TemplateResult {
  const { state } = view;
  if (state.receipt && isOver(state)) {
    return message({ badge: Trash2, as: "empty" }, endedWords(state.receipt, Date.now()));
  }
  if (state.revoked) return message({ badge: Trash2, as: "empty" }, revokedWords());
  const opened = openedLine(state, Date.now());
  const select = (event: Event) => (event.target as HTMLInputElement).select();
  return message(
    { badge: Check, as: "sealed" },
    sentWords(state, Date.now()),
    html`<input class="link" readonly aria-label=${msg("Link")} .value=${state.link ?? ""} @focus=${select} />
      ${opened ? note(Info, opened) : nothing}
      ${state.error ? note(CircleAlert, msg("It could not be deleted just now. Check the connection and try again.")) : nothing}
      ${view.copied === "by hand" ? note(Info, msg("Please copy the marked link yourself: Ctrl+C, or hold it on a phone.")) : nothing}`,
  );
}

function note(shape: IconNode, words: string): TemplateResult {
  return html`<p class="note">${icon(shape, 16)}<span>${words}</span></p>`;
}
