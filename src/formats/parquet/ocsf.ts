import type { SchemaElement } from 'hyparquet-writer';
import { isObject } from '../../json/is.js';
import { openParquetFile, PARQUET_LARGE, PARQUET_TEXT } from './file.js';

/** How an attribute is stored: a value, a list of texts, or an object with columns of its own. */
type OcsfShape = 'text' | 'texts' | 'int' | 'long' | OcsfColumns;
interface OcsfColumns {
  readonly [name: string]: OcsfShape;
}

const NAMED: OcsfColumns = { uid: 'text', name: 'text' };
const USER: OcsfColumns = { ...NAMED, email_addr: 'text', org: NAMED };

/** Of every event. `time` is in ms since 1970, as in OCSF. */
const HEAD: OcsfColumns = {
  time: 'long',
  category_uid: 'int',
  category_name: 'text',
  class_uid: 'int',
  class_name: 'text',
  activity_id: 'int',
  activity_name: 'text',
  type_uid: 'long',
  type_name: 'text',
  severity_id: 'int',
  severity: 'text',
  status_id: 'int',
  status: 'text',
  message: 'text',
  metadata: {
    version: 'text',
    uid: 'text',
    event_code: 'text',
    log_name: 'text',
    original_time: 'text',
    tenant_uid: 'text',
    product: { name: 'text', vendor_name: 'text' },
  },
  actor: { user: USER, app_name: 'text' },
};
const TAIL: OcsfColumns = {
  src_endpoint: { ip: 'text', location: { country: 'text' } },
  http_request: { user_agent: 'text' },
  unmapped: 'text',
  raw_data: 'text',
};

/** Of the events of a class, by its number. */
const OWN: Readonly<Record<number, OcsfColumns>> = {
  3001: { user: USER },
  3002: { user: USER, service: { name: 'text' } },
  3004: { entity: { type_id: 'int', type: 'text', ...NAMED, user: USER, group: NAMED, org: NAMED } },
  3005: { user: USER, privileges: 'texts' },
  3006: { group: { ...NAMED, type: 'text' }, user: USER },
};

/** An event by attribute; `unmapped` is its JSON text. */
export type OcsfEvent = Readonly<Record<string, unknown>> & { readonly unmapped?: string | undefined };

/** The classes that have columns. */
export const OCSF_CLASSES: readonly number[] = Object.keys(OWN).map(Number);

/**
 * Events of one OCSF class as a Parquet file: a column for every attribute, structures for objects. The same events in the same order give the same
 * bytes. `keys`, one for each event, are stored with them. Throws for an event with an attribute that has no column, so that nothing is lost.
 */
export async function ocsfParquet(
  classUid: number,
  events: readonly OcsfEvent[],
  keys?: readonly string[],
): Promise<Buffer> {
  const own = OWN[classUid];
  if (own === undefined) throw new Error(`there are no columns for OCSF class ${classUid}`);
  const columns: OcsfColumns = { ...HEAD, ...own, ...TAIL };
  const names = Object.keys(columns);
  const rows = events.map((event) => valuesOf(event, columns, ''));
  const facts = keys && [{ key: KEYS, value: keys.join(' ') }];
  const file = await openParquetFile('event', names.length, elementsOf(columns), facts);
  const data = names.map((name) => ({
    name,
    data: rows.map((row) => row[name]),
    ...(LARGE.includes(name) ? PARQUET_LARGE : {}),
  }));
  file.write(data, events.length);
  return Buffer.from(file.finish().buffer);
}

const KEYS = 'auditlog.keys';

/** Reads a file made by `ocsfParquet`: events and their keys, in order. Undefined for any other bytes. */
export async function readOcsfParquet(bytes: Buffer): Promise<KeyedOcsf | undefined> {
  const [{ parquetMetadata, parquetReadObjects }, { gunzipSync }] = await Promise.all([
    import('hyparquet'),
    import('node:zlib'),
  ]);
  try {
    const file = new Uint8Array(bytes).buffer;
    const { key_value_metadata: facts = [] } = parquetMetadata(file);
    const text = facts.find(({ key }) => key === KEYS)?.value;
    if (text === undefined) return undefined;
    const events = await parquetReadObjects({ file, compressors: { GZIP: (block) => gunzipSync(block) } });
    const keys = text === '' ? [] : text.split(' ');
    return keys.length === events.length ? { keys, events } : undefined;
  } catch {
    return undefined;
  }
}

export interface KeyedOcsf {
  readonly keys: readonly string[];
  readonly events: readonly OcsfEvent[];
}

const LARGE: readonly string[] = ['unmapped', 'raw_data'];

function elementsOf(columns: OcsfColumns): SchemaElement[] {
  return Object.entries(columns).flatMap(([name, shape]) => {
    const optional = { name, repetition_type: 'OPTIONAL' } as const;
    if (typeof shape !== 'string')
      return [{ ...optional, num_children: Object.keys(shape).length }, ...elementsOf(shape)];
    if (shape !== 'texts') return [{ ...optional, ...TYPES[shape] }];
    return [
      { ...optional, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'OPTIONAL', ...TYPES.text },
    ];
  });
}

const TYPES = { text: PARQUET_TEXT, int: { type: 'INT32' }, long: { type: 'INT64' } } as const;

function valuesOf(
  event: Readonly<Record<string, unknown>>,
  columns: OcsfColumns,
  path: string,
): Readonly<Record<string, unknown>> {
  for (const name of Object.keys(event))
    if (!Object.hasOwn(columns, name)) throw new Error(`there is no column for ${path}${name} of an OCSF event`);
  const entries = Object.entries(columns).map(([name, shape]) => [name, cellOf(event[name], shape, `${path}${name}.`)]);
  return Object.fromEntries(entries);
}

function cellOf(value: unknown, shape: OcsfShape, path: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') return shape === 'long' && typeof value === 'number' ? BigInt(value) : value;
  if (!isObject(value)) throw new Error(`${path} of an OCSF event is not an object`);
  return valuesOf(value, shape, path);
}
