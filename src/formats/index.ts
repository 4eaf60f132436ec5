import type { Format, FormatName, FormatOptions } from './format.js';

type OpenFormat = (options: FormatOptions) => Format | Promise<Format>;

/** Each format's file is loaded when it is asked for. */
const FORMATS: Readonly<Record<FormatName, () => Promise<OpenFormat>>> = {
  table: async () => (await import('./table.js')).openTable,
  json: async () => (await import('./json.js')).openJson,
  ndjson: async () => (await import('./ndjson.js')).openNdjson,
  csv: async () => (await import('./csv.js')).openCsv,
  parquet: async () => (await import('./parquet.js')).openParquet,
};

export async function formatFor(name: FormatName, options: FormatOptions): Promise<Format> {
  const open = await FORMATS[name]();
  const format = await open(options);
  const { schema, provider } = options;
  return schema === undefined ? format : (await import('./inschema.js')).inSchema(format, schema, provider);
}
