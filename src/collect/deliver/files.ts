import { type Ending, endingLine, type Gathered, gatheredLines, openGathered } from '../../days/gathered.js';
import type { FileDelivery, TakenDays } from '../../destinations/destination.js';
import type { Segment } from '../../engine/source.js';
import { writeFault } from '../../files/faults.js';
import { type Files, type OpenFile, writeAll } from '../../files/files.js';
import { addDays, dayStart, utcDay } from '../../time.js';
import { addRows, dayRows, type Handover } from './handover.js';

export interface FileOptions {
  readonly delivery: FileDelivery;
  readonly org: string;
  /** Where entries are gathered on their way; nothing else is there. */
  readonly path: string;
  readonly files: Files;
  /** What was asked for, epoch ms, half-open; whole days. */
  readonly from: number | undefined;
  readonly before: number | undefined;
  /** The oldest day that the server still has an entry of, where it is known. */
  readonly oldest: string | undefined;
  /** Up to which day the server has taken entries away because of their age, by the oldest day that an entry was read of. */
  readonly purgedTo: (seen: string | undefined) => string | undefined;
  /** So many bytes are gathered before the days that are whole are handed over. */
  readonly chunk: number;
  /** How the reading went so far, for entries from `from` up to `before`. */
  readonly ending: (part: Pick<Ending, 'from' | 'before' | 'segments' | 'oldest'>) => Ending;
}

/**
 * Gathers entries and hands over whole days: all of them at the end, or, of a long history, some at a time. The entries of a day that
 * is not whole yet are gathered again for the next time.
 */
export async function openFileHandover(options: FileOptions): Promise<Handover> {
  const { delivery, org, path, files, chunk } = options;
  const late = new Map<string, number>();
  const gone = new Map<string, number>();
  let from = options.from;
  let fresh = 0;
  let held = 0;
  let sealedTo: string | undefined;
  let oldest: string | undefined;
  let newest: number | undefined;
  let segments: Segment[] = [];
  let spool = await openSpool(files, path);

  const see = ({ fresh: more, held: all, late: came, gone: went, sealedTo: end }: TakenDays): void => {
    fresh += more;
    held = all;
    for (const { day, rows } of came) addRows(late, day, rows);
    for (const { day, rows } of went) addRows(gone, day, rows);
    sealedTo = end ?? sealedTo;
  };

  /** How the reading went up to an instant; undefined: to its end. */
  const endingAt = (before: number | undefined): Buffer => {
    const begins = options.oldest ?? options.purgedTo(oldest);
    const ending = options.ending({
      from: from ?? null,
      before: before ?? null,
      segments,
      ...(begins === undefined ? {} : { oldest: begins }),
    });
    return Buffer.from(endingLine(ending));
  };

  const handOver = async (file: string): Promise<void> => {
    const gathered = await reopened(file);
    try {
      see(await delivery.take(gathered, org));
    } finally {
      await gathered.close();
    }
    await files.remove(file);
  };

  /** Hands over the days that are whole, and goes on with those that are not. */
  const handOverUpTo = async (before: number): Promise<void> => {
    await spool.write(endingAt(before));
    await spool.file.close();
    const gathered = await reopened(path);
    const whole = await openSpool(files, `${path}.whole`);
    try {
      spool = await openSpool(files, `${path}.next`);
      for (const [day, lines] of gathered.days) {
        const into = day !== '' && dayStart(day) < before ? whole : spool;
        for await (const entries of gathered.read(lines)) await into.write(gatheredLines({ entries, org }));
      }
      await whole.write(endingAt(before));
    } finally {
      await gathered.close();
      await whole.file.close();
    }
    await files.rename(`${path}.next`, path);
    await handOver(`${path}.whole`);
    from = before;
    segments = segments.filter(({ to }) => to === undefined || to >= addDays(utcDay(before), -1));
  };

  return {
    async take(batch) {
      const [first, last] = [batch.entries.find(({ time }) => !Number.isNaN(time)), batch.entries.at(-1)];
      if (first !== undefined) oldest ??= utcDay(first.time);
      if (last !== undefined && !Number.isNaN(last.time)) newest = Math.max(newest ?? last.time, last.time);
      await spool.write(gatheredLines(batch));
    },
    async windowEnd(segment) {
      segments.push(segment);
      if (spool.size() < chunk || segment.to === undefined) return false;
      // Of the server's last day, and of the one before it, there may be more entries in the next window.
      const before = dayStart(segment.to);
      if (from !== undefined && before <= from) return false;
      await handOverUpTo(before);
      return true;
    },
    async end() {
      await spool.write(endingAt(options.before));
      await spool.file.close();
      await handOver(path);
    },
    result: () => ({ fresh, held, late: dayRows(late), gone: dayRows(gone), oldest, newest, sealedTo }),
    close: async () => {
      await spool.file.close().catch(() => {});
      for (const left of [path, `${path}.next`, `${path}.whole`]) await files.remove(left).catch(() => {});
    },
  };
}

async function reopened(path: string): Promise<Gathered> {
  const gathered = await openGathered(path);
  if (gathered === undefined) throw new Error('what was gathered cannot be read again');
  return gathered;
}

interface Spool {
  readonly file: OpenFile;
  write(bytes: Uint8Array): Promise<void>;
  size(): number;
}

/** It need not outlive a power cut: what is lost is read again. */
async function openSpool(files: Files, path: string): Promise<Spool> {
  let end = 0;
  try {
    await files.remove(path);
    const file = await files.create(path);
    return {
      file,
      write: async (bytes) => {
        try {
          await writeAll(file, bytes, end);
        } catch (error) {
          throw writeFault(error, path);
        }
        end += bytes.length;
      },
      size: () => end,
    };
  } catch (error) {
    throw writeFault(error, path);
  }
}
