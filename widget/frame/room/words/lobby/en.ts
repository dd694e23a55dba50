/** What the room says of its lobby, in English. Realm: frame. Pure. */

export const enLobby = {
  knock: "Knock",
  "knock-title": "Knock at this room",
  "knock-sentence":
    "You have its address, and no invitation. Whoever is host there sees the name that you write, and decides.",
  "lobby-title": "In the lobby",
  "lobby-nobody": "Nobody is inside yet. Stay here: when a host comes, they see that you are waiting.",
  "lobby-knocked": "You have knocked. A host has to let you in.",
  "lobby-long": "Nobody has answered yet. A host has to be inside. You may wait here as long as you like.",
  "covered-admit": "If you go on, this person comes into the room.",
  "lobby-compare":
    "A host sees the same six digits. Tell them yours, by phone for example: only then do they know that it is you.",
  "lobby-full": "The lobby is full. We knock again by ourselves.",
  "lobby-digits": "Your six digits",
  "turned-away-title": "You were not let in",
  "turned-away-sentence": "A host decided so. If you think that it was a mistake, talk to them another way.",
  "no-lobby-title": "You need an invitation",
  "no-lobby-sentence": "This room is entered by its link only. Ask somebody inside for it.",
  lobby: "Lobby",
  "lobby-sentence": "Anybody can type any name. Ask each of them, by phone for example, which digits they see.",
  "lobby-none": "Nobody is waiting now.",
  "lobby-one": "{name} wants to come in",
  "lobby-many.one": "{count} person wants to come in",
  "lobby-many.other": "{count} people want to come in",
  "lobby-look": "Have a look",
  "lobby-changed": "You verified a {name} before, with another key. It may be a new device, or somebody who pretends.",
  "lobby-digits-of": "Digits of {name}",
  "lobby-no-digits": "The digits are on their way.",
  "lobby-compared": "We compared the digits: they are the same",
  "let-in": "Let in",
  "turn-away": "Turn away",
  admission: "Who comes in",
  "admission-sentence": "By the link at once, or when a host opens.",
  "admission-link": "Whoever has the link",
  "admission-link-sentence": "They come in at once. Nobody can knock.",
  "admission-both": "Whoever has the link, and whom a host lets in",
  "admission-both-sentence": "With the link one comes in at once. Whoever has only the room’s address can knock.",
  "admission-knock": "Only whom a host lets in",
  "admission-knock-sentence": "Everybody waits in the lobby first, link or not. Hosts do not.",
  "invite-knock": "Whoever has this link can knock. A host lets them in.",
  "address-title": "The room’s address",
  "address-sentence":
    "There is no key in it: you may put it on a website. Whoever opens it knocks, and a host decides.",
  address: "Address of the room",
  "copy-address": "Copy the address",
  "state-not-compared": "Not compared",
  "about-not-compared":
    "{name} came in from the lobby, and nobody compared the digits: it may be anybody. Compare digits now, or ask in a way that you trust.",
} as const;

export type LobbyWords = Readonly<Record<keyof typeof enLobby, string>>;
