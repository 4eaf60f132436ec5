import type { Context } from '../context.js';
import type { Spool } from '../engine/store/spool.js';
import type { Provider } from '../providers/provider.js';
import type { Query } from '../query.js';
import { utcDay } from '../time.js';
import { type DayFolder, type DayRange, daysOf, openFolders, tellEnds } from './folder.js';
import { sortedByTime } from './newest/sorted.js';
import { segmentEntries, segmentsOf } from './segments.js';
import type { InputEntries, InputSource } from './source.js';

/** Copies the files of a day to this machine before they are read, and deletes them afterwards. `folder`: the path of the folder of days. */
export interface DayCarrier {
  bring(folder: string, day: string): Promise<void>;
  drop(folder: string, day: string): Promise<void>;
}

export interface DirectoryOptions {
  /** For days with files in a bucket; default: all are local. */
  readonly carrier?: DayCarrier | undefined;
  /** Organizations of an archive; undefined: all. */
  readonly orgs: readonly string[] | undefined;
  readonly openSpool: () => Spool;
  /** Called once for each note on missing parts of the answer. */
  readonly tell: (note: string) => void;
}

export interface InputDirectory extends InputSource {
  /** The vendor's name from the chains; undefined if there are several. */
  readonly vendor: string | undefined;
}

/** An archive or a directory of day files. Opens the files of the days in the range only. */
export async function openInputDirectory(
  ctx: Context,
  path: string,
  shown: string,
  { orgs, openSpool, tell, carrier }: DirectoryOptions,
): Promise<InputDirectory> {
  const folders = await openFolders(path, shown, orgs, tell);
  const vendors = new Set(folders.map(({ chain }) => chain.identity.provider));
  const told = new Set<string>();
  const onPruned = (folder: DayFolder) => (before: string) => {
    const note = `${folder.name}: what was older than ${before} was removed because of its age`;
    if (!told.has(note)) tell(note);
    told.add(note);
  };

  async function* dayEntries(
    day: string,
    provider: Provider,
    among: readonly FolderDays[],
  ): AsyncGenerator<InputEntries, void> {
    for (const { folder, days } of among) {
      if (!days.has(day)) continue;
      await carrier?.bring(folder.path, day);
      for (const segment of await segmentsOf(folder, day, onPruned(folder)))
        yield* segmentEntries(ctx, segment, provider);
      await carrier?.drop(folder.path, day);
    }
  }

  return {
    name: shown,
    vendor: vendors.size === 1 ? [...vendors][0] : undefined,
    keepsOrder: false,
    sort: (batches, order) => sortedByTime(batches, order, openSpool),
    async *parts(provider, query, order) {
      const range = rangeOf(query);
      tellEnds(folders, range, tell);
      const among = folders.map((folder) => ({ folder, days: new Set(daysOf(folder, range)) }));
      const all = [...new Set(among.flatMap(({ days }) => [...days]))].sort(newestDayFirst);
      for (const day of order === 'newest-first' ? all : all.reverse()) yield dayEntries(day, provider, among);
    },
    close: async () => {},
  };
}

interface FolderDays {
  readonly folder: DayFolder;
  readonly days: ReadonlySet<string>;
}

function rangeOf({ from, before }: Pick<Query, 'from' | 'before'>): DayRange {
  return {
    first: from === undefined ? undefined : utcDay(from),
    last: before === undefined ? undefined : utcDay(before - 1),
  };
}

/** Names of days begin with a digit, the name of undated entries with a letter. */
function newestDayFirst(a: string, b: string): number {
  const [left, right] = [/^\d/.test(a), /^\d/.test(b)];
  if (left !== right) return left ? -1 : 1;
  return a < b ? 1 : -1;
}
