import type { AuditEvent } from '../event.js';
import type { Zone } from '../time.js';

/** The columns that all vendors have, in the order of a CSV file. A contract: never reordered. */
export const COLUMN_NAMES = [
  'id',
  'time',
  'action',
  'actor.id',
  'actor.name',
  'actor.email',
  'target.id',
  'target.email',
  'resource.type',
  'resource.id',
  'resource.name',
  'source',
  'ip',
  'country',
  'user_agent',
  'org.id',
  'org.name',
  'metadata',
  'extra',
] as const;

/** The column of vendors whose logs are read together. Other vendors may have a field with this name. */
export const LOG = 'log';

export type ColumnName = (typeof COLUMN_NAMES)[number] | typeof LOG;

/** A column of a CSV file or a table, for the entries of one vendor. */
export interface Column {
  /** Its heading, as requested. */
  readonly name: string;
  /** Undefined for a path of the vendor's own entry. */
  readonly field: ColumnName | undefined;
  /** The paths of its value, likeliest first. */
  readonly places: readonly string[];
  /** Makes the text of a column for people, from which no entry can be read back. */
  readonly read?: (event: AuditEvent) => string;
  /** It shows the event's time in a zone. */
  readonly isTime?: boolean;
}

/** The options of columns for people. */
export interface ColumnsWorld {
  readonly zone: Zone;
  /** The requested organizations; several get a column. */
  readonly orgs?: readonly string[];
}
