import type { AuditEvent } from '../event.js';

export const SCHEMA_NAMES = ['ocsf', 'ecs', 'cef'] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** Events in the words of another system. Every event has an answer: what no rule maps is kept as the most general thing, and counted. */
export interface Schema {
  readonly name: SchemaName;
  /** Version of the schema, such as `1.8.0`. */
  readonly version: string;
  /** One line of text without its end: JSON, or a CEF message. Safe for terminals, holds the entry's id and own text. */
  line(event: AuditEvent): string;
  /** Actions that no rule maps, with how often each came so far. */
  unmapped(): ReadonlyMap<string, number>;
}
