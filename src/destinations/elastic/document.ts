import { toEvent } from '../../providers/event/normalize.js';
import type { Provider } from '../../providers/provider.js';
import type { Schema } from '../../schemas/schema.js';
import { formatInstant, UTC } from '../../time.js';
import type { DeliveredEntry } from '../destination.js';
import type { BatchRow } from '../shared/batch.js';
import { entryKey, entryName } from '../shared/identity.js';

/** Makes the two lines of an entry in a `_bulk` request: `create`, which never overwrites, and the document in a schema that is JSON. */
export function openDocuments(provider: Provider, schema: Schema): (org: string, entry: DeliveredEntry) => BatchRow {
  return (org, entry) => {
    const action = JSON.stringify({ create: { _id: entryKey(org, entry) } });
    const line = schema.line(toEvent(provider, entry), org);
    // Data streams and dashboards need `@timestamp`, which only ECS has.
    const time = schema.name === 'ecs' ? '' : formatInstant(entry.time, UTC);
    const document = time === '' ? line : `{"@timestamp":"${time}",${line.slice(1)}`;
    return { body: Buffer.from(`${action}\n${document}\n`), name: entryName(org, entry) };
  };
}
