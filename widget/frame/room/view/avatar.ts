/**
 * A person as a round of colour with initials. The colour comes from the identity key, so that two people of one name
 * look different. Realm: frame. Pure.
 */
import { html, type TemplateResult } from "lit";
import { hueOf, initialsOf } from "../standing.ts";

/** `face`: one of several that overlap, with one letter. */
export type AvatarSize = "face" | "small" | "medium" | "large";

/** @param identity base64url; empty for somebody whose key is not known yet */
export function avatar(name: string, identity: string, size: AvatarSize = "medium"): TemplateResult {
  const colour = identity === "" ? "none" : "own";
  const initials = initialsOf(name);
  return html`<span class="avatar ${size} ${colour}" style="--hue:${hueOf(identity)}" aria-hidden="true"
    >${size === "face" ? [...initials][0] : initials}</span
  >`;
}
