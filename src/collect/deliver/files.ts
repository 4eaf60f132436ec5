import type { Ending } from '../../days/ending.js';
import { endingLine, type Gathered, gatheredLines, openGathered } from '../../days/gathered.js';
import type { ExpectedFiles } from '../../days/holding.js';
import type { FileDelivery, TakenDays } from '../../destinations/destination.js';
import type { Batch, Segment } from '../../engine/source.js';
import type { Files } from '../../files/files.js';
import { addDays, dayStart, type Range, utcDay } from '../../time.js';
import { GatherFile } from './gather.js';
import { addRows, type Handover, type HandoverResult, HandoverTotals } from './handover.js';

export interface FileOptions {
  readonly delivery: FileDelivery;
  readonly org: string;
  /** Where entries are gathered; no other file is there. */
  readonly path: string;
  readonly files: Files;
  /** What was requested: whole days. */
  readonly range: Range;
  /** The oldest day that the server still has an entry of, if known. */
  readonly oldest: string | undefined;
  /** The day up to which retention removed entries, given the oldest day that an entry was read of. */
  readonly purgedTo: (seen: string | undefined) => string | undefined;
  /** Bytes to gather before the days that are complete are delivered. */
  readonly chunk: number;
  /** What is expected of the files at the destination now. */
  readonly expected: () => ExpectedFiles;
  /** Called after each delivery. */
  readonly took: (taken: TakenDays) => void;
  /** How the reading went so far, for entries from `from` up to `before`. */
  readonly ending: (part: Pick<Ending, 'from' | 'before' | 'segments' | 'oldest'>) => Ending;
}

/** Gathers entries and delivers whole days, of a long history some at a time. Entries of an incomplete day are kept for the next delivery. */
export class FileHandover implements Handover {
  readonly #options: FileOptions;
  readonly #totals = new HandoverTotals();
  #from: number | undefined;
  #oldest: string | undefined;
  #segments: Segment[] = [];
  #into: GatherFile;

  private constructor(options: FileOptions, into: GatherFile) {
    this.#options = options;
    this.#from = options.range.from;
    this.#into = into;
  }

  static async open(options: FileOptions): Promise<FileHandover> {
    return new FileHandover(options, await GatherFile.create(options.files, options.path));
  }

  async take(batch: Batch): Promise<void> {
    const first = batch.entries.find(({ time }) => !Number.isNaN(time));
    if (first !== undefined) this.#oldest ??= utcDay(first.time);
    this.#totals.see(batch.entries.at(-1)?.time ?? Number.NaN);
    await this.#into.write(gatheredLines(batch));
  }

  async windowEnd(segment: Segment): Promise<boolean> {
    this.#segments.push(segment);
    if (this.#into.size < this.#options.chunk || segment.to === undefined) return false;
    // The next window may have more entries of the server's last day, and of the day before it.
    const before = dayStart(segment.to);
    if (this.#from !== undefined && before <= this.#from) return false;
    // The server is asked for more days than are wanted: those after the range were not read.
    if (before >= (this.#options.range.before ?? Number.POSITIVE_INFINITY)) return false;
    await this.#deliverUpTo(before);
    return true;
  }

  async end(): Promise<void> {
    const { path, range } = this.#options;
    await this.#into.write(this.#endingAt(range.before));
    await this.#into.close();
    await this.#deliver(path);
    const from = range.from === undefined ? undefined : utcDay(range.from);
    const to = range.before === undefined ? undefined : utcDay(range.before - 1);
    // Entries that the server keeps no longer do not come back.
    const purged = this.#purgedTo();
    this.#totals.looked = { from: purged !== undefined && purged >= (from ?? '') ? addDays(purged, 1) : from, to };
  }

  result(): HandoverResult {
    return this.#totals.result(this.#oldest);
  }

  async close(): Promise<void> {
    const { path, files } = this.#options;
    await this.#into.close().catch(() => {});
    for (const left of [path, `${path}.next`, `${path}.whole`]) await files.remove(left).catch(() => {});
  }

  /** Delivers the days that are over at an instant, and keeps the others. */
  async #deliverUpTo(before: number): Promise<void> {
    const { path, files, org } = this.#options;
    await this.#into.write(this.#endingAt(before));
    await this.#into.close();
    const gathered = await reopen(path);
    const whole = await GatherFile.create(files, `${path}.whole`);
    try {
      this.#into = await GatherFile.create(files, `${path}.next`);
      for (const [day, lines] of gathered.days) {
        const into = day !== '' && dayStart(day) < before ? whole : this.#into;
        for await (const entries of gathered.read(lines)) await into.write(gatheredLines({ entries, org }));
      }
      await whole.write(this.#endingAt(before));
    } finally {
      await gathered.close();
      await whole.close();
    }
    await files.rename(`${path}.next`, path);
    await this.#deliver(`${path}.whole`);
    this.#from = before;
    this.#segments = this.#segments.filter(({ to }) => to === undefined || to >= addDays(utcDay(before), -1));
  }

  /** How the reading went up to an instant; undefined: to its end. */
  #endingAt(before: number | undefined): Buffer {
    const { ending } = this.#options;
    const oldest = this.#purgedTo();
    const range = { from: this.#from ?? null, before: before ?? null };
    const segments = this.#segments;
    return Buffer.from(endingLine(ending({ ...range, segments, ...(oldest === undefined ? {} : { oldest }) })));
  }

  #purgedTo(): string | undefined {
    const { oldest, purgedTo } = this.#options;
    return oldest ?? purgedTo(this.#oldest);
  }

  async #deliver(path: string): Promise<void> {
    const { delivery, org, files, expected, took } = this.#options;
    const gathered = await reopen(path);
    try {
      const taken = await delivery.take(gathered, org, expected());
      took(taken);
      const { fresh, held, late, gone, sealedTo } = taken;
      const totals = this.#totals;
      totals.fresh += fresh;
      totals.held = held;
      for (const { day, rows } of late) addRows(totals.late, day, rows);
      for (const { day, rows } of gone) addRows(totals.gone, day, rows);
      totals.sealedTo = sealedTo ?? totals.sealedTo;
    } finally {
      await gathered.close();
    }
    await files.remove(path);
  }
}

async function reopen(path: string): Promise<Gathered> {
  const gathered = await openGathered(path);
  if (gathered === undefined) throw new Error('what was gathered cannot be read again');
  return gathered;
}
