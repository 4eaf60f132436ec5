import type { Reading, ReadingOptions, Resettle } from '../../engine/source.js';
import type { Client } from '../../http/client.js';
import type { Connection } from '../../profile.js';
import type { QueryNames } from '../../pseudonyms/query.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import type { writtenRange } from '../flags/times.js';
import type { Notes } from '../say/notes.js';

/** A connected selection: the log, the identity and the query. Commands need nothing else below their `run`. */
export interface Job {
  readonly connection: Connection;
  readonly client: Client;
  readonly zone: Zone;
  /** The range follows the server's clock once that is known to differ. */
  readonly query: Query;
  /** The range as written, which identifies a run for a later resume. */
  readonly written: ReturnType<typeof writtenRange>;
  /** Resolves the range by the server's clock, epoch ms. */
  readonly resettle: Resettle;
  /** For relative times: finds out the server's clock with one request, and resolves the range by it. */
  settleClock(): Promise<void>;
  /** The server's clock as far as it is known, epoch ms. */
  serverNow(): number;
  /** The name of the earlier export that is read in place of the API; undefined when the API is. */
  readonly input?: string;
  /** With pseudonyms: the fingerprint of the key, and the SHA-256 of the original entries read so far, as NDJSON. */
  readonly pseudonyms?: {
    readonly fingerprint: string;
    readonly originals: () => string;
    /** What files record of the query. */
    readonly names: QueryNames;
  };
  /** Sends no request until its batches are iterated. `more` overrides parts of the query. */
  read(options: ReadingOptions, more?: Partial<Query>): Promise<Reading>;
}

export interface JobOptions {
  readonly notes: Notes;
  /** False if a progress line shows waits already. */
  readonly noteWaits?: boolean;
  /** The run has no end. `new`: without --from only new entries are wanted. */
  readonly follows?: 'new' | 'newest';
  /** Without --from the log is read from its beginning, even if the vendor returns only some days by default. */
  readonly wholeLog?: boolean;
}

/** The query as files record it: without the people that it names, if entries have pseudonyms. */
export function recordedQuery({ query, pseudonyms }: Pick<Job, 'query' | 'pseudonyms'>): Query {
  return pseudonyms === undefined ? query : pseudonyms.names.query(query);
}
