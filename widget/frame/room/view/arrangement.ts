/**
 * Who and what stands on the stage, and where: everybody is a figure, with a picture or without; a place is a box in
 * pixels. Names come from the roster, never from the SFU. Pure. Realm: frame. Source: product.md R16.
 */
import type { Person } from "../../../wire/frame-group.ts";
import type { MediaState, Tile } from "../call/media-state.ts";
import { personsOf, type Room } from "../room.ts";

export type Layout = "grid" | "speaker";

export interface Figure {
  /** stays while it is on the stage, also when its picture comes or goes */
  readonly key: string;
  readonly kind: "person" | "screen";
  readonly own: boolean;
  /** undefined for a name at the SFU that nobody on the roster has */
  readonly person: Person | undefined;
  readonly tile?: Tile;
}

/** px, from the stage's start and top. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Arrangement {
  readonly places: ReadonlyMap<string, Place>;
  /** key of the one that is large */
  readonly front?: string;
  /** key of one's own, in a corner over the large one */
  readonly corner?: string;
  /** how many have no place, and where that is said */
  readonly more?: { readonly count: number; readonly place: Place };
}

/** px between figures. */
const GAP = 8;
/** So small that one still sees who it is, px: of the tiniest stage, of a phone's, of one with room. */
const LEAST_TINY: Size = { width: 84, height: 60 };
const LEAST_SMALL: Size = { width: 108, height: 88 };
const LEAST: Size = { width: 144, height: 96 };
/** Where a stage is as large as a phone's, and where it has room, px. */
const SMALL_PX: Size = { width: 330, height: 320 };
const ROOMY_PX = 560;

/** Somebody shows something, or is heard: else the chat has the room. */
export function isStageOn({ people, selfStates }: Room, { tiles, sources, speaking }: MediaState): boolean {
  const isSending = Object.values(sources).some((state) => state !== "off");
  const isHeard = speaking.length > 0 || people.some(({ id, self }) => !self && selfStates.get(id)?.microphone);
  return tiles.length > 0 || isSending || isHeard;
}

/** Screens first, then people in the roster's order, oneself last. */
export function figuresOf(room: Room, { tiles, sources }: MediaState): Figure[] {
  const figureOf = (tile: Tile): Figure => {
    const person = room.people.find(({ id }) => id === tile.person);
    const kind = tile.kind === "screen" ? "screen" : "person";
    // Two pictures of one person are not to be taken for one.
    const isFirst = tiles.find((each) => each.kind === tile.kind && each.person === tile.person) === tile;
    return {
      key: `${kind} ${person && isFirst ? person.id : `at the SFU ${tile.key}`}`,
      kind,
      own: false,
      person,
      tile,
    };
  };
  const shown = tiles.map(figureOf);
  const screens = shown.filter(({ kind }) => kind === "screen");
  const pictures = shown.filter(({ kind }) => kind === "person");
  const others = personsOf(room).filter(({ self }) => !self);
  const faces = others.flatMap((person): Figure[] => {
    const theirs = pictures.filter((figure) => isSamePerson(figure.person, person));
    return theirs.length > 0 ? theirs : [{ key: `person ${person.id}`, kind: "person", own: false, person }];
  });
  const nobodys = pictures.filter((figure) => !faces.includes(figure));
  const self = room.people.find((person) => person.self);
  return [
    ...screens,
    ...(sources.screen === "off" ? [] : [{ key: "own screen", kind: "screen", own: true, person: self } as const]),
    ...faces,
    ...nobodys,
    { key: "own", kind: "person", own: true, person: self },
  ];
}

/** Who reloaded has two leaves for some seconds. */
function isSamePerson(one: Person | undefined, other: Person): boolean {
  return one !== undefined && !one.self && one.identity === other.identity && one.name === other.name;
}

export interface Wish {
  readonly layout: Layout;
  /** key of the figure that the person wants large */
  readonly pinned: string | undefined;
  /** id of whoever speaks */
  readonly speaker: string | undefined;
}

/** A pin wins over a screen, a screen over whoever speaks. Undefined: all of one size. */
export function frontOf(figures: readonly Figure[], { layout, pinned, speaker }: Wish): Figure | undefined {
  if (figures.length < 2) return undefined;
  const others = figures.filter(({ own }) => !own);
  const pin = figures.find(({ key }) => key === pinned);
  const screen = others.findLast(({ kind, tile }) => kind === "screen" && tile?.opening !== "closed");
  if (pin || screen) return pin ?? screen;
  if (layout === "grid") return undefined;
  return others.find(({ person }) => person && person.id === speaker) ?? others.find(({ tile }) => tile) ?? others[0];
}

export function arrange(figures: readonly Figure[], wish: Wish, stage: Size): Arrangement {
  const front = frontOf(figures, wish);
  if (!front) return inGrid(figures, wish, stage);
  const rest = figures.filter((figure) => figure !== front);
  const isPair = rest.length === 1 && rest[0]?.key === "own";
  return isPair ? withCorner(front, stage) : withStrip(front, rest, wish, stage);
}

