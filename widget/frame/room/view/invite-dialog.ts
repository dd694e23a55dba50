/**
 * Inviting: the guest link to give away, and for hosts the link to keep. Realm: frame; sees the room's links.
 */
import { html, nothing, type TemplateResult } from "lit";
import { Check, Copy, type IconNode, MessageSquareText, Share2 } from "lucide";
import { icon } from "../../clip/view/icons.ts";
import type { Room } from "../room.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import type { Copied } from "./copies.ts";

export function inviteDialog(view: RoomView): TemplateResult {
  const { room, call, copies } = view;
  const { invite } = room;
  const shared = { text: say("invite-text", { link: "" }).trim(), url: invite ?? "" };
  const canShare = invite !== null && (navigator.canShare?.(shared) ?? false);
  return html`<dialog id="invite" aria-labelledby="invite-title" aria-describedby="invite-sentence">
    <h2 id="invite-title">${say("invite-title")}</h2>
    <p id="invite-sentence">${sentence(room)}</p>
    <div class="answers start">
      ${copyButton(view, "invite", say("copy-invite"), Copy, "accent")}
      ${copyButton(view, "text", say("copy-text"), MessageSquareText)}
      ${canShare ? html`<button class="pill" @click=${() => void navigator.share(shared).catch(() => undefined)}>${icon(Share2)}<span>${say("share")}</span></button>` : nothing}
    </div>
    ${invite ? linkField("invite", say("invite-link"), invite) : nothing}
    ${invite && room.rules?.admission.includes("knock") ? addressPart(view, addressIn(invite)) : nothing}
    ${call.hostLink ? hostPart(view, call.hostLink) : nothing}
    ${copies.isByHand ? html`<p class="by-hand" role="alert">${say("copy-by-hand")}</p>` : nothing}
    <div class="answers"><button class="pill strong" @click=${view.close}>${say("done")}</button></div>
  </dialog>`;
}

function sentence({ invite, admits, rules }: Room): string {
  const isLobby = rules?.admission.includes("link") === false;
  if (admits === "all" && invite && isLobby) return say("invite-knock");
  if (admits === "all") return invite ? say("invite-sentence") : say("invite-none");
  return admits === "locked" ? say("invite-locked") : say("invite-suspended");
}

/** What is left of a link without its secret: whoever has it can knock. */
export function addressIn(link: string): string {
  return link.split("#", 1)[0] ?? "";
}

function addressPart(view: RoomView, address: string): TemplateResult {
  return html`<section class="part">
    <h3>${say("address-title")}</h3>
    <p>${say("address-sentence")}</p>
    <div class="answers start">${copyButton(view, "address", say("copy-address"), Copy)}</div>
    ${linkField("address", say("address"), address)}
  </section>`;
}

function hostPart(view: RoomView, hostLink: string): TemplateResult {
  return html`<section class="part">
    <h3>${say("host-link-title")}</h3>
    <p>${say("host-link-sentence")}</p>
    <div class="answers start">${copyButton(view, "host", say("copy-host-link"), Copy)}</div>
    ${linkField("host", say("host-link"), hostLink)}
  </section>`;
}

function linkField(which: string, name: string, link: string): TemplateResult {
  return html`<input class="link" data-link=${which} readonly aria-label=${name} .value=${link} />`;
}

function copyButton(view: RoomView, what: Copied, name: string, shape: IconNode, tone = ""): TemplateResult {
  const isDone = view.copies.done === what;
  return html`<button class="pill ${tone}" ?disabled=${what !== "host" && !view.room.invite} @click=${view.copies[what]}>
    ${icon(isDone ? Check : shape)}<span>${isDone ? say("copied") : name}</span>
  </button>`;
}
