import { hash } from 'node:crypto';
import { openIdSet } from '../manifest/ids.js';
import type { GoneRecord } from '../manifest/shape/file.js';
import type { Entries } from './file.js';
import { HashSet, hashOf } from './hashes.js';
import { chosenEntries, type DaySides, type Each, type EntryKey, eachGathered, eachHeld } from './sides.js';

export interface Comparison {
  /** Entries that are in no file of the day, in canonical order; undefined: none. */
  readonly fresh: { readonly rows: number; readonly entries: Entries } | undefined;
  /** Entries of its files that the server no longer returns; undefined: none. */
  readonly gone: Gone | undefined;
}

export interface Gone {
  readonly record: GoneRecord;
  readonly keys: ReadonlySet<string>;
}

/** Compares by id; several entries with one id by number and text. Reads no file if nothing has changed. Rejects as `readHeld`. */
export async function compareDay(sides: DaySides): Promise<Comparison> {
  if (await isAlike(sides)) return { fresh: undefined, gone: undefined };
  const known = new HashSet();
  await eachHeld(sides)((_, { key }) => known.add(hashOf(key)));
  const grown = new Map<string, number>();
  let fresh = 0;
  await eachGathered(sides)((_, { key, id, nth }) => {
    if (known.mark(hashOf(key))) return;
    fresh += 1;
    if (nth > 0 && known.has(hashOf(id))) grown.set(id, (grown.get(id) ?? 0) + 1);
  });
  const chosen = await chooseTexts(grown, eachHeld(sides), eachGathered(sides));
  const isFresh = ({ key, id }: EntryKey): boolean =>
    chosen?.has(id) === true ? chosen.keys.has(key) : !known.has(hashOf(key));
  const gone = known.unmarked === 0 ? undefined : await goneOf(sides, known);
  return { fresh: fresh === 0 ? undefined : { rows: fresh, entries: () => chosenEntries(sides, isFresh) }, gone };
}

/** Whether the day has one file, with exactly the gathered ids, each once. */
async function isAlike(sides: DaySides): Promise<boolean> {
  const [only, ...more] = sides.held;
  const file = only?.file;
  if (more.length > 0 || file?.ids == null || file.rows !== file.ids.count || sides.lines.rows !== file.rows)
    return false;
  const ids = openIdSet(sides.files.openSpool);
  await eachGathered(sides)((_, { key }) => ids.add(key));
  return ids.finish().sha256 === file.ids.sha256;
}

interface Chosen {
  readonly keys: ReadonlySet<string>;
  has(id: string): boolean;
}

/**
 * Chooses the entries that the other side lacks, of ids that `own` has more entries of: those whose text the other side does not have, up to
 * the difference. Undefined if no id has more, or if a file has no texts (CSV): then the last entries of the id are taken.
 */
async function chooseTexts(more: ReadonlyMap<string, number>, other: Each, own: Each): Promise<Chosen | undefined> {
  if (more.size === 0) return undefined;
  const texts = new Set<string>();
  let hasNoText = false;
  await other(({ raw }, { id }) => {
    if (!more.has(id)) return;
    if (raw === undefined) hasNoText = true;
    else texts.add(textOf(id, raw));
  });
  const left = new Map(more);
  const keys = new Set<string>();
  await own(({ raw }, { id, key }) => {
    const due = left.get(id) ?? 0;
    if (due === 0) return;
    if (raw === undefined) hasNoText = true;
    else if (texts.has(textOf(id, raw))) return;
    left.set(id, due - 1);
    keys.add(key);
  });
  return hasNoText ? undefined : { keys, has: (id) => more.has(id) };
}

function textOf(id: string, raw: Buffer): string {
  return `${hash('sha256', raw)} ${id}`;
}

/** Ids that the record of gone entries lists. */
const SOME = 20;

/** Reads the files again for the few entries that are not among the gathered ones. */
async function goneOf(sides: DaySides, known: HashSet): Promise<Gone> {
  const heldRows = eachHeld(sides);
  const shrunk = new Map<string, number>();
  const last = new Set<string>();
  await heldRows((_, { key, id, nth }) => {
    if (known.isMarked(hashOf(key))) return;
    last.add(key);
    if (nth > 0 && known.isMarked(hashOf(id))) shrunk.set(id, (shrunk.get(id) ?? 0) + 1);
  });
  const chosen = await chooseTexts(shrunk, eachGathered(sides), heldRows);
  const keys = new Set<string>();
  const shown: string[] = [];
  await heldRows((_, { key, id }) => {
    if (chosen?.has(id) === true ? !chosen.keys.has(key) : !last.has(key)) return;
    keys.add(key);
    shown.push(id);
  });
  const ids = openIdSet(sides.files.openSpool);
  for (const key of keys) ids.add(key);
  return { record: { rows: keys.size, ids: ids.finish(), some: [...new Set(shown)].sort().slice(0, SOME) }, keys };
}
