/**
 * The room's own dialogs: code, invitation, questions, and what to do about something false. Native `<dialog>`: the focus
 * stays inside and returns to where it was. Realm: frame.
 */
import { html, nothing, type TemplateResult } from "lit";
import { ShieldAlert } from "lucide";
import type { RoomRules } from "../../../wire/room-rules.ts";
import { icon } from "../../clip/view/icons.ts";
import { question } from "../../clip/view/question.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { admissionDialog } from "./admission-dialog.ts";
import { alarmKind } from "./alarm-kind.ts";
import { devicesDialog } from "./devices-dialog.ts";
import { digitGroups } from "./digits.ts";
import { eyeDialog } from "./eye-dialog.ts";
import { inviteDialog } from "./invite-dialog.ts";
import { keysDialog } from "./keys-dialog.ts";
import { lobbyDialog } from "./lobby-dialog.ts";
import { moreDialog } from "./more-dialog.ts";
import { pageQuestion } from "./page-question.ts";
import { peopleSheet } from "./people-list.ts";
import { pairDialog, personDialog } from "./person-dialog.ts";

const CIPHERS: Readonly<Record<RoomRules["cipher"], string>> = {
  AES_256_GCM_SHA512_128: "AES-256-GCM",
  AES_128_GCM_SHA256_128: "AES-128-GCM",
  CHACHA20_POLY1305_SHA512_128: "ChaCha20-Poly1305",
};
const AGREEMENTS: Readonly<Record<RoomRules["keyAgreement"], string>> = {
  x25519: "X25519",
  "x-wing": "X-Wing (X25519 + ML-KEM-768)",
};

type Part = TemplateResult | typeof nothing;

export function dialogs(view: RoomView): TemplateResult {
  return html`${view.isWide ? nothing : peopleSheet(view)} ${codeDialog(view)} ${inviteDialog(view)}
  ${moreDialog(view)} ${devicesDialog(view)} ${keysDialog(view)} ${eyeDialog(view)} ${alarmDialog(view)}
  ${lobbyDialog(view)} ${admissionDialog(view)} ${personDialog(view)} ${pairDialog(view)} ${questions(view)} ${pageQuestion(view)}`;
}

function codeDialog(view: RoomView): TemplateResult {
  const { roomCode } = view.room;
  return html`<dialog id="code" aria-labelledby="code-title" aria-describedby="code-sentence">
    <h2 id="code-title">${say("code")}</h2>
    <p id="code-sentence">${say("code-sentence")}</p>
    ${digitGroups(roomCode, say("digits"))}
    <p>${view.hadNewCode ? say("code-changed") : say("code-why")}</p>
    ${sealing(view.room.rules)}
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("close")}</button></div>
  </dialog>`;
}

/** For those who want to know: the names of the field. */
function sealing(rules: RoomRules | undefined): Part {
  if (!rules) return nothing;
  const { cipher, keyAgreement } = rules;
  return html`<p class="exact">${say("code-sealed", { cipher: CIPHERS[cipher], agreement: AGREEMENTS[keyAgreement] })}</p>`;
}

function alarmDialog(view: RoomView): Part {
  const { alarms } = view.room;
  return html`<dialog id="alarm" aria-labelledby="alarm-title">
    <h2 id="alarm-title">${icon(ShieldAlert)} ${say("alarm-title")}</h2>
    <h3>${say("alarm-what")}</h3>
    <ul>${[...new Set(alarms.map(alarmKind))].map((kind) => html`<li>${say(`alarm-${kind}`)}</li>`)}</ul>
    <h3>${say("alarm-not-taken")}</h3>
    <p>${say("alarm-nothing")}</p>
    <h3>${say("alarm-do")}</h3>
    <p>${say("alarm-advice")}</p>
    <div class="answers"><button class="pill strong" @click=${view.alarmRead}>${say("alarm-seen")}</button></div>
  </dialog>`;
}

function questions(view: RoomView): TemplateResult {
  const leaving = view.person.leaving?.name || say("somebody");
  const remove = question({
    id: "remove",
    title: say("remove-title", { name: leaving }),
    sentence: say("remove-sentence", { name: leaving }),
    yes: say("remove-act"),
    no: say("keep"),
    act: view.person.sendAway,
  });
  const newLink = question({
    id: "new-link",
    title: say("new-link-title"),
    sentence: say("new-link-sentence"),
    yes: say("new-link-act"),
    no: say("keep"),
    act: view.renewLink,
  });
  const forget = question({
    id: "forget",
    title: say("forget-title"),
    sentence: say("forget-warning"),
    yes: say("forget-act"),
    no: say("keep"),
    act: view.forgetPeople,
  });
  const endAll = question({
    id: "end-all",
    title: say("end-all-title"),
    sentence: say("end-all-sentence"),
    yes: say("end-all-act"),
    no: say("keep"),
    act: view.endForAll,
  });
  return html`${remove} ${newLink} ${forget} ${endAll}`;
}
