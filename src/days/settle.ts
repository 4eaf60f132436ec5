import type { Chain, Link } from '../manifest/chain.js';
import type { Folder } from '../manifest/folder.js';
import { concludeChain, type Draft, linkManifests } from '../manifest/links.js';
import type { Manifest } from '../manifest/manifest.js';
import { UNDATED } from '../manifest/names.js';
import type { DayFiles } from './file.js';
import type { Gathered } from './gathered.js';
import { dayTexts, type Holding } from './holding.js';
import { Settlement } from './settlement.js';
import type { Work } from './work.js';

/** What a run has changed. */
export interface Settled {
  readonly days: Chain['days'];
  /** The last day up to which everything is now sealed. */
  readonly sealedTo: string | undefined;
  /** Entries that no file had before. */
  readonly fresh: number;
  /** Entries in all files, pruned ones included. */
  readonly held: number;
  /** Late entries: they appeared after their day was sealed, and went to files of their own. */
  readonly late: readonly DayCount[];
  /** Entries that the server no longer returns, of days that were read whole; the files keep them. */
  readonly gone: readonly DayCount[];
  /** Those of sealed days that are recorded for the first time. */
  readonly recorded: readonly DayCount[];
  /** The same for days before the oldest entry that the server still has: retention, most likely. */
  readonly purged: readonly DayCount[];
  /** Entries that are in no file any more: they disappeared from an open day. */
  readonly lost: readonly DayCount[];
  /** Late entries that are not kept: the files of their day were removed because of their age. */
  readonly dropped: readonly DayCount[];
  /** New entries that belong to no day. */
  readonly undated: number;
  readonly head: Link | undefined;
  /** The hash of the record of the chain. */
  readonly chain: string;
  /** What the files of each day hold, as `Holding` has it. */
  readonly holds: Holding['days'];
}

export interface DayCount {
  readonly day: string;
  readonly rows: number;
}

export interface Settling {
  readonly collecting?: Work['collecting'];
  /** What the directory is for. Default: what the run says. */
  readonly identity?: Chain['identity'];
  /** Throws if this run may not continue. */
  readonly check: () => Promise<void>;
}

/**
 * Writes day files, their manifests and the chain from what was gathered. Sealed files are never touched. The record of the chain is written
 * last and makes the rest count, so running it again after an interruption gives the same result.
 */
export async function settle(
  folder: Folder,
  gathered: Gathered,
  files: DayFiles,
  { collecting, identity, check }: Settling,
): Promise<Settled> {
  const { sealed } = folder;
  const settlement = new Settlement({ folder, gathered, files, collecting });
  await settlement.compareDays();
  const { days, loose, changes } = settlement;
  const tombstones = (folder.mended?.tombstones ?? []).map(againDraft);
  const drafts = [...tombstones, ...settlement.sealing, ...changes.flatMap((change) => change.drafts ?? [])];
  const links = await linkManifests(folder, drafts, loose);
  await check();
  const chain = await concludeChain(folder, identity ?? gathered.ending.folder, days, links);
  const counts = (what: 'late' | 'gone' | 'recorded' | 'purged' | 'lost' | 'dropped'): readonly DayCount[] =>
    changes.flatMap(({ day, [what]: rows = 0 }) => (rows > 0 && day !== UNDATED ? [{ day, rows }] : []));
  const bodies = [...sealed, ...[...drafts, ...loose].map(({ body }) => body)];
  return {
    days,
    sealedTo: settlement.sealing.at(-1)?.name.day ?? sealed.findLast(({ kind }) => kind === 'day')?.day ?? undefined,
    fresh: changes.reduce((sum, { fresh = 0, late = 0 }) => sum + fresh + late, 0),
    held: bodies.reduce((sum, { file }) => sum + (file?.rows ?? 0), 0),
    late: counts('late'),
    gone: counts('gone'),
    recorded: counts('recorded'),
    purged: counts('purged'),
    lost: counts('lost'),
    dropped: counts('dropped'),
    undated: changes.find(({ day }) => day === UNDATED)?.late ?? 0,
    head: links.sealed,
    chain: chain.hash,
    holds: dayTexts(bodies),
  };
}

/** The tombstone of a chain that starts again after old days were removed. */
function againDraft({ chain: _, hash: __, ...body }: Manifest): Draft {
  return { name: { kind: 'pruned', day: '', number: 1 }, body };
}
