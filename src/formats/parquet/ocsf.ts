import type { SchemaElement } from 'hyparquet-writer';

/** A member of an OCSF event as it stands in Parquet: a value, a list of texts, or an object with columns of its own. */
type OcsfShape = 'text' | 'texts' | 'int' | 'long' | OcsfColumns;
interface OcsfColumns {
  readonly [name: string]: OcsfShape;
}

const NAMED: OcsfColumns = { uid: 'text', name: 'text' };
const USER: OcsfColumns = { ...NAMED, email_addr: 'text', org: NAMED };

/** What every event has. `time` is in ms since 1970, as OCSF has it; the types are those of its attributes. */
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

/** What the events of a class have besides, by its number. */
const OWN: Readonly<Record<number, OcsfColumns>> = {
  3001: { user: USER },
  3002: { user: USER, service: { name: 'text' } },
  3004: { entity: { type_id: 'int', type: 'text', ...NAMED, user: USER, group: NAMED, org: NAMED } },
  3005: { user: USER, privileges: 'texts' },
  3006: { group: { ...NAMED, type: 'text' }, user: USER },
};

/** By the names of its attributes; of `unmapped` its JSON, as it is written. */
export type OcsfEvent = Readonly<Record<string, unknown>> & { readonly unmapped?: string | undefined };

/** Numbers of the classes that there are columns for. */
export const OCSF_CLASSES: readonly number[] = Object.keys(OWN).map(Number);

/**
 * Events of one OCSF class as a Parquet file: every attribute in a column of its own, objects as structures. The same events in the same order give
 * the same bytes. Throws for an event with a member that has no column: nothing is left out unseen.
 */
export async function ocsfParquet(classUid: number, events: readonly OcsfEvent[]): Promise<Buffer> {
  const own = OWN[classUid];
  if (own === undefined) throw new Error(`there are no columns for OCSF class ${classUid}`);
  const [{ ByteWriter, ParquetWriter }, { gzipSync }] = await Promise.all([
    import('hyparquet-writer'),
    import('node:zlib'),
  ]);
  const shapes: OcsfColumns = { ...HEAD, ...own, ...TAIL };
  const rows = events.map((event) => valuesOf(event, shapes, ''));
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'event', num_children: Object.keys(shapes).length }, ...elementsOf(shapes)],
    codec: 'SNAPPY',
    compressors: { GZIP: (block) => gzipSync(block) },
    createdBy: 'auditlog',
  });
  const columnData = Object.keys(shapes).map((name) => ({
    name,
    data: rows.map((row) => row[name]),
    ...(LARGE.includes(name) ? ({ codec: 'GZIP', statistics: false } as const) : {}),
  }));
  void parquet.write({ columnData, rowGroupSize: events.length });
  void parquet.finish();
  return Buffer.from(writer.getBytes());
}

const LARGE: readonly string[] = ['unmapped', 'raw_data'];

function elementsOf(shapes: OcsfColumns): SchemaElement[] {
  return Object.entries(shapes).flatMap(([name, shape]) => {
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

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;
const TYPES = { text: TEXT, int: { type: 'INT32' }, long: { type: 'INT64' } } as const;

function valuesOf(
  event: Readonly<Record<string, unknown>>,
  shapes: OcsfColumns,
  path: string,
): Readonly<Record<string, unknown>> {
  for (const name of Object.keys(event))
    if (!Object.hasOwn(shapes, name)) throw new Error(`there is no column for ${path}${name} of an OCSF event`);
  const entries = Object.entries(shapes).map(([name, shape]) => [name, cellOf(event[name], shape, `${path}${name}.`)]);
  return Object.fromEntries(entries);
}

function cellOf(value: unknown, shape: OcsfShape, path: string): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof shape !== 'string') return valuesOf(value as Readonly<Record<string, unknown>>, shape, path);
  return shape === 'long' ? BigInt(value as number) : value;
}
