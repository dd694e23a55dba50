/**
 * All that the room says, in English: the source of the other languages. `{…}` stands for what is filled in.
 * The ids are stable: a sentence may change, what it is for may not. Realm: frame. Pure.
 */
import { enCall } from "./call/en.ts";
import { enLobby } from "./lobby/en.ts";

export const en = {
  ...enCall,
  ...enLobby,

  // what begins
  room: "Sealed room",
  "start-title": "Start a room",
  "start-sentence":
    "See, hear and write to each other. Everything is sealed on your device: only for the people inside.",
  "start-act": "Start a room",
  "opening-title": "Starting your room",
  "not-opened-title": "The room could not be started",
  name: "Your name",
  "name-missing": "Write a name first. The others see it.",
  "invited-title": "You are invited",
  "invited-sentence": "Who invited you? Only you know: whoever gave you this link. We don’t.",
  "host-title": "Your room",
  "host-sentence": "You came with the host link. With it you can send people away and renew the invitation.",
  "here-title": "Come back in?",
  "here-sentence": "You were in this room a moment ago.",
  "seen-title": "What the others see",
  "seen-name": "the name that you write here",
  "seen-key": "whether it is the same browser as last time",
  "seen-not-kept": "not whether you were here before: this browser forgets it with this tab",
  "seen-not": "not your e-mail address, and not where you are",
  enter: "Enter",
  mangled:
    "A program changed this link on its way, so the server has seen the room’s secret. Better ask a host for a new link.",

  // on the way in
  "connecting-title": "Connecting",
  "connecting-long": "There is no answer yet. Check the connection. We keep on trying.",
  "entering-title": "Going in",
  "entering-sentence": "Fresh keys are being made, for this visit only.",
  "waiting-title": "At the door",
  "waiting-sentence": "The devices inside open by themselves. Usually that takes a second.",
  "waiting-long":
    "Nobody has answered yet. Somebody inside has to be online. If nobody is inside, it opens by itself in a moment.",
  "waiting-locked-title": "The room is locked",
  "waiting-locked": "A host has closed it to anybody new. As soon as they open it, you come in.",
  "anew-offer":
    "Nobody lets you in. You are a host: begin the room anew? Everyone in it now is out, and the old link is dead.",
  "anew-title": "Begin the room anew?",
  "anew-sentence":
    "Everyone in it now is out, and the old link is dead. Whoever shall come back needs a new invitation.",
  "anew-act": "Begin anew",
  cancel: "Cancel",

  // how it ends
  "left-title": "You have left",
  "left-sentence": "What was said is gone from this device, and so are your keys for this room.",
  "come-back": "Come back in",
  "removed-title": "A host sent you away",
  "removed-sentence": "The link that you came by is dead. If that was a mistake, ask for the new one.",
  "ended-title": "The room has ended",
  "ended-sentence": "A host has ended it for everybody. What was said is gone from this device.",
  "replaced-title": "This link has been replaced",
  "replaced-sentence": "Ask for the new one.",
  "no-room-title": "There is no such room",
  "no-room-sentence":
    "The link is not complete, or nobody came for a long time. Copy all of it again, or ask for a new one.",
  "malformed-title": "A piece of the link is missing",
  "malformed-sentence": "Copy the whole link, to its very end, and open it again.",
  "not-genuine-title": "Stop: this is not the room it claims to be",
  "not-genuine-sentence":
    "Somebody put another room in its place. You were not let in, and nothing of yours was sent. Don’t use this link again, and tell the person who gave it to you, by phone or face to face.",
  "failed-title": "Something went wrong",
  "failed-sentence": "It was our fault, not yours. Please try again.",
  "offline-title": "No connection",
  "offline-sentence": "Check the connection and try again.",
  "busy-title": "Too many tries just now",
  "busy-sentence": "Wait a minute and try again.",
  "try-again": "Try again",
  "start-over": "Start a new room",

  // inside
  people: "People",
  "people.one": "{count} person",
  "people.other": "{count} people",
  reconnecting: "The connection is lost. We come back by ourselves. What you write now is sent then.",
  "reconnecting-waiting": "Back at the door: somebody inside has to be online. What you write now is sent then.",
  "back-inside": "You are back inside.",
  inside: "You are inside.",
  trouble: "The server is busy. We try again by ourselves.",
  invite: "Invite",
  code: "Room code",
  more: "More",
  leave: "Leave",
  close: "Close",
  done: "Done",
  keep: "Leave it",

  // chat
  chat: "Chat",
  "chat-empty-alone": "Nobody else is here yet.",
  "chat-earlier": "Earlier messages",
  "chat-empty": "Say hello. Only the people in this room can read it.",
  "copy-invite": "Copy invite",
  write: "Write a message",
  send: "Send",
  "chars-left.one": "{count} character left",
  "chars-left.other": "{count} characters left",
  "chars-over.one": "{count} character too many",
  "chars-over.other": "{count} characters too many",
  "not-sent-yet": "Not sent yet",
  sending: "Sending",
  sent: "Sent",
  you: "You",
  somebody: "Somebody",
  came: "{name} came in",
  back: "{name} came back",
  left: "{name} left",
  lost: "{name} was lost: the connection went without a goodbye",
  "lost-says": "{by}’s device says that {name} was lost: the connection went without a goodbye",
  "sent-away": "{name} was removed",
  "sent-away-by": "{by} removed {name}",
  "you-sent-away": "You removed {name}",
  away: "{name} is no longer here",
  locked: "The room is locked: nobody new comes in until a host unlocks it",
  unlocked: "The room is unlocked",
  "new-messages": "New messages",
  held: "Your messages are held back",
  "held-sentence": "Something about {name} is not right. Nothing is sent until you have looked.",
  "held-look": "Look at it",

  // people
  "tag-locked": "Locked",
  "tag-host": "Host",
  "tag-you": "You",
  "tag-you-elsewhere": "You, in another window",
  "state-new": "New",
  "state-seen": "Seen before",
  "state-verified": "Verified",
  "state-changed": "Changed",
  "state-differs": "Digits differ",
  "state-unconfirmed": "Not confirmed",
  "state-lost": "Lost",
  "about-own": "This is you. The others see this name, and the key of this browser.",
  "about-new":
    "This browser has not met {name} before. Anyone can choose a name: to be sure who it is, compare digits.",
  "about-seen":
    "The same browser as before, under this name. You have never compared digits, so it is not certain who it is.",
  "about-verified": "You compared digits with {name}, and they matched. This is the same browser.",
  "about-changed":
    "You verified a {name} before, and this is not the same key. It may be a new device, or somebody who pretends. Your messages wait until you have decided.",
  "about-differs": "Your digits and those of {name} did not match. Somebody may stand between you. Your messages wait.",
  "about-unconfirmed":
    "Nothing was heard of {name} for ten seconds. Perhaps the connection is slow, perhaps it is gone.",
  "about-lost":
    "The connection of {name} went without a goodbye. If that goes on, the server may be keeping you apart.",
  "compare-digits": "Compare digits",
  "another-person": "It is somebody else with that name",
  remove: "Remove",
  "remove-title": "Remove {name}?",
  "remove-sentence":
    "{name} is out at once, and the room gets a new link. Everyone else stays. Whoever you invited and who is not here yet needs the new link.",
  "remove-act": "Remove",
  "pair-title": "You and {name}",
  "pair-sentence":
    "Call each other, or stand next to each other. Read the digits aloud: both of you must see the same ones.",
  "pair-digits": "Digits to compare",
  "pair-qr": "The same digits as a picture: a phone’s camera reads it.",
  "pair-match": "They match",
  "pair-differ": "They don’t match",

  // room code
  "code-sentence": "Compare this aloud. It changes only when somebody comes or goes.",
  "code-why": "All of you see the same digits? Then nobody is in here unseen.",
  "code-sealed": "Sound and pictures are sealed with {cipher}, keys are agreed on with {agreement}.",
  "code-changed": "It has changed since you last looked: somebody came or went.",
  "code-changed-mark": "Room code, changed since you looked",
  digits: "Digits of the room code",

  // inviting
  "invite-title": "Invite people",
  "invite-sentence": "Whoever has this link can come in. Send it in a way that you trust.",
  "invite-link": "Invitation link",
  "invite-none": "There is no link yet. It comes in a moment.",
  "invite-locked": "The room is locked: this link lets in nobody new until a host unlocks it.",
  "invite-suspended":
    "The room had to be put together again twice in a short time. This link lets in nobody new until a host makes a new one.",
  "copy-text": "Copy as text",
  share: "Share",
  copied: "Copied",
  "copy-by-hand": "The browser did not let us copy. The link is marked: copy it with your keyboard.",
  "invite-text": "Come into our sealed room. Only the people inside see, hear and read what is said there: {link}",
  "host-link-title": "Keep your host link",
  "host-link-sentence": "With it you are host again, on any device. Whoever has it is host too: don’t give it away.",
  "host-link": "Host link",
  "copy-host-link": "Copy host link",
  "new-link": "New link",
  "new-link-title": "Make a new invitation link?",
  "new-link-sentence": "The old one stops working at once. Everyone who is inside stays.",
  "new-link-act": "Make a new link",
  "new-link-done": "The invitation link is new. The old one is dead.",
  lock: "Lock the room",
  "lock-sentence": "Everyone who is inside stays. Nobody new comes in, not even with the link.",
  unlock: "Unlock the room",
  "unlock-sentence": "Whoever has the link can come in again.",

  // more
  heal: "Refresh my keys",
  "heal-sentence": "Did somebody else use this device? Fresh keys lock out whoever copied the old ones.",
  "heal-running": "Your keys are being refreshed.",
  "heal-done": "Your keys are fresh.",
  forget: "Forget people I met",
  "forget-sentence":
    "Names and public keys of the people you met are kept in this browser, so that you know them again.",
  "forget-not-kept":
    "This browser keeps nothing for us: when you close this tab, the people you met are forgotten, and nobody knows you again.",
  "forget-title": "Forget everyone you met?",
  "forget-warning": "Everyone is new to you then, also those whose digits you compared.",
  "forget-act": "Forget them",
  "forget-done": "Forgotten. Everyone is new to you again.",

  // while something covers the frame
  "covered-title": "Something covers this window",
  "covered-why": "You may not see all of it, so we ask again.",
  "covered-stay": "Leave it",
  "covered-go-on": "Yes, go on",
  "covered-camera": "If you go on, your camera is switched on.",
  "covered-microphone": "If you go on, your microphone is switched on.",
  "covered-voice": "If you go on, your microphone is switched on, and the others in the room hear you.",
  "covered-picture": "If you go on, your camera is switched on, and the others in the room see you.",
  "covered-screen": "If you go on, you choose a screen or window, and the others in the room see it.",
  "covered-enter": "If you go on, you go into a room, and the others there see your name.",
  "covered-invite": "If you go on, the room’s link is copied, and this website may be able to read it.",
  "covered-host": "If you go on, you use what only hosts can do.",
  "covered-trust": "If you go on, this person counts as the one you think they are.",

  // alarm
  "alarm-title": "Something false came, and was not let in",
  "alarm-what": "What happened",
  "alarm-history": "The server told a story that does not fit what it told before, or what the others hear.",
  "alarm-person": "Somebody tried to change who is in here without being allowed to.",
  "alarm-room": "The rules of this room were forged, or old ones were shown again.",
  "alarm-message": "A message came that its sender did not seal rightly.",
  "alarm-unknown": "Something came that no honest server or person sends.",
  "alarm-not-taken": "What was not taken",
  "alarm-nothing": "None of it: no person, no key, no message.",
  "alarm-do": "What to do now",
  "alarm-advice": "Compare the room code with the others. If this comes again, leave, and meet in a new room.",
  "alarm-seen": "I have read it",
} as const;

export type WordId = keyof typeof en;
/** Words with a number: `.one` and `.other` stand in the catalogue. */
export type CountId = WordId extends infer W ? (W extends `${infer Stem}.other` ? Stem : never) : never;
/** The words of another language: the same ids, nothing missing. */
export type Words = Readonly<Record<WordId, string>>;
