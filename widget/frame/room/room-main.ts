/**
 * Entry of the room: top-level as `/r/<id>#h=…` or `#s=…&v=…`, or inside `<whatping-room>`. Realm: frame.
 * Source: protocol.md §11 (the fragment stays in the address until the click), product.md R16.
 */
import { formatGuestLink, formatHostLink, parseRoomLink } from "../../seal/room-link.ts";
import { CodedError } from "../../wire/errors.ts";
import { type RoomConfig, readRoomConfig } from "../../wire/page-room.ts";
import { NAME_MAX } from "../../wire/room-limits.ts";
import { allowedOrigins, meetHost } from "../host-link.ts";
import { Call } from "./call.ts";
import { PageAround } from "./page-around.ts";
import { PageEar } from "./page-ear.ts";
import { RoomView } from "./room-view.ts";
import { say, speak } from "./words/say.ts";

customElements.define("whatping-room-view", RoomView);
const view = document.querySelector("whatping-room-view") as RoomView;
const isEmbedded = window.parent !== window;

const ear = new PageEar();
let configuredLink: string | undefined;
let configuredLang: string | undefined;

const call = new Call({
  isEmbedded,
  onChange: (room) => {
    view.room = room;
    view.dataset.phase = room.phase;
    ear.hear({ room, media: view.media });
  },
  onMedia: (media) => {
    view.media = media;
    if (view.room) ear.hear({ room: view.room, media });
  },
  onEnter: (roomId) => {
    // From the click on, the link lives in this tab's memory and no longer in the address.
    if (!isEmbedded) history.replaceState(null, "", `/r/${roomId}`);
  },
  onError: (error) => ear.hearError(error),
});
view.call = call;
view.isEmbedded = isEmbedded;
view.covered.onAsk = (error) => ear.hearError(error);
const around = PageAround.of(view);

function openAddress(): void {
  const [, place = "", id = ""] = location.pathname.split("/");
  if (place !== "r") {
    call.waitAtStart();
  } else if (!location.hash && call.comeBack(id)) {
    view.prefill(call.name);
  } else {
    const { href } = location;
    repairAddress();
    call.approach(href);
  }
}

/** So that copying the address gives a link that works. */
function repairAddress(): void {
  try {
    const link = parseRoomLink(location.href);
    if (!link.mangled) return;
    const whole =
      link.kind === "host"
        ? formatHostLink(location.origin, link.roomId, link.hostSecret)
        : formatGuestLink(location.origin, link.roomId, link.roomSecret, link.v);
    history.replaceState(null, "", whole);
  } catch {
    // Not a link: what it is instead is said by whoever opens it.
  }
}

function configure({ link, name, lang, theme, rules, ...wishes }: RoomConfig): void {
  call.openingRules = rules ?? {};
  view.theme = theme ?? "auto";
  around.configure(wishes);
  if (name !== undefined) view.prefill(name.slice(0, NAME_MAX));
  if (lang !== configuredLang) {
    configuredLang = lang;
    void speak([...(lang ? [lang] : []), ...navigator.languages]).then(named);
  }
  if (call.isOutside && (link !== configuredLink || !view.room)) approach(link);
}

function approach(link: string | undefined): void {
  configuredLink = link;
  view.hasLink = link !== undefined;
  if (link === undefined) {
    if (call.comeBack()) view.prefill(call.name);
    else call.waitAtStart();
  } else if (URL.canParse(link) && new URL(link).origin !== location.origin) {
    call.refuse(new CodedError("link-malformed", "This link belongs to another server than this frame."));
  } else if (call.comeBack(roomIdOf(link))) {
    // The page's link may be an older one than the one that this tab was in with.
    view.prefill(call.name);
  } else {
    call.approach(link);
  }
}

function roomIdOf(link: string): string {
  return URL.canParse(link) ? (new URL(link).pathname.split("/")[2] ?? "") : "";
}

function named(): void {
  document.title = say("room");
}

addEventListener("pagehide", ({ persisted }) => {
  if (!persisted) call.vanish();
});

/** The page says hello once, when this document has loaded: it is listened for before any words are fetched. */
async function begin(): Promise<void> {
  const spoken = speak(navigator.languages).then(named);
  if (!isEmbedded) {
    await spoken;
    openAddress();
    addEventListener("hashchange", () => {
      if (location.hash && call.isOutside) openAddress();
    });
    return;
  }
  const heard = (config: unknown) => void spoken.then(() => configure(readRoomConfig(config)));
  ear.meet(await meetHost(allowedOrigins(), heard, around.methods));
}

void begin();
