import type { Schema } from '../../schemas/schema.js';
import type { DeliveredEntry } from '../destination.js';
import { entryKey } from '../shared/identity.js';

/** What Splunk is told of every event besides the event itself. */
export interface SplunkMeta {
  /** Where the log comes from, such as the host of the vendor's API. */
  readonly host: string;
  readonly source: string;
  readonly sourcetype: string;
  /** Undefined: the token's own. */
  readonly index: string | undefined;
}

/**
 * One event for `/services/collector/event`. The entry's own text stands in it as it is, or the line of a schema; `fields` are indexed:
 * `id`, `org`, and `key`, by which a search tells what was delivered twice.
 */
export function splunkEvent(meta: SplunkMeta, org: string, entry: DeliveredEntry, text: Buffer | string): Buffer {
  const { host, source, sourcetype, index } = meta;
  const fields = { ...(entry.id === undefined ? {} : { id: entry.id }), org, key: entryKey(org, entry) };
  const told = JSON.stringify({ host, source, sourcetype, ...(index === undefined ? {} : { index }), fields });
  const time = epochSeconds(entry.time);
  const head = `{${time === undefined ? '' : `"time":${time},`}${told.slice(1, -1)},"event":`;
  return Buffer.concat([Buffer.from(head), typeof text === 'string' ? Buffer.from(text) : text, END]);
}

const END = Buffer.from('}');

/** What stands as `event`, as JSON: a schema that is not JSON becomes a string. */
export function splunkText({ isJson }: Pick<Schema, 'isJson'>, line: string): string {
  return isJson ? line : JSON.stringify(line);
}

/** Epoch seconds with milliseconds, as HEC documents `time`; undefined for what is no valid time: then it is when Splunk received it. */
function epochSeconds(ms: number): string | undefined {
  return Number.isNaN(ms) ? undefined : (Math.floor(ms) / 1000).toFixed(3);
}
