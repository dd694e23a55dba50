/**
 * The viewer's control bar: what one can do now, with one primary action; no way to jump about in the clip.
 * Realm: frame.
 */
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { Clock, Maximize, Minimize, Pause, Play, RotateCcw, Volume2, VolumeX } from "lucide";
import type { PlayerView } from "../player-view.ts";
import { primary, side } from "./controls.ts";
import { icon } from "./icons.ts";
import { canLookAgain, isVoice } from "./player-words.ts";
import { clock } from "./times.ts";

export function playerBar(view: PlayerView): TemplateResult | typeof nothing {
  const { state } = view;
  const way = isVoice(state) ? msg("Listen") : msg("Watch");
  switch (state.step) {
    case "invitation":
      return html`<div class="bar">
        <div class="start">${view.later ? nothing : side({ name: msg("Not now"), icon: Clock, act: view.notNow })}</div>
        <div class="middle">${primary({ name: way, icon: Play, act: view.watch })}</div>
      </div>`;
    case "waiting":
      return lookAgain(view);
    case "failed":
      return canLookAgain(state.error?.code) ? lookAgain(view) : nothing;
    case "opening":
    case "playing":
    case "paused":
      return playBar(view);
    default:
      return nothing;
  }
}

function lookAgain({ looking, look }: PlayerView): TemplateResult {
  return html`<div class="bar">
    <div class="middle">${primary({ name: msg("Look again"), icon: RotateCcw, act: look, disabled: looking })}</div>
  </div>`;
}

function playBar(view: PlayerView): TemplateResult {
  const { state, muted, volume, toggle } = view;
  const { step, element, metadata } = state;
  const duration = metadata?.duration ?? 0;
  const position = Math.min(element?.currentTime ?? 0, duration);
  const running = step === "playing";
  return html`<div class="bar">
    <div class="whole controls">
      <button class="round" data-primary ?disabled=${step === "opening"} aria-label=${running ? msg("Pause") : msg("Resume")} @click=${toggle}>
        ${icon(running ? Pause : Play, 24)}
      </button>
      <span class="time">${clock(position)}</span>
      <progress aria-label=${msg("Played")} aria-valuetext=${msg(str`${clock(position)} of ${clock(duration)}`)} max="1000" value=${Math.round((position / (duration || 1)) * 1000)}></progress>
      <span class="time">${clock(duration)}</span>
      <button class="tool" aria-label=${muted ? msg("Sound on") : msg("Sound off")} title=${muted ? msg("Sound on") : msg("Sound off")} @click=${view.toggleMuted}>
        ${icon(muted || volume === 0 ? VolumeX : Volume2)}
      </button>
      <input class="volume" type="range" min="0" max="100" aria-label=${msg("Volume")} .value=${String(muted ? 0 : Math.round(volume * 100))} @input=${view.setVolume} />
      ${document.fullscreenEnabled ? fullscreenButton(view) : nothing}
    </div>
  </div>`;
}

function fullscreenButton({ isFullscreen, toggleFullscreen }: PlayerView): TemplateResult {
  const name = isFullscreen ? msg("Leave full screen") : msg("Full screen");
  return html`<button class="tool" aria-label=${name} title=${name} @click=${toggleFullscreen}>
    ${icon(isFullscreen ? Minimize : Maximize)}
  </button>`;
}
