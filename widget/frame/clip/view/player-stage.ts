/**
 * The viewer's stage: the invitation, the picture under its watermark, and the clip closing for good. Realm: frame.
 * Sees the opened clip as a media element.
 */
import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import {
  CircleAlert,
  Eye,
  Flame,
  Hourglass,
  type IconNode,
  Info,
  Link2Off,
  Lock,
  Mic,
  MonitorX,
  Play,
  ShieldAlert,
  TriangleAlert,
  Undo2,
  Video,
  WifiOff,
} from "lucide";
import type { ErrorCode } from "../../../wire/errors.ts";
import type { PlayerView } from "../player-view.ts";
import type { ViewerState } from "../viewer.ts";
import { spinner } from "./controls.ts";
import { refuse } from "./deterrents.ts";
import { type EnvelopeLook, envelope } from "./envelope.ts";
import { icon } from "./icons.ts";
import {
  failureWords,
  goneWords,
  invitationFacts,
  invitationTitle,
  isVoice,
  lapseWords,
  laterWords,
  mangledWords,
  onceWords,
  waitingWords,
  wasWatchedHere,
} from "./player-words.ts";
import type { Words } from "./recorder-words.ts";
import { voiceStill } from "./voice-still.ts";

export function playerStage(view: PlayerView): TemplateResult {
  const { state } = view;
  const now = Date.now();
  switch (state.step) {
    case "loading":
      return view.empty ? message({ badge: Video, as: "empty" }, emptyWords()) : busy(msg("Looking for the clip…"));
    case "invitation":
      return invitation(view, now);
    case "waiting":
      return message({ badge: Eye, as: "open" }, waitingWords(state, now));
    case "opening":
    case "playing":
    case "paused":
      return playing(view);
    case "gone":
      return message({ badge: goneBadge(state), as: "empty" }, goneWords(state, now), {
        closing: wasWatchedHere(state),
      });
    case "failed":
      return message(
        { badge: failureBadge(state.error?.code), as: "empty" },
        failureWords(state.error?.code ?? "internal"),
      );
  }
}

interface More {
  readonly facts?: readonly string[];
  readonly notes?: readonly TemplateResult[];
  readonly closing?: boolean;
}

function message(
  look: EnvelopeLook,
  { title, sentence }: Words,
  { facts = [], notes = [], closing = false }: More = {},
): TemplateResult {
  return html`<section class="stage lit ${closing ? "closed" : ""}">
    ${keyed(
      title,
      html`<div class="message">
        ${envelope(look)}
        <h1>${title}</h1>
        ${facts.length > 0 ? html`<ul class="facts">${facts.map((fact) => html`<li>${fact}</li>`)}</ul>` : nothing}
        <p>${sentence}</p>
        ${notes}
      </div>`,
    )}
    ${closing ? html`<div class="closing" aria-hidden="true"><i class="body"></i><i class="flap"></i><i class="wax">${icon(Lock, 32)}</i></div>` : nothing}
  </section>`;
}

function busy(words: string): TemplateResult {
  return html`<section class="stage lit">
    <div class="message">${spinner()}<p>${words}</p></div>
  </section>`;
}

function emptyWords(): Words {
  return { title: msg("No clip here yet"), sentence: msg("It appears as soon as this page has its link.") };
}

function invitation({ state, later }: PlayerView, now: number): TemplateResult {
  const look: EnvelopeLook = { badge: isVoice(state) ? Mic : Video, as: "sealed" };
  if (later) return message(look, laterWords(state, now));
  const lapse = lapseWords(state, now);
  return message(
    look,
    { title: invitationTitle(state), sentence: onceWords(state) },
    {
      facts: invitationFacts(state, now),
      notes: [
        ...(state.mangled ? [note(ShieldAlert, mangledWords())] : []),
        ...(lapse ? [note(Info, lapse)] : []),
        ...(state.reachable ? [] : [note(WifiOff, msg("No connection right now."))]),
      ],
    },
  );
}

/** One template for opening, playing and paused: a media element that is moved stops. */
function playing(view: PlayerView): TemplateResult {
  const { state, blackout, toggle } = view;
  const { step, element, metadata } = state;
  const voice = isVoice(state);
  const share = (element?.currentTime ?? 0) / (metadata?.duration || 1);
  return html`<section class="stage play ${voice ? "voice lit" : ""}" @contextmenu=${refuse} @dragstart=${refuse}>
    <h1 class="hidden">${invitationTitle(state)}</h1>
    <div class="picture ${blackout ? "black" : ""}" @click=${step === "opening" ? nothing : toggle}>
      ${voice ? voiceStill(share) : nothing}
      <div class="screen">${element ?? nothing}</div>
      ${voice || step === "opening" ? nothing : html`<wisp-watermark .whom=${metadata?.recipient ?? ""}></wisp-watermark>`}
      ${voice && metadata?.recipient ? html`<div class="marks"><span class="chip">${metadata.recipient}</span></div>` : nothing}
      ${step === "opening" ? html`<div class="middle">${spinner()}</div>` : nothing}
      ${step === "paused" ? pausedCover(view) : nothing}
      ${state.reachable ? nothing : html`<div class="foot">${note(WifiOff, msg("No connection. We go on trying."))}</div>`}
    </div>
  </section>`;
}

/** Not a button: Resume in the bar is, and two of them would be read twice. The whole picture takes the click. */
function pausedCover({ blackout, state }: PlayerView): TemplateResult {
  const begun = (state.element?.currentTime ?? 0) > 0;
  const words = begun ? msg("Paused — click to go on") : msg("Click to play");
  return html`<div class="middle rest"><span class="round">${icon(Play, 28)}</span>${blackout || !begun ? html`<p>${words}</p>` : nothing}</div>`;
}

function note(shape: IconNode, words: string): TemplateResult {
  return html`<p class="note">${icon(shape, 16)}<span>${words}</span></p>`;
}

function goneBadge(state: ViewerState): IconNode {
  if (wasWatchedHere(state)) return Flame;
  const badges: Partial<Record<string, IconNode>> = {
    expired: Hourglass,
    revoked: Undo2,
    discarded: Undo2,
    broken: TriangleAlert,
    burned: Flame,
  };
  return badges[state.preview?.state ?? ""] ?? Flame;
}

function failureBadge(code: ErrorCode | undefined): IconNode {
  switch (code) {
    case "link-malformed":
    case "link-mangled":
    case "wrong-key":
    case "no-such-clip":
      return Link2Off;
    case "clip-damaged":
      return ShieldAlert;
    case "cannot-play":
      return MonitorX;
    case "offline":
    case "timeout":
      return WifiOff;
    default:
      return CircleAlert;
  }
}
