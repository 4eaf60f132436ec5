import type { Batch } from '../engine/source.js';
import type { Entry } from '../event.js';
import type { Order, Provider } from '../providers/provider.js';
import type { Query } from '../query.js';

export interface InputEntries {
  readonly entries: readonly Entry[];
  /** The requested org, if the file names it and the entries do not. */
  readonly org: string | undefined;
  /** They arrived after their day had been closed, and are in a file of their own. */
  readonly late?: true;
}

/** A file or a directory of files that replaces a server. */
export interface InputSource {
  /** For messages. */
  readonly name: string;
  /**
   * The entries in parts, newest or oldest part first, without parts outside the query's times. To be iterated once, each part before the next is
   * requested. Rejects at the first fault with an error that names the file.
   */
  parts(
    provider: Provider,
    query: Pick<Query, 'from' | 'before'>,
    order: Order,
  ): AsyncIterable<AsyncIterable<InputEntries>>;
  /** With newest first, a part keeps its own order. */
  readonly keepsOrder: boolean;
  /** Sorts a part. */
  sort(batches: AsyncIterable<Batch>, order: Order): AsyncIterable<Batch>;
  /** Closes unread parts. */
  close(): Promise<void>;
}

/** Batches of at most `most` consecutive entries of one org. */
export function* byOrg<Org>(
  all: Iterable<{ readonly entry: Entry; readonly org: Org }>,
  most = Number.POSITIVE_INFINITY,
): Generator<{ readonly entries: Entry[]; readonly org: Org }> {
  let batch: { readonly entries: Entry[]; readonly org: Org } | undefined;
  for (const { entry, org } of all) {
    if (batch !== undefined && (batch.org !== org || batch.entries.length === most)) {
      yield batch;
      batch = undefined;
    }
    batch ??= { entries: [], org };
    batch.entries.push(entry);
  }
  if (batch !== undefined) yield batch;
}
