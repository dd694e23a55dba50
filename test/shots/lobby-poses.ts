/**
 * States of the lobby, on both sides of the door, each reached by the events that lead to it. Test support.
 */
import type { Room, RoomChange } from "../../widget/frame/room/room.ts";
import type { Waiting } from "../../widget/wire/frame-group.ts";
import { DEFAULT_RULES } from "../../widget/wire/room-rules.ts";
import { ANNA, after, BEN, joins, MARA, person, phase, TALK } from "./room-poses.ts";

const VISITOR: RoomChange = {
  type: "arrived",
  link: { isHost: false, isMangled: false, isLobby: true, wasHere: false },
};
const KNOCKING = [VISITOR, phase("connecting"), phase("lobby")];
const knocking = (isOpen: boolean, digits: string | null): RoomChange => ({ type: "knocking", isOpen, digits });

const waiting = (name: string, digits: string | null, identity = `key of ${name}`): Waiting => ({
  ...{ id: `knock of ${name}`, identity, name, digits },
});
const lobby = (...some: readonly Waiting[]): RoomChange => ({ type: "lobby", waiting: some });
const rules = (admission: (typeof DEFAULT_RULES)["admission"]): RoomChange => ({
  ...{ type: "rules", rules: { ...DEFAULT_RULES, admission }, region: "any", suspended: false },
});

const ZOE = waiting("Zoë Brunner", "048213");
const LONG = waiting("Émilie-Charlotte de la Fontaine-Bellegarde", "770105");
/** Says that she is Anna, whom Mara has verified. */
const FALSE_ANNA = waiting("anna", "315902", "key of another Anna");
const VIA_LOBBY = person("Zoë Brunner", { unverified: true });

export const LOBBY_POSES: Readonly<Record<string, Room>> = {
  "pre-join, by the address": after(VISITOR),
  "lobby, nobody there": after(...KNOCKING, knocking(false, null)),
  "lobby, knocked": after(...KNOCKING, knocking(true, null)),
  "lobby, digits": after(...KNOCKING, knocking(true, "048213")),
  "lobby, full": after(...KNOCKING, { type: "trouble", code: "too-many-requests" }),
  "turned away": after(...KNOCKING, phase("refused", "turned-away")),
  "no lobby": after(...KNOCKING, phase("refused", "no-lobby")),
  "one knocks": after(...TALK, rules(["link", "knock"]), lobby(ZOE)),
  "three knock": after(...TALK, rules(["knock"]), lobby(ZOE, LONG, FALSE_ANNA)),
  "a long name knocks": after(...TALK, rules(["knock"]), lobby(waiting("W".repeat(64), "100200"))),
  "one knocks, no digits yet": after(...TALK, rules(["link", "knock"]), lobby(waiting("", null))),
  "somebody not compared": after(...TALK, joins(VIA_LOBBY, [MARA, ANNA, BEN])),
};
