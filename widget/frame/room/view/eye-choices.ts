/**
 * Whose pictures can be looked at: cameras and screens of others that are on the stage, and one's own. Pure.
 * Realm: frame; sees names and who shows what.
 */
import type { Person } from "../../../wire/frame-group.ts";
import type { MediaState } from "../call/media-state.ts";

export interface EyeChoice {
  readonly key: string;
  readonly person: Pick<Person, "id" | "name" | "self">;
  readonly kind: "video" | "screen";
}

export function eyeChoices(people: readonly Person[], { tiles, sources }: MediaState): EyeChoice[] {
  const self = people.find((person) => person.self);
  const choice = (person: Person, kind: EyeChoice["kind"]) => ({ key: `${kind} ${person.id}`, person, kind });
  const others = tiles.flatMap(({ person: id, kind }) => {
    const person = people.find((one) => one.id === id);
    return person && (kind === "video" || kind === "screen") ? choice(person, kind) : [];
  });
  if (!self) return others;
  return [
    ...(sources.camera === "on" ? [choice(self, "video")] : []),
    ...(sources.screen === "on" ? [choice(self, "screen")] : []),
    ...others,
  ];
}
