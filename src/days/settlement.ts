import { lastClosedDay } from '../engine/plan.js';
import { usageError } from '../errors.js';
import type { Chain } from '../manifest/chain.js';
import type { Draft } from '../manifest/links.js';
import { type DayName, UNDATED } from '../manifest/names.js';
import { looseOf } from '../manifest/salvage.js';
import { prunedBefore } from '../manifest/tombstone.js';
import { addDays, utcDay } from '../time.js';
import type { Ending } from './ending.js';
import type { Gathered } from './gathered.js';
import type { DayLines } from './lines.js';
import { keepOpenDay, writeOpenDay, writeWithHeld } from './open.js';
import { daysToCover } from './plan.js';
import { compareSealed, type DayChanges, type SealedDay, sealedByDay } from './sealed.js';
import { claimOf, isAsked, isBelievable } from './sealing.js';
import { type DayRead, provenanceOf, type Work } from './work.js';

/** Compares each day with what was read of it, and writes its files. */
export class Settlement {
  readonly #work: Work;
  readonly #found: ReadonlyMap<string, DayLines>;
  readonly #undated: DayLines;
  readonly days: Chain['days'];
  readonly sealing: Draft[] = [];
  readonly loose: Draft[] = [];
  readonly changes: DayChanges[] = [];

  constructor(work: Work) {
    const { gathered, folder, collecting } = work;
    const { found, undated } = sortOut(gathered);
    this.#work = work;
    this.#found = found;
    this.#undated = undated;
    this.days = daysToCover(gathered.ending, folder.chain, [...found.keys()], collecting !== undefined);
  }

  async compareDays(): Promise<void> {
    const { folder, gathered } = this.#work;
    const { ending } = gathered;
    const sealed = sealedByDay(folder.sealed);
    const pruned = prunedBefore([...folder.sealed, ...(folder.mended?.tombstones ?? [])]) ?? '';
    const { first, last } = this.days;
    const oldest = ending.oldest ?? (reachesBack(ending, first) ? [...this.#found.keys()].sort()[0] : undefined);
    const isPurged = (day: string): boolean => oldest !== undefined && day <= oldest;
    const compare = async (read: DayRead): Promise<void> => {
      const { day } = read;
      // What was removed because of its age does not come back.
      if (day >= pruned) this.changes.push(await compareSealed(this.#work, read, sealed.get(day), isPurged(day)));
      else this.changes.push({ day, dropped: Math.max(0, read.lines.rows - rowsIn(sealed.get(day))) });
    };
    const isSealed = (day: string): boolean => sealed.get(day)?.original === true;
    this.#rejectGap(isSealed);
    for (let day = first; day <= last; day = addDays(day, 1)) {
      const lines = this.#found.get(day) ?? NO_LINES;
      const claim = isAsked(day, ending) ? claimOf(day, ending) : undefined;
      if (!isSealed(day)) await this.#settleOpen({ day, lines, claim }, isPurged(day));
      else if (claim !== undefined) await compare({ day, lines, claim });
    }
    for (const [day, lines] of this.#found) if (day < first) await compare({ day, lines, claim: claimOf(day, ending) });
    if (isSealed(UNDATED)) await compare({ day: UNDATED, lines: this.#undated, claim: undefined });
    else if (this.#undated.rows > 0 || holdsUndated(folder)) await this.#writeUndated();
  }

  async #settleOpen({ day, lines, claim }: DayRead, isPurged: boolean): Promise<void> {
    const open =
      claim === undefined ? await keepOpenDay(this.#work, day) : await writeOpenDay(this.#work, { day, lines, claim });
    const { draft, fresh, gone, lost } = open;
    // Sealed days follow one another: after one that is not sealed, none is.
    const isSealed = open.sealable && this.loose.length === 0;
    (isSealed ? this.sealing : this.loose).push(draft);
    // Nothing is due any more of a day that is over: an entry of it that is not returned is gone.
    const isOver = isSealed || day <= lastClosedDay(this.#work.gathered.ending.serverNow);
    this.changes.push({ day, fresh, lost, ...(isOver ? { [isPurged ? 'purged' : 'gone']: gone } : {}) });
  }

  async #writeUndated(): Promise<void> {
    const { gathered } = this.#work;
    const lines = this.#undated;
    const name: DayName = { kind: 'undated', day: UNDATED, number: undefined };
    const records = await writeWithHeld(this.#work, name, lines);
    const provenance = provenanceOf(gathered.ending, undefined);
    const draft: Draft = { name, body: { ...provenance, kind: 'undated', day: null, ...records, gone: null } };
    this.changes.push({ day: UNDATED, drafts: [draft], late: lines.rows });
  }

  /** Throws a usage error, before anything is written, if a day would have no file: it was neither read now nor earlier. */
  #rejectGap(isSealed: (day: string) => boolean): void {
    const { folder, gathered, collecting } = this.#work;
    if (collecting?.repairs === true) return;
    for (let { first: day } = this.days; day <= this.days.last; day = addDays(day, 1)) {
      if (isAsked(day, gathered.ending) || folder.loose.has(day) || isSealed(day)) continue;
      throw usageError(`day ${day} was not read, but later days were`, `Read from that day on: --from ${day}`);
    }
  }
}

/** The entries that the files of a day had when they were sealed. */
function rowsIn(sealed: SealedDay | undefined): number {
  return (sealed?.files ?? []).reduce((sum, { file }) => sum + (file?.rows ?? 0), 0);
}

function holdsUndated(folder: Work['folder']): boolean {
  return folder.mended !== undefined && looseOf(folder, UNDATED).length > 0;
}

/** Whether everything since the first day was asked for, so that the entries begin where the server's begin. */
function reachesBack({ from, parts }: Ending, first: string): boolean {
  return parts === undefined && (from === null || utcDay(from) <= first);
}

/** Entries by the day whose file they go to, and those that belong to no day. */
function sortOut({ days, ending }: Gathered): {
  readonly found: ReadonlyMap<string, DayLines>;
  readonly undated: DayLines;
} {
  const found = new Map([...days].filter(([day]) => isBelievable(day, ending)));
  const others = [...days].filter(([day]) => !found.has(day)).map(([, lines]) => lines);
  const extents = others.flatMap((lines) => lines.extents);
  return { found, undated: { extents, rows: others.reduce((sum, { rows }) => sum + rows, 0), ordered: false } };
}

const NO_LINES: DayLines = { extents: [], rows: 0, ordered: true };
