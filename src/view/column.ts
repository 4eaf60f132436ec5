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

/** The column of vendors whose logs are read together. Others may have a field of that name. */
export const LOG = 'log';

export type ColumnName = (typeof COLUMN_NAMES)[number] | typeof LOG;

/** A column of a CSV file or a table, for the entries of one vendor. */
export interface Column {
  /** Its heading: the name that was asked for. */
  readonly name: string;
  /** Undefined for a path of the vendor's own entry. */
  readonly field: ColumnName | undefined;
  /** The paths where its value may be, likeliest first. */
  readonly places: readonly string[];
  /** Makes its text, of a column that is made for people. Nobody can read an entry back from it. */
  readonly read?: (event: AuditEvent) => string;
  /** It shows the event's time in a zone. */
  readonly isTime?: boolean;
}

/** What columns for people depend on. */
export interface ColumnsWorld {
  readonly zone: Zone;
  /** The organizations asked; several get a column. */
  readonly orgs?: readonly string[];
}
