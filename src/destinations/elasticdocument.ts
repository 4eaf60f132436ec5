import type { AuditEvent } from '../event.js';
import type { Schema } from '../schemas/schema.js';
import { formatInstant, UTC } from '../time.js';
import type { BulkRow } from './bulk.js';
import { entryKey, entryName } from './bulkkey.js';

/**
 * The two lines of an event in a `_bulk` request: `create`, which never overwrites, and the document in the words of a schema that is JSON.
 * A schema that has no `@timestamp`, which data streams and dashboards want, gets it in front.
 */
export function elasticDocument(org: string, event: AuditEvent, schema: Schema): BulkRow {
  const action = JSON.stringify({ create: { _id: entryKey(org, event.entry) } });
  const line = schema.line(event, org);
  const time = schema.name === 'ecs' ? '' : formatInstant(event.time, UTC);
  const document = time === '' ? line : `{"@timestamp":"${time}",${line.slice(1)}`;
  return { body: Buffer.from(`${action}\n${document}\n`), name: entryName(org, event.entry) };
}
