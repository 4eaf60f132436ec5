import type { Reading, ReadingOptions, Resettle } from '../../engine/source.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import type { writtenRange } from '../flags/times.js';
import type { Notes } from '../say/notes.js';

/** An open question: where it is asked, as whom, and what it is. All that a command needs below its `run`. */
export interface Job {
  readonly connection: Connection;
  readonly client: Client;
  readonly zone: Zone;
  /** With the range by the server's clock, once that is known to be another. */
  readonly query: Query;
  /** The range as it was written, by which an interrupted run is known again. */
  readonly written: ReturnType<typeof writtenRange>;
  /** Settles the range by the server's clock, epoch ms. */
  readonly resettle: Resettle;
  /** Where the times depend on what time it is: finds out the server's, with one request, and settles the range by it. */
  settleClock(): Promise<void>;
  /** The server's clock as far as it is known, epoch ms. */
  serverNow(): number;
  /** The earlier export that answers in place of the API; undefined when the API does. */
  readonly input?: string;
  /** Nothing is asked before its batches are iterated. `more` is asked besides the query. */
  read(options: ReadingOptions, more?: Partial<Query>): Promise<Reading>;
}

export interface Telling {
  readonly notes: Notes;
  /** Whether to say that the server makes us wait; a progress line shows it already. */
  readonly tellWaits: boolean;
  /** The run has no end. `new`: without --from nothing of the past is wanted. */
  readonly follows?: 'new' | 'newest';
}
