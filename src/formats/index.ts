import type { Entry } from '../event.js';
import { toEvent } from '../providers/event/normalize.js';
import type { Format, FormatName, FormatOptions } from './format.js';

type OpenFormat = (options: FormatOptions) => Format | Promise<Format>;

/** Each format is loaded when it is needed. */
const FORMATS: Readonly<Record<FormatName, () => Promise<OpenFormat>>> = {
  table: async () => (await import('./table.js')).openTable,
  json: async () => (await import('./lines.js')).openJson,
  ndjson: async () => (await import('./lines.js')).openNdjson,
  csv: async () => (await import('./csv.js')).openCsv,
  xlsx: async () => (await import('./xlsx.js')).openXlsx,
  parquet: async () => (await import('./parquet.js')).openParquet,
};

export async function formatFor(name: FormatName, options: FormatOptions): Promise<Format> {
  const open = await FORMATS[name]();
  const format = await open(options);
  const { schema, provider } = options;
  if (schema === undefined) return format;
  // Line formats write each entry's text, so they get the schema's line instead.
  return {
    ...format,
    write: (batch) => {
      const line = (entry: Entry) => Buffer.from(schema.line(toEvent(provider, entry), batch.org));
      return format.write({ ...batch, entries: batch.entries.map((entry) => ({ ...entry, raw: line(entry) })) });
    },
    facts: () => ({
      ...format.facts(),
      schema: { name: schema.name, unmapped: schema.unmapped(), undated: schema.undated() },
    }),
  };
}
