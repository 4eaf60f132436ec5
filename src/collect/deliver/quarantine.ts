import type { DeliveredEntry } from '../../destinations/destination.js';
import { serverError } from '../../errors.js';
import type { RefusedEntries } from '../state/refused.js';

/** More in one reading are not about single entries, such as a mapping that fits none. */
const MOST = 1000;
/** Refusals that are reported one by one. */
const TOLD = 5;

export interface QuarantineOptions {
  readonly entries: RefusedEntries;
  readonly serverNow: () => number;
  readonly say: (text: string) => void;
}

/** Keeps what the destination rejects during one reading, so that it blocks nothing that comes after it. */
export class Quarantine {
  readonly #options: QuarantineOptions;
  #pending: { readonly entry: DeliveredEntry; readonly why: string }[] = [];
  #total = 0;

  constructor(options: QuarantineOptions) {
    this.#options = options;
  }

  /** Called by the destination. Durable after the next `keep`. */
  readonly refuse = (entry: DeliveredEntry, why: string): void => {
    // Entries may be views into a page.
    this.#pending.push({ entry: { ...entry, raw: Buffer.from(entry.raw) }, why });
    this.#total += 1;
    if (this.#total > MOST)
      throw serverError(
        `the destination refused more than ${MOST} entries, the last of them: ${why}`,
        'Nothing was dropped: fix the destination, then run the same command again',
      );
  };

  /** Resolves when all that was refused so far is durable, to their number. */
  async keep(): Promise<number> {
    const { entries, serverNow, say } = this.#options;
    const pending = this.#pending;
    this.#pending = [];
    for (const { entry, why } of pending) await entries.add(entry, why, serverNow());
    for (const { entry, why } of pending.slice(0, TOLD))
      say(`the destination rejects the entry ${entry.id?.slice(0, 100) ?? 'without an id'}: ${why}`);
    if (pending.length > TOLD) say(`the destination rejects ${pending.length - TOLD} more entries`);
    return pending.length;
  }

  /** The number of refused entries of all runs. */
  async total(): Promise<number> {
    return (await this.#options.entries.names()).length;
  }
}
