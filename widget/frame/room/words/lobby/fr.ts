/** What the room says of its lobby, in French. Realm: frame. Pure. */
import type { LobbyWords } from "./en.ts";

export const frLobby: LobbyWords = {
  knock: "Frapper",
  "knock-title": "Frapper à ce salon",
  "knock-sentence":
    "Vous avez son adresse, mais pas d’invitation. Les hôtes voient le nom que vous écrivez ici, et décident.",
  "lobby-title": "Dans l’entrée",
  "lobby-nobody": "Il n’y a encore personne. Restez ici : quand un hôte arrive, il voit que vous attendez.",
  "lobby-knocked": "Vous avez frappé. Un hôte doit vous faire entrer.",
  "lobby-long":
    "Personne n’a encore répondu. Il faut qu’un hôte soit là. Vous pouvez attendre ici aussi longtemps que vous voulez.",
  "covered-admit": "Si vous continuez, cette personne entre dans le salon.",
  "lobby-compare":
    "Un hôte voit les mêmes six chiffres. Dites-lui les vôtres, par téléphone par exemple : c’est ainsi qu’il sait que c’est vous.",
  "lobby-full": "L’entrée est pleine. Nous frappons de nouveau tout seuls.",
  "lobby-digits": "Vos six chiffres",
  "turned-away-title": "On ne vous a pas fait entrer",
  "turned-away-sentence": "Un hôte en a décidé ainsi. Si c’est une erreur, parlez-lui par un autre moyen.",
  "no-lobby-title": "Il vous faut une invitation",
  "no-lobby-sentence": "On n’entre dans ce salon que par son lien. Demandez-le à quelqu’un qui y est.",
  lobby: "Entrée",
  "lobby-sentence":
    "N’importe qui peut écrire n’importe quel nom. Demandez à chacun, par téléphone par exemple, quels chiffres il voit.",
  "lobby-none": "Personne n’attend en ce moment.",
  "lobby-one": "{name} voudrait entrer",
  "lobby-many.one": "{count} personne voudrait entrer",
  "lobby-many.other": "{count} personnes voudraient entrer",
  "lobby-look": "Voir",
  "lobby-changed":
    "Vous avez déjà vérifié quelqu’un du nom de {name}, avec une autre clé. C’est peut-être un nouvel appareil, ou quelqu’un qui fait semblant.",
  "lobby-digits-of": "Chiffres de {name}",
  "lobby-no-digits": "Les chiffres arrivent.",
  "lobby-compared": "Nous avons comparé les chiffres : ce sont les mêmes",
  "let-in": "Faire entrer",
  "turn-away": "Refuser",
  admission: "Qui entre",
  "admission-sentence": "Par le lien tout de suite, ou quand un hôte ouvre.",
  "admission-link": "Qui a le lien",
  "admission-link-sentence": "Entre tout de suite. Personne ne peut frapper.",
  "admission-both": "Qui a le lien, et qui un hôte fait entrer",
  "admission-both-sentence": "Avec le lien, on entre tout de suite. Qui n’a que l’adresse du salon peut frapper.",
  "admission-knock": "Seulement qui un hôte fait entrer",
  "admission-knock-sentence": "Tout le monde attend d’abord dans l’entrée, avec ou sans lien. Sauf les hôtes.",
  "invite-knock": "Qui a ce lien peut frapper. Un hôte fait entrer.",
  "address-title": "L’adresse du salon",
  "address-sentence":
    "Elle ne contient aucune clé : elle peut figurer sur un site. Qui l’ouvre frappe, et un hôte décide.",
  address: "Adresse du salon",
  "copy-address": "Copier l’adresse",
  "state-not-compared": "Non comparé",
  "about-not-compared":
    "{name} vient de l’entrée, et personne n’a comparé les chiffres : ce peut être n’importe qui. Comparez des chiffres maintenant, ou demandez par un moyen sûr.",
};
