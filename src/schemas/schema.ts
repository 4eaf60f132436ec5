import type { AuditEvent } from '../event.js';
import type { Provider } from '../providers/provider.js';

export const SCHEMA_NAMES = ['ocsf', 'ecs', 'cef'] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/**
 * The versions of each, the usual one first. Of OCSF: those in which all that is used here is the same. Of ECS: the first one that has
 * all of it. Of CEF: `CEF:0`.
 */
export const VERSIONS: Readonly<Record<SchemaName, readonly [string, ...string[]]>> = {
  ocsf: ['1.8.0', '1.7.0', '1.6.0', '1.5.0', '1.4.0'],
  ecs: ['9.0.0'],
  cef: ['0'],
};

/** Events in the words of another system. Every event has an answer: what no rule maps is kept as the most general thing, and counted. */
export interface Schema {
  readonly name: SchemaName;
  /** Version of the schema, such as `1.8.0`. */
  readonly version: string;
  /** Whether a line is a JSON object; else it is a text of its own kind. */
  readonly isJson: boolean;
  /**
   * One line of text without its end: JSON, or a CEF message. Safe for terminals, holds the entry's id and own text.
   * `org`: the one that was asked, for entries that do not name theirs.
   */
  line(event: AuditEvent, org?: string): string;
  /** Actions that no rule maps, with how often each came so far. Many different ones are counted together, as `OTHERS`. */
  unmapped(): ReadonlyMap<string, number>;
  /** Events so far that have no valid time: their lines have none either. */
  undated(): number;
}

/** Where in a line the entry's id and the text of its time are, for the schemas whose lines are JSON. */
export const PLACES: Readonly<
  Record<SchemaName, { readonly id: readonly string[]; readonly time: readonly string[] }>
> = {
  ocsf: { id: ['metadata.uid'], time: ['metadata.original_time'] },
  ecs: { id: ['event.id'], time: ['@timestamp'] },
  cef: { id: [], time: [] },
};

export interface SchemaOptions {
  readonly provider: Provider;
  /** One of `VERSIONS`; undefined: the usual one. */
  readonly version?: string | undefined;
}

/** What stands in `Schema.unmapped` for all actions beyond the first thousand different ones. */
export const OTHERS = '(others)';
