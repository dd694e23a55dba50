/** What the room says of its lobby, in German. Realm: frame. Pure. */
import type { LobbyWords } from "./en.ts";

export const deLobby: LobbyWords = {
  knock: "Anklopfen",
  "knock-title": "An diesen Raum klopfen",
  "knock-sentence":
    "Du hast seine Adresse, aber keine Einladung. Wer dort Gastgeber ist, sieht den Namen, den du hier schreibst, und entscheidet.",
  "lobby-title": "Im Vorraum",
  "lobby-nobody": "Noch ist niemand drin. Bleib hier: Wenn ein Gastgeber kommt, sieht er, dass du wartest.",
  "lobby-knocked": "Du hast geklopft. Ein Gastgeber muss dich hereinlassen.",
  "lobby-long":
    "Noch hat niemand geantwortet. Ein Gastgeber muss drin sein. Du kannst hier warten, so lange du willst.",
  "covered-admit": "Wenn du weitermachst, kommt diese Person in den Raum.",
  "lobby-compare":
    "Ein Gastgeber sieht dieselben sechs Ziffern. Sag ihm deine, zum Beispiel am Telefon: Erst dann weiss er, dass du es bist.",
  "lobby-full": "Der Vorraum ist voll. Wir klopfen von selbst wieder an.",
  "lobby-digits": "Deine sechs Ziffern",
  "turned-away-title": "Du wurdest nicht hereingelassen",
  "turned-away-sentence": "Ein Gastgeber hat so entschieden. War es ein Versehen, sprich auf anderem Weg mit ihm.",
  "no-lobby-title": "Du brauchst eine Einladung",
  "no-lobby-sentence": "In diesen Raum kommt man nur mit seinem Link. Bitte jemanden, der drin ist, darum.",
  lobby: "Vorraum",
  "lobby-sentence":
    "Jeder kann irgendeinen Namen schreiben. Frag alle, zum Beispiel am Telefon, welche Ziffern sie sehen.",
  "lobby-none": "Gerade wartet niemand.",
  "lobby-one": "{name} möchte hereinkommen",
  "lobby-many.one": "{count} Person möchte hereinkommen",
  "lobby-many.other": "{count} Personen möchten hereinkommen",
  "lobby-look": "Ansehen",
  "lobby-changed":
    "Du hast schon einmal eine Person namens {name} geprüft, mit einem anderen Schlüssel. Es kann ein neues Gerät sein, oder jemand, der sich ausgibt.",
  "lobby-digits-of": "Ziffern von {name}",
  "lobby-no-digits": "Die Ziffern kommen gleich.",
  "lobby-compared": "Wir haben die Ziffern verglichen: Sie sind gleich",
  "let-in": "Hereinlassen",
  "turn-away": "Abweisen",
  admission: "Wer hereinkommt",
  "admission-sentence": "Mit dem Link sofort, oder wenn ein Gastgeber öffnet.",
  "admission-link": "Wer den Link hat",
  "admission-link-sentence": "Kommt sofort herein. Niemand kann anklopfen.",
  "admission-both": "Wer den Link hat, und wen ein Gastgeber hereinlässt",
  "admission-both-sentence": "Mit dem Link kommt man sofort herein. Wer nur die Adresse des Raums hat, kann anklopfen.",
  "admission-knock": "Nur wen ein Gastgeber hereinlässt",
  "admission-knock-sentence": "Alle warten zuerst im Vorraum, mit oder ohne Link. Gastgeber nicht.",
  "invite-knock": "Wer diesen Link hat, kann anklopfen. Ein Gastgeber lässt ihn herein.",
  "address-title": "Die Adresse des Raums",
  "address-sentence":
    "Darin ist kein Schlüssel: Sie darf auf einer Website stehen. Wer sie öffnet, klopft an, und ein Gastgeber entscheidet.",
  address: "Adresse des Raums",
  "copy-address": "Adresse kopieren",
  "state-not-compared": "Nicht verglichen",
  "about-not-compared":
    "{name} kam aus dem Vorraum, und niemand hat die Ziffern verglichen: Es kann irgendwer sein. Vergleicht jetzt Ziffern, oder frag auf einem Weg, dem du traust.",
};
