/**
 * The room's words in the person's language: one catalogue per language, loaded when it is needed.
 * Realm: frame. Source: @lit/localize, runtime mode.
 */
import { configureLocalization, msg } from "@lit/localize";
import { type CountId, en, type WordId } from "./en.ts";

type Filled<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Filled<Rest> : never;
type Values<I extends WordId> = [Filled<(typeof en)[I]>] extends [never]
  ? []
  : [values: Readonly<Record<Filled<(typeof en)[I]>, string>>];

const CATALOGUES: Readonly<Record<string, () => Promise<{ templates: Readonly<Record<string, string>> }>>> = {
  de: () => import("./de.ts").then(({ de }) => ({ templates: de })),
  fr: () => import("./fr.ts").then(({ fr }) => ({ templates: fr })),
  it: () => import("./it.ts").then(({ it }) => ({ templates: it })),
};
const SOURCE = "en";

const { getLocale, setLocale } = configureLocalization({
  sourceLocale: SOURCE,
  targetLocales: Object.keys(CATALOGUES),
  loadLocale: (locale) => (CATALOGUES[locale] as (typeof CATALOGUES)[string])(),
});

/** Says it in the language of now. */
export function say<I extends WordId>(id: I, ...[values]: Values<I>): string {
  return filled(msg(en[id], { id }), values ?? {});
}

/** With a number, in its right form: `people` → "3 people". */
export function sayCount(stem: CountId, count: number): string {
  const form = new Intl.PluralRules(getLocale()).select(count) === "one" ? "one" : "other";
  const id = `${stem}.${form}` as WordId;
  return filled(msg(en[id], { id }), { count: new Intl.NumberFormat(getLocale()).format(count) });
}

/** BCP 47 tag of the language that is on screen. */
export function language(): string {
  return getLocale();
}

/**
 * Speaks the first of these languages that there is; English if none is.
 * @param wanted BCP 47 tags, as a page or a browser gives them
 */
export async function speak(wanted: readonly string[]): Promise<void> {
  const found = wanted
    .map((tag) => tag.toLowerCase().split("-")[0] ?? "")
    .find((tag) => tag === SOURCE || Object.hasOwn(CATALOGUES, tag));
  try {
    await setLocale(found ?? SOURCE);
  } catch {
    // The file did not come: the language of now goes on.
  }
  document.documentElement.lang = getLocale();
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
