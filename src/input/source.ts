import type { Batch } from '../engine/source.js';
import type { Entry } from '../event.js';
import type { Provider } from '../providers/provider.js';
import type { Query } from '../query.js';

export interface InputEntries {
  readonly entries: readonly Entry[];
  /** The org that they were asked from, where the file tells it and the entries do not. */
  readonly org: string | undefined;
}

/** What answers in place of a server: a file, or a directory of many. */
export interface InputSource {
  /** As messages name it. */
  readonly name: string;
  /**
   * Its entries in parts, each as a whole newer than the next, without parts that no entry of the query's times can be in. To be iterated once, and
   * each part before the next is asked for. Rejects at the first damage with an error that names the file.
   */
  parts(provider: Provider, query: Pick<Query, 'from' | 'before'>): AsyncIterable<AsyncIterable<InputEntries>>;
  /** Puts what is wanted of a part in order, newest first; undefined: its own order is the right one. */
  readonly sort: ((batches: AsyncIterable<Batch>) => AsyncIterable<Batch>) | undefined;
  /** Lets go of what is not read to its end. */
  close(): Promise<void>;
}
