import { createHash } from 'node:crypto';
import type { DeliveredEntry, StreamDelivery } from '../../destinations/destination.js';
import type { Batch, Segment } from '../../engine/source.js';
import type { Entry } from '../../event.js';
import { openKeys } from '../../manifest/ids.js';
import { addDays, utcDay } from '../../time.js';
import type { Ledger } from '../state/ledger.js';
import { addRows, type Handover, type HandoverResult, HandoverTotals } from './handover.js';
import type { Quarantine } from './quarantine.js';

export interface StreamOptions {
  readonly delivery: StreamDelivery;
  readonly ledger: Ledger;
  readonly quarantine: Quarantine;
  readonly org: string;
  /** Entries to deliver before they are made durable and remembered. */
  readonly flushRows: number;
  /** Everything up to this day was read after the day was over, so new entries of these days are late. */
  readonly readTo?: string | undefined;
  /** The closed UTC days that this reading covers completely: remembered entries that are missing from it are gone. */
  readonly whole?: { readonly from: string | undefined; readonly to: string } | undefined;
  /** Whether entries that were delivered before are delivered once more. */
  readonly again?: boolean;
  /** The day up to which retention removed entries, given the oldest day that an entry was read of. */
  readonly purgedTo?: (seen: string | undefined) => string | undefined;
}

/** Entries to deliver at most before they are made durable in the middle of a window. */
const MOST_PENDING = 50_000;

/** The day of an entry without a valid time. */
const UNDATED = 'undated';

/** Delivers entries one by one, unless they were delivered before; remembers them once they are durable at the destination. */
export class StreamHandover implements Handover {
  readonly #options: StreamOptions;
  readonly #totals = new HandoverTotals();
  readonly #keyOf = openKeys();
  /** Entries that were read, by day. */
  readonly #seen = new Map<string, number>();
  /** The first day that is not compared yet. */
  #compared: string | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  async take({ entries }: Batch): Promise<void> {
    const { ledger, readTo, delivery, org, quarantine, again } = this.#options;
    const totals = this.#totals;
    const wanted: DeliveredEntry[] = [];
    for (const entry of entries) {
      const { id, time, raw } = entry;
      const day = Number.isNaN(time) ? UNDATED : utcDay(time);
      addRows(this.#seen, day, 1);
      const key = id === undefined ? (this.#keyOf({ id, time: String(time), raw }) ?? '') : identityOf(entry);
      const isNew = await ledger.isNew(key, day, id);
      if (!isNew && again !== true) continue;
      wanted.push(id === undefined ? { ...entry, ordinal: ordinalOf(key) } : entry);
      if (readTo !== undefined && day <= readTo) addRows(totals.late, day, 1);
      totals.see(time);
    }
    if (wanted.length === 0) return;
    totals.fresh += wanted.length;
    await delivery.put({ org, entries: wanted, refuse: quarantine.refuse });
    if (ledger.pending >= MOST_PENDING) await this.#settle();
  }

  async windowEnd({ to }: Segment): Promise<boolean> {
    const { ledger, flushRows } = this.#options;
    // The next window may have more entries of the server's last day, and of the day before it.
    if (to !== undefined) await this.#compareTo(addDays(to, -2));
    if (ledger.pending > 0 && ledger.pending < flushRows) return false;
    await this.#settle();
    return true;
  }

  async end(): Promise<void> {
    const { ledger, whole, purgedTo, quarantine } = this.#options;
    await this.#settle();
    this.#totals.held = (await ledger.total()) - (await quarantine.total());
    if (whole === undefined) return;
    const first = this.#firstDay();
    const purged = purgedTo?.(first);
    const begin = whole.from ?? first;
    if (begin === undefined) return;
    this.#totals.looked = { from: purged !== undefined && purged >= begin ? addDays(purged, 1) : begin, to: whole.to };
    await this.#compareTo(whole.to);
  }

  /** Compares the days up to this one, which were read whole, with the remembered ones. */
  async #compareTo(last: string): Promise<void> {
    const { ledger, whole, purgedTo } = this.#options;
    if (whole === undefined) return;
    const first = this.#firstDay();
    const purged = purgedTo?.(first);
    const to = last < whole.to ? last : whole.to;
    for (let day = this.#compared ?? whole.from ?? first; day !== undefined && day <= to; day = addDays(day, 1)) {
      this.#compared = addDays(day, 1);
      if (purged !== undefined && day <= purged) continue;
      const missing = (await ledger.size(day)) - (this.#seen.get(day) ?? 0);
      if (missing > 0) this.#totals.gone.set(day, missing);
    }
  }

  result(): HandoverResult {
    return this.#totals.result(this.#firstDay());
  }

  async close(): Promise<void> {}

  async #settle(): Promise<void> {
    const { ledger, delivery, quarantine, again } = this.#options;
    if (ledger.pending === 0 && again !== true) return;
    await delivery.flush();
    // Before the ledger, so that a remembered entry is at the destination or in quarantine.
    this.#totals.fresh -= await quarantine.keep();
    await ledger.commit();
  }

  #firstDay(): string | undefined {
    return [...this.#seen.keys()].filter((day) => day !== UNDATED).sort()[0];
  }
}

/**
 * Identifies an entry with an id. Some vendors number the entries of each day from one, so its time counts too. Its text does not: some
 * vendors render parts of it for each answer. Without a valid time only the text is left.
 */
function identityOf({ id, time, sibling = 0, raw }: Entry): string {
  return JSON.stringify(
    Number.isNaN(time) ? [id, createHash('sha256').update(raw).digest('hex')] : [id, time, sibling],
  );
}

/** The number of entries with the same text before it; the number at the end of a key counts from one. */
function ordinalOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('#') + 1)) - 1;
}
