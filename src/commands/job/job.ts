import type { Reading, ReadingOptions, Resettle } from '../../engine/source.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import type { writtenRange } from '../flags/times.js';
import type { Notes } from '../say/notes.js';

/** A selection that is connected: which log, as whom, and which events. All that a command needs below its `run`. */
export interface Job {
  readonly connection: Connection;
  readonly client: Client;
  readonly zone: Zone;
  /** With the range by the server's clock once that is known to differ. */
  readonly query: Query;
  /** The range as written: part of the identity of a run, by which a later one resumes it. */
  readonly written: ReturnType<typeof writtenRange>;
  /** Settles the range by the server's clock, epoch ms. */
  readonly resettle: Resettle;
  /** Where times are relative: finds out the server's clock with one request, and settles the range by it. */
  settleClock(): Promise<void>;
  /** The server's clock as far as it is known, epoch ms. */
  serverNow(): number;
  /** The name of the earlier export that is read in place of the API; undefined when the API is. */
  readonly input?: string;
  /** If entries have pseudonyms: of which key, and the SHA-256 of the entries that were read so far as they were, as NDJSON. */
  readonly pseudonyms?: { readonly fingerprint: string; readonly originals: () => string };
  /** Requests nothing before its batches are iterated. `more` overrides parts of the query. */
  read(options: ReadingOptions, more?: Partial<Query>): Promise<Reading>;
}

export interface JobOptions {
  readonly notes: Notes;
  /** False where a progress line shows waits already. */
  readonly noteWaits?: boolean;
  /** The run has no end. `new`: without --from nothing of the past is wanted. */
  readonly follows?: 'new' | 'newest';
  /** Without --from the log is read from its beginning, also of vendors that give some days unasked. */
  readonly wholeLog?: boolean;
}
