import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { localError, systemCode, usageError } from '../errors.js';
import type { Chain } from '../manifest/chain.js';
import { type Layout, layoutOf, PARTITIONED } from '../manifest/layout.js';
import type { Manifest } from '../manifest/manifest.js';
import {
  CHAIN_FILE,
  GATHERED,
  isOrgFolder,
  isWorking,
  MANIFEST_ENDING,
  ORGS_FILE,
  UNDATED,
  withoutEnding,
} from '../manifest/names.js';
import { readOrgList } from '../manifest/orglist.js';
import { readChain, readManifest } from '../manifest/read.js';
import { prunedBefore } from '../manifest/tombstone.js';
import { addDays } from '../time.js';
import { damageOf } from './damage.js';

/** Day files in a chain: a `--split day` export, or one organization of an archive. Only the chain has been read. */
export interface DayFolder {
  readonly path: string;
  /** Its name in messages. */
  readonly name: string;
  readonly layout: Layout;
  readonly chain: Chain;
  /** The folder's files and folders. */
  readonly names: readonly string[];
}

/** UTC days of the entries' own time, `YYYY-MM-DD`, inclusive; undefined: open. */
export interface DayRange {
  readonly first: string | undefined;
  readonly last: string | undefined;
}

/**
 * The folders of an archive, or of these organizations of it, or the folder of a `--split day` export. Rejects with a usage error for anything else,
 * and for a missing organization. Reports organizations without a finished run to `tell`.
 */
export async function openFolders(
  path: string,
  shown: string,
  orgs: readonly string[] | undefined,
  tell: (note: string) => void,
): Promise<readonly DayFolder[]> {
  const names = await namesIn(path, shown);
  const held = names.filter(isOrgFolder);
  if (held.length === 0) {
    const own = await openFolder(path, shown, names);
    if (own !== undefined) return [own];
    throw usageError(
      `${shown} is neither an archive nor a directory of day files`,
      basename(path).startsWith('date=')
        ? 'Name the archive that it is in, and the day: --from DAY --to DAY'
        : 'Name a file in it, an archive that auditlog collect made, or what auditlog export --split day -o made',
    );
  }
  if (orgs === undefined) await requireListed(path, shown, held);
  const wanted = orgs?.map((org) => `org=${org}`) ?? held;
  const missing = wanted.find((folder) => !held.includes(folder));
  if (missing !== undefined)
    throw usageError(
      `${shown} has no ${missing.slice('org='.length)}`,
      `It has ${held
        .slice(0, 20)
        .map((folder) => folder.slice('org='.length))
        .join(', ')}${held.length > 20 ? ', ...' : ''}`,
    );
  const found: DayFolder[] = [];
  for (const name of new Set(wanted)) {
    const inside = { path: join(path, name), name: join(shown, name) };
    const folder = await openFolder(inside.path, inside.name, await namesIn(inside.path, inside.name));
    if (folder === undefined) tell(`${inside.name}: nothing was finished there yet`);
    else found.push(folder);
  }
  return found;
}

async function namesIn(path: string, shown: string): Promise<readonly string[]> {
  return readdir(path).catch((error: unknown) => {
    throw localError(`${shown} cannot be read (${systemCode(error)})`, undefined, error);
  });
}

/** Rejects if an organization on the archive's list is missing: an answer without it would look complete. */
async function requireListed(path: string, shown: string, held: readonly string[]): Promise<void> {
  const list = await readOrgList(path);
  if (list === undefined) return;
  const damaged = (what: string): Error =>
    localError(`${join(shown, ORGS_FILE)}: ${what}`, `See what else differs: auditlog verify ${shown}`);
  if ('fault' in list) throw damaged(list.fault);
  const missing = list.value.organizations.find((folder) => !held.includes(folder));
  if (missing !== undefined) throw damaged(`it lists ${missing}, which is not there`);
}

/** Undefined if no run has finished there. Rejects if one has, and its record of the chain is missing. */
async function openFolder(path: string, name: string, names: readonly string[]): Promise<DayFolder | undefined> {
  if (!names.includes(CHAIN_FILE)) {
    // A first run writes the record of the chain at its end. Until then it leaves a lock or entries.
    if (names.some(PARTITIONED.isFolder) && !names.some(isWorking))
      throw localError(
        `${name}: there are days, and no ${CHAIN_FILE}`,
        `See what else differs: auditlog verify ${name}`,
      );
    return undefined;
  }
  const chain = await readChain(join(path, CHAIN_FILE));
  if ('fault' in chain)
    throw localError(`${join(name, CHAIN_FILE)}: ${chain.fault}`, `See what else differs: auditlog verify ${name}`);
  return { path, name, layout: await layoutOf(path), chain: chain.value, names };
}

/** The days that a folder must have and any others it has, newest first; undated entries come last. */
export function daysOf({ layout, chain, names }: DayFolder, { first, last }: DayRange): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    const day = layout.isFolder(name)
      ? layout.readPath(`${name}/events`)?.day
      : layout.readPath(withoutEnding(name))?.day;
    if (day !== undefined && day !== '') found.add(day);
  }
  const undated = found.delete(UNDATED);
  const { days } = chain;
  for (let day = days.first; day <= days.last; day = addDays(day, 1)) found.add(day);
  const wanted = [...found].filter(
    (day) => (first === undefined || day >= first) && (last === undefined || day <= last),
  );
  return [...wanted.sort().reverse(), ...(undated ? [UNDATED] : [])];
}

/** The files of a day, relative to the folder. */
export async function filesOf({ path, layout, names }: DayFolder, day: string): Promise<readonly string[]> {
  const folder = layout.folderOf(day);
  if (folder === '') return names.filter((name) => layout.readPath(withoutEnding(name))?.day === day);
  const inside = names.includes(folder) ? await readdir(join(path, folder)) : [];
  return inside.map((name) => `${folder}/${name}`);
}

/** The day before which files were pruned; undefined if none were. */
export async function prunedDays({ path, name, names, layout }: DayFolder): Promise<string | undefined> {
  const tombstones: Manifest[] = [];
  for (const each of names.filter((one) => one.endsWith(MANIFEST_ENDING))) {
    if (layout.readPath(withoutEnding(each))?.kind !== 'pruned') continue;
    const parsed = await readManifest(join(path, each));
    if ('fault' in parsed) throw damageOf(join(name, each))(parsed.fault);
    tombstones.push(parsed.value);
  }
  return prunedBefore(tombstones);
}

/** Further notes are only counted. */
const FEW = 3;

/**
 * Notes on parts of the range that folders do not cover: before their first day, after their last one, or in entries of a running or interrupted run
 * that are not in day files yet. A partial answer must not look complete.
 */
export function tellEnds(folders: readonly DayFolder[], { first, last }: DayRange, tell: (note: string) => void): void {
  const end = last ?? first;
  const notes = folders.flatMap(({ name, names, chain: { days } }) => [
    ...(end !== undefined && end > days.last ? [`${name}: was read up to ${days.last}`] : []),
    ...(first !== undefined && first < days.first ? [`${name}: was read from ${days.first} on`] : []),
    ...(names.includes(GATHERED)
      ? [`${name}: a run is at work there, or was interrupted: more was read than is told here`]
      : []),
  ]);
  for (const note of notes.slice(0, FEW)) tell(note);
  if (notes.length > FEW)
    tell(`and ${notes.length - FEW} more like this: auditlog archive status shows from when to when`);
}
