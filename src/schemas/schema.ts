import type { AuditEvent } from '../event.js';
import type { Provider } from '../providers/provider.js';

export const SCHEMA_NAMES = ['ocsf', 'ecs', 'cef'] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** The supported versions, default first. OCSF: those in which everything used here is the same. ECS: the first with everything used here. */
export const VERSIONS: Readonly<Record<SchemaName, readonly [string, ...string[]]>> = {
  ocsf: ['1.8.0', '1.7.0', '1.6.0', '1.5.0', '1.4.0'],
  ecs: ['9.0.0'],
  cef: ['0'],
};

/** Converts events to another system's format. An unmapped event gets the most general class, and is counted. */
export interface Schema {
  readonly name: SchemaName;
  /** Such as `1.8.0`. */
  readonly version: string;
  /** Whether a line is a JSON object. */
  readonly isJson: boolean;
  /** One line, without its end, that is safe for terminals and has the entry's id and own text. `org`: the requested one. */
  line(event: AuditEvent, org?: string): string;
  /** The number of events so far by unmapped action; beyond a thousand actions under `OTHERS`. */
  unmapped(): ReadonlyMap<string, number>;
  /** The number of events so far without a valid time: their lines have none. */
  undated(): number;
}

/** The paths of the entry's id and time in the lines of JSON schemas. */
export const PLACES: Readonly<
  Record<SchemaName, { readonly id: readonly string[]; readonly time: readonly string[] }>
> = {
  ocsf: { id: ['metadata.uid'], time: ['metadata.original_time'] },
  ecs: { id: ['event.id'], time: ['@timestamp'] },
  cef: { id: [], time: [] },
};

export interface SchemaOptions {
  readonly provider: Provider;
  /** One of `VERSIONS`; undefined: the default. */
  readonly version?: string | undefined;
}

/** The key in `Schema.unmapped` of actions beyond the first thousand different ones. */
export const OTHERS = '(others)';
