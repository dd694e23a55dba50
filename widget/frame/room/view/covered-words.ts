/**
 * The question about a covered frame in the room's own words, each with what going on would do. Realm: frame.
 * Source: protocol.md §11 (what raises exposure).
 */
import type { QuestionWords } from "../../clip/view/covered-question.ts";
import { say } from "../words/say.ts";

/**
 * What a click exposes: a device before the door, one's voice, picture or screen inside, oneself, the invitation, what a
 * host may do to the others, whom a host lets in, whom the person trusts.
 */
export type Exposure =
  | "camera"
  | "microphone"
  | "voice"
  | "picture"
  | "screen"
  | "enter"
  | "invite"
  | "host"
  | "admit"
  | "trust";

export const coveredWords: QuestionWords<Exposure> = {
  title: () => say("covered-title"),
  why: () => say("covered-why"),
  stay: () => say("covered-stay"),
  goOn: () => say("covered-go-on"),
  eachTime: ["admit"],
  consequence: (exposure) => {
    switch (exposure) {
      case "camera":
        return say("covered-camera");
      case "microphone":
        return say("covered-microphone");
      case "voice":
        return say("covered-voice");
      case "picture":
        return say("covered-picture");
      case "screen":
        return say("covered-screen");
      case "enter":
        return say("covered-enter");
      case "invite":
        return say("covered-invite");
      case "host":
        return say("covered-host");
      case "admit":
        return say("covered-admit");
      case "trust":
        return say("covered-trust");
    }
  },
};
