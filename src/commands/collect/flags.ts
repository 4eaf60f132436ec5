import type { Filters } from '../../collect/definition.js';
import type { ConnectionChoice } from '../../profile.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { only } from '../flags/flag.js';
import { type QueryFlags, readQuery, SAVED_FLAGS, type WrittenQuery } from '../flags/query.js';
import type { SchemaFlags } from '../flags/schema.js';

export type CollectFlags = ConnectionFlags &
  QueryFlags &
  SchemaFlags &
  GlobalFlags & {
    readonly create?: boolean;
    readonly delete?: boolean;
    readonly deep?: boolean;
    readonly retryRefused?: boolean;
    readonly replay?: boolean;
    readonly dest?: string;
    readonly interval?: string;
  };

/** The flags that define a collector, as written; absent or undefined if not given. */
export interface WrittenCollector {
  readonly where: ConnectionChoice;
  readonly query: WrittenQuery;
  readonly schema: SchemaFlags;
  readonly dest: string | undefined;
  readonly interval: string | undefined;
}

export function readCollector(flags: CollectFlags): WrittenCollector {
  return {
    where: readConnection(flags),
    query: readQuery(flags),
    schema: only(flags, ['schema', 'ocsfVersion']),
    dest: flags.dest,
    interval: flags.interval,
  };
}

/** The part of a query that a definition saves, in the order of the help: everything but the range. */
export function savedFilters({ filters, times: { outside, weekdays } }: WrittenQuery): Filters {
  const { search, ...others } = only({ ...filters, outside, weekdays }, SAVED_FLAGS);
  // A single text is saved as a text, for compatibility.
  const texts = search === undefined ? {} : { search: search.length === 1 ? search[0] : search };
  return { ...others, ...texts } as Filters;
}
