/**
 * Turning on and off what one sends: on only by a click or key that the person meant, off at once. Realm: frame.
 * Source: protocol.md §11.
 */
import type { MediaKind } from "../../../wire/group-media.ts";
import type { Source } from "../call/media-state.ts";
import type { RoomView } from "../room-view.ts";

const KINDS: Readonly<Record<Source, MediaKind>> = { microphone: "audio", camera: "video", screen: "screen" };
const EXPOSURES = { microphone: "voice", camera: "picture", screen: "screen" } as const;

/** Not what the room's rules forbid, for there are no keys for it, nor a screen that the page around does without. */
export function isOffered({ room, dataset }: RoomView, source: Source): boolean {
  return (room.rules?.kinds.includes(KINDS[source]) ?? true) && !(source === "screen" && dataset.screenShare === "off");
}

/** @param press what the person did, by whatever button or key */
export function turn(view: RoomView, source: Source, press: UIEvent): void {
  const { media } = view.call;
  if (view.media.sources[source] !== "off") void media.turn(source, false);
  else if (isOffered(view, source)) view.exposing(EXPOSURES[source], press, () => void media.turn(source, true));
}

export function isHandUp({ room }: RoomView): boolean {
  const self = room.people.find((person) => person.self);
  return self !== undefined && room.selfStates.get(self.id)?.hand === true;
}

export function turnHand(view: RoomView): void {
  void view.call.commands.raiseHand(!isHandUp(view));
}
