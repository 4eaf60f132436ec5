import { hasLookup } from '../../../json/lookup.js';
import { placeIn } from '../../../json/place.js';

/** The fields that a scan finds in each entry, as a tree of keys. */
export interface WantedFields {
  readonly paths: readonly string[];
  readonly slots: number;
  readonly root: WantedField;
  /** Whether a path has to be looked up in each entry by itself. */
  readonly looksUp: boolean;
}

export interface WantedField {
  /** The number of steps that lead here. If one path can be meant in two ways, the one with more steps counts. */
  readonly depth: number;
  /** The slots for the value's token. */
  readonly slots: readonly number[];
  /** All slots below this node. */
  readonly below: readonly number[];
  readonly keys: readonly WantedKey[];
  /** The keys by their length in bytes: most keys of an entry have another length. */
  readonly byLength: readonly (readonly WantedKey[] | undefined)[];
}

export interface WantedKey {
  readonly name: Buffer;
  /** The index of an array element; -1 for a name. */
  readonly index: number;
  readonly node: WantedField;
}

/** Builds the tree for dotted paths; slot i belongs to `paths[i]`. `readPath` (providers/value.ts) defines paths. */
export function wantPaths(paths: readonly string[]): WantedFields {
  const plain = paths.flatMap((path, slot) => (hasLookup(path) ? [] : [{ steps: path.split('.'), slot }]));
  return { paths, slots: paths.length, root: grow(plain, 0), looksUp: plain.length < paths.length };
}

interface Rest {
  readonly steps: readonly string[];
  readonly slot: number;
}

function grow(under: readonly Rest[], depth: number): WantedField {
  const first = new Map<string, Rest[]>();
  const add = (name: string, rest: Rest) => first.set(name, [...(first.get(name) ?? []), rest]);
  const longer = under.filter(({ steps }) => steps.length > 0);
  for (const { steps, slot } of longer) {
    add(steps[0]!, { steps: steps.slice(1), slot });
    // A key may have the dots of a path itself.
    if (steps.length > 1) add(steps.join('.'), { steps: [], slot });
  }
  const keys = [...first].map(([name, rest]) => ({
    name: Buffer.from(name),
    index: indexOf(name),
    node: grow(rest, depth + 1),
  }));
  const byLength: WantedKey[][] = [];
  for (const key of keys) byLength[key.name.length] = [...(byLength[key.name.length] ?? []), key];
  return {
    depth,
    slots: under.filter(({ steps }) => steps.length === 0).map(({ slot }) => slot),
    below: longer.map(({ slot }) => slot),
    keys,
    byLength,
  };
}

/** The array index that a step of a path means; -1 if it is not a whole number. */
export function indexOf(step: string): number {
  return /^(?:0|[1-9]\d{0,14})$/.test(step) ? Number(step) : -1;
}

/** An entry of a page, where it was scanned. */
export interface ScannedEntry {
  /** The entry's own tokens: no white space between them, hazardous characters escaped. */
  readonly raw: Buffer;
  /** What it was scanned from. */
  readonly body: Buffer;
  /** Where the wanted tokens of all entries of the body are. */
  readonly places: readonly number[];
  /** The token of wanted path i goes from `places[first + 2 * i]` up to `places[first + 2 * i + 1]`; -1 if there is none. */
  readonly first: number;
  /** Why it is not an entry as APIs send them; absent: it is. */
  readonly odd?: OddEntry;
}

/** `too-deep`: an object nested deeper than 64 levels. */
export type OddEntry = 'not-an-object' | 'too-deep';

/** Finds all wanted tokens of the entry at `from` again, for entries in which a path is ambiguous. */
export function placeAll({ paths }: WantedFields, { body, places, first }: EntryPlaces, from: number): void {
  for (const [slot, path] of paths.entries()) {
    const place = placeIn(body, from, path);
    places[first + 2 * slot] = place?.start ?? -1;
    places[first + 2 * slot + 1] = place?.end ?? -1;
  }
}

interface EntryPlaces {
  readonly body: Buffer;
  readonly places: number[];
  readonly first: number;
}

/** The text at the first of the wanted paths `from` up to `to` that has a string or a number: a string's value, a number's own token. */
export function firstText({ body, places, first }: ScannedEntry, from: number, to: number): string | undefined {
  for (let slot = from; slot < to; slot += 1) {
    const start = places[first + 2 * slot] as number;
    if (start < 0) continue;
    const end = places[first + 2 * slot + 1] as number;
    const byte = body[start] as number;
    if (byte === QUOTE) {
      const text = body.toString('utf8', start + 1, end - 1);
      return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
    }
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return body.toString('latin1', start, end);
  }
  return undefined;
}

/** The tokens of the first object at these wanted paths. */
export function firstObject({ body, places, first }: ScannedEntry, from: number, to: number): string | undefined {
  for (let slot = from; slot < to; slot += 1) {
    const start = places[first + 2 * slot] as number;
    if (start >= 0 && body[start] === OPEN_BRACE) return body.toString('utf8', start, places[first + 2 * slot + 1]);
  }
  return undefined;
}

const OPEN_BRACE = 0x7b;
const QUOTE = 0x22;

/** Whether two entries of one body have the same bytes at these wanted paths. */
export function sameTokens(a: ScannedEntry, b: ScannedEntry, from: number, to: number): boolean {
  for (let slot = 2 * from; slot < 2 * to; slot += 2) {
    const start = a.places[a.first + slot] as number;
    const other = b.places[b.first + slot] as number;
    const length = (a.places[a.first + slot + 1] as number) - start;
    if ((b.places[b.first + slot + 1] as number) - other !== length) return false;
    for (let at = 0; at < length; at += 1) {
      if (a.body[start + at] !== b.body[other + at]) return false;
    }
  }
  return true;
}