function inGrid(figures: readonly Figure[], wish: Wish, stage: Size): Arrangement {
  const least = leastIn(stage);
  const all = grid(figures.length, stage);
  const isFitting = (cell: Size) => cell.width >= least.width && cell.height >= least.height;
  if (isFitting(all.cell) || figures.length === 1) return seated(figures, all);
  let count = figures.length - 1;
  while (count > 2 && !isFitting(grid(count, stage).cell)) count--;
  const { cells, cell } = grid(count, stage);
  return seated(chosen(figures, count - 1, wish), { cells, cell }, figures.length - count + 1);
}

function leastIn({ width, height }: Size): Size {
  if (width < SMALL_PX.width || height < SMALL_PX.height) return LEAST_TINY;
  return width < ROOMY_PX ? LEAST_SMALL : LEAST;
}

function withCorner(front: Figure, { width, height }: Size): Arrangement {
  const side = Math.round(Math.min(Math.max(84, width * 0.22), 208, width / 2, (height / 2) * (4 / 3)));
  const own = { width: side, height: Math.round(side * 0.75) };
  return {
    front: front.key,
    corner: "own",
    places: new Map([
      [front.key, { x: 0, y: 0, width, height }],
      ["own", { x: width - own.width - GAP, y: height - own.height - GAP, ...own }],
    ]),
  };
}

/** Below where the stage is upright, beside where it is not. */
function withStrip(front: Figure, rest: readonly Figure[], wish: Wish, { width, height }: Size): Arrangement {
  const isBelow = height > width * 0.8;
  const side = isBelow ? Math.min(Math.max(64, height * 0.16), 120) : Math.min(Math.max(84, width * 0.18), 208);
  const along = isBelow ? width : height;
  // Two have a place beside each other even where it is low.
  const high = Math.min(side * 0.75, along >= 2 * LEAST_TINY.height ? (along - GAP) / 2 : along);
  const each = isBelow ? { width: Math.min(side, along), height: side } : { width: side, height: high };
  const step = (isBelow ? each.width : each.height) + GAP;
  const slots = Math.max(1, Math.floor((along + GAP) / step));
  const isMore = rest.length > slots;
  const shown = isMore ? chosen(rest, slots - 1, wish) : rest;
  const taken = Math.min(rest.length, slots);
  const start = (along - (taken * step - GAP)) / 2;
  const slot = (i: number): Place =>
    isBelow ? { x: start + i * step, y: height - side, ...each } : { x: width - side, y: start + i * step, ...each };
  const large = isBelow ? { width, height: height - side - GAP } : { width: width - side - GAP, height };
  return {
    front: front.key,
    places: new Map([[front.key, { x: 0, y: 0, ...large }], ...shown.map(({ key }, i) => [key, slot(i)] as const)]),
    ...(isMore && { more: { count: rest.length - shown.length, place: slot(shown.length) } }),
  };
}

interface Grid {
  readonly cell: Size;
  readonly cells: readonly Place[];
}

/** The number of columns that makes the figures largest, each taken as 4 : 3; the last row stands in the middle. */
function grid(count: number, { width, height }: Size): Grid {
  const sizeWith = (columns: number): Size => {
    const rows = Math.ceil(count / columns);
    return { width: (width - GAP * (columns - 1)) / columns, height: (height - GAP * (rows - 1)) / rows };
  };
  const worth = (columns: number) => {
    const cell = sizeWith(columns);
    return Math.min(cell.width / 4, cell.height / 3);
  };
  let columns = 1;
  for (let tried = 2; tried <= count; tried++) if (worth(tried) > worth(columns)) columns = tried;
  const cell = sizeWith(columns);
  const cells = Array.from({ length: count }, (_, i): Place => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    const start = (width - inRow * (cell.width + GAP) + GAP) / 2;
    return { x: start + (i % columns) * (cell.width + GAP), y: row * (cell.height + GAP), ...cell };
  });
  return { cell, cells };
}

function seated(figures: readonly Figure[], { cells }: Grid, hidden = 0): Arrangement {
  const places = new Map(figures.map(({ key }, i) => [key, cells[i] as Place] as const));
  const last = cells.at(-1) as Place;
  return hidden > 0 ? { places, more: { count: hidden, place: last } } : { places };
}

/** Whoever speaks, and whoever shows something, before the others; oneself too. In the order in which they stood. */
function chosen(figures: readonly Figure[], count: number, { speaker }: Wish): Figure[] {
  const worth = ({ kind, own, person, tile }: Figure): number => {
    if (own && kind === "person") return 3;
    if (person && person.id === speaker) return 2;
    return tile ? 1 : 0;
  };
  const best = [...figures].sort((a, b) => worth(b) - worth(a)).slice(0, count);
  return figures.filter((figure) => best.includes(figure));
}
