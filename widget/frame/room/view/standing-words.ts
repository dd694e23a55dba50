/**
 * How sure one can be of somebody, in one word with a mark and in one sentence. Realm: frame. Pure.
 * Source: product.md R9.
 */
import type { IconNode } from "lucide";
import { BadgeCheck, CircleDashed, Clock, Eye, ShieldQuestionMark, TriangleAlert, Unplug, User } from "lucide";
import type { Standing } from "../standing.ts";
import { say } from "../words/say.ts";

export type Shown = Standing | "not-compared" | "unconfirmed" | "lost";

/** `tone`: how loudly it is said. */
export interface StandingMark {
  readonly words: string;
  readonly icon: IconNode;
  readonly tone: "quiet" | "good" | "warn";
}

export function markOf(shown: Shown): StandingMark {
  switch (shown) {
    case "own":
      return { words: say("tag-you"), icon: User, tone: "quiet" };
    case "new":
      return { words: say("state-new"), icon: CircleDashed, tone: "quiet" };
    case "seen":
      return { words: say("state-seen"), icon: Eye, tone: "quiet" };
    case "verified":
      return { words: say("state-verified"), icon: BadgeCheck, tone: "good" };
    case "changed":
      return { words: say("state-changed"), icon: TriangleAlert, tone: "warn" };
    case "differs":
      return { words: say("state-differs"), icon: TriangleAlert, tone: "warn" };
    case "not-compared":
      return { words: say("state-not-compared"), icon: ShieldQuestionMark, tone: "warn" };
    case "unconfirmed":
      return { words: say("state-unconfirmed"), icon: Clock, tone: "quiet" };
    case "lost":
      return { words: say("state-lost"), icon: Unplug, tone: "quiet" };
  }
}

export function aboutStanding(shown: Shown, name: string): string {
  const who = { name };
  switch (shown) {
    case "own":
      return say("about-own");
    case "new":
      return say("about-new", who);
    case "seen":
      return say("about-seen");
    case "verified":
      return say("about-verified", who);
    case "changed":
      return say("about-changed", who);
    case "differs":
      return say("about-differs", who);
    case "not-compared":
      return say("about-not-compared", who);
    case "unconfirmed":
      return say("about-unconfirmed", who);
    case "lost":
      return say("about-lost", who);
  }
}
