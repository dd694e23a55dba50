/**
 * Names that people take for the same one: other spaces and bytes, nothing to see, letters of another alphabet that look
 * the same. Pure. Realm: frame. Source: UTS #39 §4 (skeleton), confusables.txt, of which these are the letters of the
 * alphabets that names are written in, as far as they look like one Latin letter and NFKC leaves them alone; product.md R9.
 */

const LOOKALIKES: Readonly<Record<string, string>> = {
  a: "ɑΑαАаᎪꓮ",
  b: "ƄΒВЬᏏᏴꓐꞴ",
  c: "СсᏟᴄⲤⲥꓚꮯ",
  d: "ԁᎠᏧꓒꓓ",
  e: "ΕЕеҽᎬꓰꬲ",
  f: "ϜքẝꓝꞘꞙꬵ",
  g: "ƍɡԌցᏀᏳᶃꓖ",
  h: "ΗНһհᎻᏂⲎꓧ",
  i: "ıɩɪιіӏᎥꙇꭵ",
  j: "ͿϳЈјᎫꓙꞲ",
  k: "ΚКᏦⲔꓗ",
  l: "ƖǀΙІӀᏞⲒⳐꓡꓲ",
  m: "ΜϺМᎷⲘꓟ",
  n: "ΝոռⲚꓠ",
  o: "ΟοσОоՕօᴏᴑⲞⲟꓳꬽ",
  p: "ΡρРрᏢⲢⲣꓑ",
  q: "ԛգզ",
  r: "ƦгᎡᏒᴦⲅꓣꭇꭈꮁ",
  s: "ƽЅѕՏᏕᏚꓢꜱꮪ",
  t: "ΤТᎢⲦꓔ",
  u: "ʋυՍսᴜꓴꞟꭎꭒ",
  v: "νѴѵᏙᴠꓦꮩ",
  w: "ɯѡԜԝաᎳᏔᴡꓪꮃ",
  x: "ΧХхⲬꓫꞳ",
  y: "ɣʏΥγУуҮүᎩᎽᶌỿⲨꓬꭚ",
  z: "ΖᏃᴢꓜꮓ",
};
const LATIN = new Map(
  Object.entries(LOOKALIKES).flatMap(([latin, same]) => [...same].map((one) => [one, latin] as const)),
);

/** Nothing of these is seen: format characters, fillers, selectors, and the Braille cell without a dot. */
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Whether people take the one for the other. Capitals do not count: whoever invites somebody may write them either way. */
export function isSameName(one: string, other: string): boolean {
  return plain(one) === plain(other) || skeleton(one) === skeleton(other);
}

function plain(name: string): string {
  return tidy(name).toLowerCase().normalize("NFC");
}

/** Before small letters are made of capitals, as В looks like B and в like nothing; and after, for those that follow. */
function skeleton(name: string): string {
  const latin = inLatin(inLatin(tidy(name)).toLowerCase());
  return latin
    .replaceAll(/[il1|]/g, "l")
    .replaceAll("0", "o")
    .replaceAll("rn", "m")
    .normalize("NFC");
}

function inLatin(text: string): string {
  return [...text.normalize("NFD")].map((one) => LATIN.get(one) ?? one).join("");
}

function tidy(name: string): string {
  return name.normalize("NFKC").replaceAll(UNSEEN, "").replaceAll(/\s+/g, " ").trim();
}
