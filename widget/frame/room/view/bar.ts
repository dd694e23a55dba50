/**
 * The one bar: what a person turns on, says of themselves, opens; what does not fit is in "more". Where nothing is on
 * yet, inviting is the one primary action. Realm: frame. Source: look.md, product.md R16.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import {
  Ellipsis,
  Hand,
  type IconNode,
  LayoutGrid,
  LogOut,
  MessageSquare,
  Mic,
  MicOff,
  PanelsTopLeft,
  ScreenShare,
  ShieldCheck,
  SmilePlus,
  UserPlus,
  Video,
  VideoOff,
} from "lucide";
import { icon } from "../../clip/view/icons.ts";
import type { RoomView } from "../room-view.ts";
import { say } from "../words/say.ts";
import { reactionRow } from "./reactions.ts";
import { isHandUp, isOffered, turn, turnHand } from "./turning.ts";

export interface BarAction {
  readonly id: string;
  readonly name: string;
  /** what stands below the icon, where that is less */
  readonly label?: string;
  readonly icon: IconNode;
  /** class, where a style has to find this one */
  readonly mark?: string;
  /** what it turns is on */
  readonly isPressed?: boolean;
  /** … and on its way only */
  readonly isBusy?: boolean;
  /** what it opens is open */
  readonly isOpen?: boolean;
  readonly act: (click: MouseEvent) => void;
}

/** Which of them go first where there is no room for all. */
const RANKS = ["microphone", "camera", "more", "leave", "chat", "invite", "screen", "hand", "react", "layout", "code"];
const MIDDLE = ["microphone", "camera", "screen", "hand", "react"];
const START = ["code", "invite"];

export function bar(view: RoomView): TemplateResult {
  const { shown } = barActions(view);
  // By its id: a button that has the focus must not become another one, "Leave" least of all.
  const buttons = (actions: readonly BarAction[]) =>
    repeat(
      actions,
      ({ id }) => id,
      (each) => button(view, each),
    );
  const part = (ids: readonly string[]) => buttons(shown.filter(({ id }) => ids.includes(id)));
  const end = shown.filter(({ id }) => !MIDDLE.includes(id) && !START.includes(id));
  return html`<div class="bar room-bar ${view.box.isNamed ? "labelled" : ""}">
    <div class="start">${part(START)}</div>
    <div class="middle">${part(MIDDLE)}</div>
    <div class="end">${buttons(end)}</div>
    ${reactionMenu(view)}
  </div>`;
}

/** What the bar has room for, and the rest. */
export function barActions(view: RoomView): { shown: readonly BarAction[]; rest: readonly BarAction[] } {
  const all = actions(view);
  const ranked = [...all].sort((a, b) => rankOf(view, a) - rankOf(view, b));
  const first = ranked.slice(0, view.box.slots);
  return { shown: all.filter((each) => first.includes(each)), rest: all.filter((each) => !first.includes(each)) };
}

/** A code that has changed is not hidden behind anything. */
function rankOf({ room }: RoomView, { id }: BarAction): number {
  if (id === "code" && hasNewCode(room)) return RANKS.indexOf("more") + 0.5;
  return RANKS.indexOf(id);
}

function hasNewCode({ seenCode, roomCode }: RoomView["room"]): boolean {
  return seenCode !== "" && seenCode !== roomCode;
}

/** In the order in which they stand. */
function actions(view: RoomView): BarAction[] {
  const all = [...roomActions(view), ...ownActions(view), ...wayActions(view)];
  // Whoever has something on must be able to turn it off.
  return all.filter((action) => action.isPressed || isShown(view, action.id));
}

/** Not what the page around does without, nor what the room's rules forbid. */
function isShown(view: RoomView, id: string): boolean {
  if (id === "microphone" || id === "camera" || id === "screen") return isOffered(view, id);
  return !(id === "react" && view.dataset.reactions === "off");
}

function roomActions(view: RoomView): BarAction[] {
  const isNew = hasNewCode(view.room);
  const code = {
    id: "code",
    name: isNew ? say("code-changed-mark") : say("code"),
    label: say("code"),
    icon: ShieldCheck,
    mark: isNew ? "code news" : "code",
    act: view.openCode,
  };
  return [code, { id: "invite", name: say("invite"), icon: UserPlus, act: () => view.open("invite") }];
}

function ownActions(view: RoomView): BarAction[] {
  const { microphone, camera, screen } = view.media.sources;
  return [
    {
      id: "microphone",
      name: say("microphone"),
      icon: microphone === "off" ? MicOff : Mic,
      mark: "round",
      isPressed: microphone !== "off",
      isBusy: microphone === "starting",
      act: (click) => turn(view, "microphone", click),
    },
    {
      id: "camera",
      name: say("camera"),
      icon: camera === "off" ? VideoOff : Video,
      mark: "round",
      isPressed: camera !== "off",
      isBusy: camera === "starting",
      act: (click) => turn(view, "camera", click),
    },
    {
      id: "screen",
      name: say("screen"),
      icon: ScreenShare,
      isPressed: screen !== "off",
      isBusy: screen === "starting",
      act: (click) => turn(view, "screen", click),
    },
    { id: "hand", name: say("hand"), icon: Hand, isPressed: isHandUp(view), act: () => turnHand(view) },
    { id: "react", name: say("react"), icon: SmilePlus, isOpen: view.isReacting, act: view.turnReacting },
  ];
}

function wayActions(view: RoomView): BarAction[] {
  const { chat, stage } = view;
  const chatAction: BarAction = {
    id: "chat",
    name: chat.hasNews ? say("chat-news") : say("chat"),
    label: say("chat"),
    icon: MessageSquare,
    mark: chat.hasNews ? "news" : "",
    isPressed: chat.isInSight,
    act: chat.turn,
  };
  const layout: BarAction = {
    id: "layout",
    name: say("view-speaker"),
    icon: stage.layout === "grid" ? LayoutGrid : PanelsTopLeft,
    isPressed: stage.layout === "speaker",
    act: stage.turnLayout,
  };
  return [
    ...(chat.isDoor ? [chatAction] : []),
    ...(stage.isOn && view.room.people.length > 1 ? [layout] : []),
    { id: "more", name: say("more"), icon: Ellipsis, act: () => view.open("more") },
    { id: "leave", name: say("leave"), icon: LogOut, mark: "leave", act: () => void view.call.leave() },
  ];
}

function button(view: RoomView, action: BarAction): TemplateResult {
  const isPrimary = action.id === "invite" && !view.stage.isOn;
  return isPrimary
    ? html`<button class="pill accent" aria-label=${action.name} @click=${action.act}>
        ${icon(action.icon)}<span>${action.name}</span>
      </button>`
    : barButton(action, view.stage.isOn && !view.chat.isInSight && action.id === "microphone");
}

/** @param isFirst gets the focus where the focused button went */
export function barButton(
  { id, name, label, icon: shape, mark = "", isPressed, isBusy, isOpen, act }: BarAction,
  isFirst = false,
) {
  return html`<button
    class="side ${mark}"
    data-action=${id}
    title=${name}
    aria-label=${name}
    aria-pressed=${isPressed ?? nothing}
    aria-busy=${isBusy ? "true" : nothing}
    aria-expanded=${isOpen ?? nothing}
    ?data-primary=${isFirst}
    @click=${act}
  >
    ${icon(shape)}<span>${label ?? name}</span>
  </button>`;
}

function reactionMenu(view: RoomView): TemplateResult | typeof nothing {
  if (!view.isReacting) return nothing;
  return html`<div class="reaction-menu">${reactionRow(view, view.turnReacting)}</div>`;
}
