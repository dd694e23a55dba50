/**
 * `<whatping-room>`: an end-to-end encrypted room inside a page. Realm: host page. Sees attributes, states and
 * pseudonyms; a page that sets `link` knows the room's secret. Source: product.md E2, E3, protocol.md §11.
 */
import { CodedError } from "../wire/errors.ts";
import { type PageLayout, type PagePart, type PageSource, type RoomConfig, readAskReply } from "../wire/page-room.ts";
import { propertyOf, reflect } from "./reflected.ts";
import { SealedElement } from "./sealed-element.ts";

/** Attributes with a property of the same name. `lang` has one already. */
const REFLECTED = [
  "link",
  "name",
  "theme",
  "microphone",
  "camera",
  "chat",
  "people",
  "screen-share",
  "reactions",
  "view",
  "cipher",
  "key-agreement",
] as const;

/**
 * A room to talk and write in, sealed on the devices of the people inside.
 *
 * What shows less of the person is done at once: `mute()`, `stopCamera()`, `stopScreenShare()`, `leave()`. What shows
 * more is asked, in the sealed frame, and only the person's click there does it: `askTo…()`. All methods may be called
 * before the frame is there; they wait for it. Their promises are rejected with a CodedError when they can't be done:
 * `not-mounted` (the element is in no document, or left it before there was an answer), `frame-blocked`, `not-now`
 * (nobody is before the door or inside), `asked-too-often`, `no-sfu`, `unsupported-browser`.
 *
 * @attr {string} frame-origin - Where the sealed frame lives; default: where this script came from.
 * @attr {string} link - A room's link. Setting it means that this page knows the room's secret. Without it the element
 *   offers "Start a room" and "Copy invite". Not looked at while somebody is inside.
 * @attr {string} name - What the person is called, until they say otherwise.
 * @attr {"en"|"de"|"fr"|"it"} lang - Language of the room; default: the browser's.
 * @attr {"light"|"dark"|"auto"} theme
 * @attr {"aes"|"chacha20"} cipher - What a room that is started here is sealed with; default AES-256-GCM.
 * @attr {"x25519"|"x-wing"} key-agreement - How a room that is started here agrees on keys; x-wing: with ML-KEM-768 as
 *   well, against whoever records today and has a quantum computer later.
 * @attr {"off"|"ask"} microphone - `ask`: offered before the door; only the person's click turns it on.
 * @attr {"off"|"ask"} camera - As `microphone`.
 * @attr {"off"} chat - Not shown.
 * @attr {"off"} people - No list beside the room. Who is here stays one click away.
 * @attr {"off"} screen-share - Not offered.
 * @attr {"off"} reactions - Not offered.
 * @attr {"grid"|"speaker"} view - What the stage begins with.
 * @attr {boolean} minimal - Stage and bar only: no chat, no list of people.
 * @fires whatping-ready - The frame is there.
 * @fires whatping-phase - `{phase}`: `start`, `opening`, `pre-join`, `connecting`, `entering`, `lobby`, `waiting`,
 *   `in`, `reconnecting`, `left`, `removed`, `ended`, `refused`.
 * @fires whatping-people - `{count}`: how many are inside.
 * @fires whatping-lobby - `{waiting}`: how many wait in the lobby; where the person here is a host.
 * @fires whatping-participant-joined - `{id, self}`: a pseudonym, of this stay and for this site.
 * @fires whatping-participant-left - `{id}`
 * @fires whatping-media - `{microphone, camera, screen}`: what the person here sends.
 * @fires whatping-participant-media - `{id, microphone, camera, screen}`: what somebody else says that they send.
 * @fires whatping-speaking - `{ids}`, loudest first.
 * @fires whatping-quality - `{own}`: `good`, `weak`, `lost`, `unknown`.
 * @fires whatping-connection - `{relay, sfu}`
 * @fires whatping-devices - `{microphone, camera}`: `granted`, `denied`, `prompt`, `unknown`.
 * @fires whatping-decryption-failed - `{member, kind, reason}`: what somebody sends can't be opened here.
 * @fires whatping-decryption-resumed - `{member, kind}`
 * @fires whatping-error - `{code, message}`.
 */
export class WhatpingRoom extends SealedElement {
  static override observedAttributes = ["frame-origin", "lang", "minimal", ...REFLECTED];
  protected override readonly framePath = "/frame/room";
  protected override readonly frameTitle = "A sealed room";
  protected override readonly errorEvent = "whatping-error";
  /** Higher than a picture: words and a keyboard have to fit. */
  protected override readonly boxStyle = ":host{aspect-ratio:auto;height:640px;min-height:360px;max-height:none}";
  declare link: string | null;
  declare name: string | null;
  declare theme: string | null;
  declare microphone: string | null;
  declare camera: string | null;
  declare chat: string | null;
  declare people: string | null;
  declare screenShare: string | null;
  declare reactions: string | null;
  declare view: string | null;
  declare cipher: string | null;
  declare keyAgreement: string | null;

  get minimal(): boolean {
    return this.hasAttribute("minimal");
  }
  set minimal(value: boolean) {
    this.toggleAttribute("minimal", value);
  }

  /** Leaves the room, if somebody is inside. */
  leave(): Promise<void> {
    return this.told((frame) => frame.leave?.());
  }

  /** Turns the microphone off, at once. */
  mute(): Promise<void> {
    return this.#lower("microphone");
  }

  /** Turns the camera off, at once. */
  stopCamera(): Promise<void> {
    return this.#lower("camera");
  }

  /** Ends the sharing of a screen, at once. */
  stopScreenShare(): Promise<void> {
    return this.#lower("screen");
  }

  /** Asks the person to turn on their microphone. @returns whether they agreed; false after 30 s without an answer */
  askToUnmute(): Promise<boolean> {
    return this.#ask("microphone");
  }

  /** As `askToUnmute`. */
  askToStartCamera(): Promise<boolean> {
    return this.#ask("camera");
  }

  /** As `askToUnmute`. Which screen, the browser asks them. */
  askToShareScreen(): Promise<boolean> {
    return this.#ask("screen");
  }

  openChat(): Promise<void> {
    return this.#open("chat");
  }

  openPeople(): Promise<void> {
    return this.#open("people");
  }

  openSettings(): Promise<void> {
    return this.#open("settings");
  }

  setView(view: PageLayout): Promise<void> {
    return this.told((frame) => frame.layout?.(view));
  }

  protected override config(): RoomConfig {
    const config: Record<string, unknown> = { lang: this.getAttribute("lang") ?? undefined, minimal: this.minimal };
    for (const name of REFLECTED) {
      config[propertyOf(name)] = this.getAttribute(name) ?? undefined;
    }
    return config as RoomConfig;
  }

  #lower(source: PageSource): Promise<void> {
    return this.told((frame) => frame.lower?.(source));
  }

  async #ask(source: PageSource): Promise<boolean> {
    const reply = readAskReply(await this.told((frame) => frame.ask?.(source)));
    if ("answer" in reply) return reply.answer;
    throw new CodedError(reply.code, "The person was not asked.");
  }

  async #open(part: PagePart): Promise<void> {
    if (!(await this.told((frame) => frame.open?.(part)))) throw new CodedError("not-now", "It can't be shown now.");
  }
}

reflect(WhatpingRoom.prototype, REFLECTED);

declare global {
  interface HTMLElementTagNameMap {
    "whatping-room": WhatpingRoom;
  }
}
