/**
 * How somebody new comes in, as hosts choose it: by the link, by the link or the lobby, by the lobby alone. Realm: frame.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { Check } from "lucide";
import type { AdmissionMode } from "../../../wire/room-rules.ts";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";

interface Choice {
  readonly id: string;
  readonly admission: readonly AdmissionMode[];
  readonly name: string;
  readonly sentence: string;
}

const choices = (): readonly Choice[] => [
  { id: "link", admission: ["link"], name: say("admission-link"), sentence: say("admission-link-sentence") },
  { id: "both", admission: ["link", "knock"], name: say("admission-both"), sentence: say("admission-both-sentence") },
  { id: "knock", admission: ["knock"], name: say("admission-knock"), sentence: say("admission-knock-sentence") },
];

export function admissionDialog(view: RoomView): TemplateResult | typeof nothing {
  const { room } = view;
  if (!room.isHost) return nothing;
  const now = room.rules?.admission ?? [];
  return html`<dialog id="admission" aria-labelledby="admission-title">
    <h2 id="admission-title">${say("admission")}</h2>
    <div class="acts">${choices().map((choice) => choiceRow(view, choice, isSame(now, choice.admission)))}</div>
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

function choiceRow(view: RoomView, { id, admission, name, sentence }: Choice, isChosen: boolean): TemplateResult {
  const choose = (click: MouseEvent) =>
    view.exposing("host", click, () => {
      if (!isChosen) void view.call.commands.admitBy(admission);
    });
  return html`<div class="act choice ${isChosen ? "chosen" : ""}">
    ${icon(Check)}<button aria-describedby="admission-${id}" aria-pressed=${isChosen} @click=${choose}>${name}</button>
    <p id="admission-${id}">${sentence}</p>
  </div>`;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

export const admissionStyle = css`
  .choice:not(.chosen) svg {
    visibility: hidden;
  }
`;
