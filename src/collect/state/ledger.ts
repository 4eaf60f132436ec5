import { HASH_BYTES, HashSet, hashOf } from '../../days/hashes.js';
import type { Files } from '../../files/files.js';
import { IdFiles } from './ids.js';

/** Hashes of days held in memory at a time. A day is looked up only while its entries arrive. */
const MOST_HELD = 200_000;

interface LedgerDay {
  readonly known: HashSet;
  /** The ids that an earlier version wrote and this run met, with their entries. */
  readonly adopted: HashSet;
  pending: Buffer[];
}

/** Which entries of one organization were delivered, by UTC day. */
export class Ledger {
  readonly #files: IdFiles;
  /** The least recently used first. */
  readonly #days = new Map<string, LedgerDay>();
  #pending = 0;

  constructor(files: Files, folder: string) {
    this.#files = new IdFiles(files, folder);
  }

  /** Entries that are being delivered and not committed yet. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Whether an entry was never delivered; from now on it counts as being delivered. `day`: UTC, or `undated`. `id`: what earlier versions
   * remembered instead of `key`; it counts for one entry of the day with that id.
   */
  async isNew(key: string, day: string, id?: string): Promise<boolean> {
    const into = this.#days.get(day) ?? (await this.#dayOf(day));
    // The second half of the hash is never taken for what earlier versions wrote, the first half of the id's.
    const mark = hashOf(key, id === undefined ? 0 : HASH_BYTES);
    if (id !== undefined && !into.known.has(mark) && isAdopted(into, mark, hashOf(id))) return false;
    if (!into.known.add(mark)) return false;
    into.pending.push(mark);
    this.#pending += 1;
    return true;
  }

  /** Everything pending is durable at the destination. Rejects with a local error if the file system does. */
  async commit(): Promise<void> {
    for (const [day, one] of this.#days) {
      if (one.pending.length === 0) continue;
      await this.#files.append(day, Buffer.concat(one.pending));
      this.#pending -= one.pending.length;
      one.pending = [];
    }
    this.#letGo();
  }

  /** The number of entries of a day that were delivered or are pending. */
  async size(day: string): Promise<number> {
    return (await this.#dayOf(day)).known.size;
  }

  /** The number of entries of all days that were delivered. */
  total(): Promise<number> {
    return this.#files.total();
  }

  /** Removes the file of a day whose entries the server no longer has. */
  async forget(day: string): Promise<void> {
    this.#days.delete(day);
    await this.#files.remove(day);
  }

  async #dayOf(day: string): Promise<LedgerDay> {
    const held = this.#days.get(day);
    const one = held ?? { known: await this.#files.read(day), adopted: new HashSet(), pending: [] };
    this.#days.delete(day);
    this.#days.set(day, one);
    if (held === undefined) this.#letGo();
    return one;
  }

  #letGo(): void {
    let held = [...this.#days.values()].reduce((sum, { known }) => sum + known.size, 0);
    for (const [day, { known, pending }] of this.#days) {
      if (held <= MOST_HELD || this.#days.size < 3) return;
      if (pending.length > 0) continue;
      this.#days.delete(day);
      held -= known.size;
    }
  }
}

/** Whether an earlier version delivered the entry: it wrote the id, and no other entry of this run was taken for that one. */
function isAdopted({ known, adopted }: LedgerDay, mark: Buffer, byId: Buffer): boolean {
  if (!known.has(byId)) return false;
  if (adopted.has(mark)) return true;
  return adopted.add(byId) && adopted.add(mark);
}
