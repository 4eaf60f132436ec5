import type { Schema } from '../../schemas/schema.js';
import type { DeliveredEntry } from '../destination.js';
import { entryKey } from '../shared/identity.js';

/** Splunk's metadata, the same for every event. */
export interface SplunkMeta {
  /** The source of the log, such as the host of the vendor's API. */
  readonly host: string;
  readonly source: string;
  readonly sourcetype: string;
  /** Undefined: the token's default index. */
  readonly index: string | undefined;
}

/** One event for `/services/collector/event`: the entry's own text, or the line of a schema. Indexed: `id`, `org`, and `key`, by which a search finds duplicates. */
export function splunkEvent(
  { host, source, sourcetype, index }: SplunkMeta,
  org: string,
  entry: DeliveredEntry,
  text: Buffer | string,
): Buffer {
  const fields = { ...(entry.id === undefined ? {} : { id: entry.id }), org, key: entryKey(org, entry) };
  const meta = JSON.stringify({ host, source, sourcetype, ...(index === undefined ? {} : { index }), fields });
  const time = epochSeconds(entry.time);
  const head = `{${time === undefined ? '' : `"time":${time},`}${meta.slice(1, -1)},"event":`;
  return Buffer.concat([Buffer.from(head), typeof text === 'string' ? Buffer.from(text) : text, END]);
}

const END = Buffer.from('}');

/** The value of `event`: JSON as it is, a line of another schema as a string. */
export function splunkText({ isJson }: Pick<Schema, 'isJson'>, line: string): string {
  return isJson ? line : JSON.stringify(line);
}

/** Epoch seconds with milliseconds, as HEC documents `time`. Undefined for an invalid time: Splunk then uses the time of receipt. */
function epochSeconds(ms: number): string | undefined {
  return Number.isNaN(ms) ? undefined : (Math.floor(ms) / 1000).toFixed(3);
}
