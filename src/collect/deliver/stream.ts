import { createHash } from 'node:crypto';
import type { DeliveredEntry, StreamDelivery } from '../../destinations/destination.js';
import type { Batch } from '../../engine/source.js';
import type { Entry } from '../../event.js';
import { openKeys } from '../../manifest/ids.js';
import { addDays, utcDay } from '../../time.js';
import type { Ledger } from '../state/ledger.js';
import { addRows, dayRows, type Handover } from './handover.js';

export interface StreamOptions {
  readonly delivery: StreamDelivery;
  readonly ledger: Ledger;
  readonly org: string;
  /** Entries that are given to the destination before it is asked to make them durable, and they are remembered. */
  readonly flushRows: number;
  /** Up to this day everything was read before, and the day was over: what is new of it has come late. */
  readonly readTo: string | undefined;
  /** The days of this reading that are over and whole, in UTC: what is remembered of them and does not come is gone. */
  readonly whole: { readonly from: string | undefined; readonly to: string } | undefined;
  /** Up to which day the server has taken entries away because of their age, by the oldest day that an entry was read of. */
  readonly purgedTo: (seen: string | undefined) => string | undefined;
}

/** In the middle of a window that is larger than any should be. */
const MOST_PENDING = 50_000;

/** What stands for the day of an entry that tells no time. */
const UNDATED = 'undated';

/** Gives a destination that takes entries one by one those that it has not got yet; remembers them once the destination has them for good. */
export function openStreamHandover({
  delivery,
  ledger,
  org,
  readTo,
  whole,
  purgedTo,
  flushRows,
}: StreamOptions): Handover {
  const keyOf = openKeys();
  const seen = new Map<string, number>();
  const late = new Map<string, number>();
  const gone = new Map<string, number>();
  let fresh = 0;
  let held = 0;
  let newest: number | undefined;

  const settle = async (): Promise<void> => {
    if (ledger.pending === 0) return;
    await delivery.flush();
    await ledger.commit();
  };

  return {
    async take({ entries }: Batch) {
      const wanted: DeliveredEntry[] = [];
      for (const entry of entries) {
        const { id, time, raw } = entry;
        const day = Number.isNaN(time) ? UNDATED : utcDay(time);
        addRows(seen, day, 1);
        const key = id === undefined ? (keyOf({ id, time: String(time), raw }) ?? '') : identityOf(entry);
        if (!(await ledger.isNew(key, day, id))) continue;
        wanted.push(id === undefined ? { ...entry, ordinal: ordinalOf(key) } : entry);
        if (readTo !== undefined && day <= readTo) addRows(late, day, 1);
        if (!Number.isNaN(time)) newest = Math.max(newest ?? time, time);
      }
      if (wanted.length === 0) return;
      fresh += wanted.length;
      await delivery.put({ org, entries: wanted });
      if (ledger.pending >= MOST_PENDING) await settle();
    },
    async windowEnd() {
      if (ledger.pending > 0 && ledger.pending < flushRows) return false;
      await settle();
      return true;
    },
    async end() {
      await settle();
      held = await ledger.total();
      if (whole === undefined) return;
      const first = firstDay(seen);
      const purged = purgedTo(first);
      const begin = whole.from ?? first;
      if (begin === undefined) return;
      for (let day = begin; day <= whole.to; day = addDays(day, 1)) {
        if (purged !== undefined && day <= purged) continue;
        const missing = (await ledger.size(day)) - (seen.get(day) ?? 0);
        if (missing > 0) gone.set(day, missing);
      }
    },
    result: () => ({
      fresh,
      held,
      late: dayRows(late),
      gone: dayRows(gone),
      oldest: firstDay(seen),
      newest,
      sealedTo: undefined,
    }),
    close: async () => {},
  };
}

/**
 * What tells an entry with an id apart: its time too, as some vendors number the entries of each day from one. Not its text: where parts of it
 * are written anew for each answer, it would never be known. Without a valid time only the text is left.
 */
function identityOf({ id, time, sibling = 0, raw }: Entry): string {
  return JSON.stringify(
    Number.isNaN(time) ? [id, createHash('sha256').update(raw).digest('hex')] : [id, time, sibling],
  );
}

/** How many entries of the same text there are before it: the number at the end of its key counts from one. */
function ordinalOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('#') + 1)) - 1;
}

function firstDay(seen: ReadonlyMap<string, number>): string | undefined {
  return [...seen.keys()].filter((day) => day !== UNDATED).sort()[0];
}
