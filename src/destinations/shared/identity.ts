import { createHash } from 'node:crypto';
import type { DeliveredEntry } from '../destination.js';

/** Elasticsearch and OpenSearch limit document ids to 512 bytes. */
const LONGEST = 400;
/** Earlier versions wrote sixteen, of a hash of the text. */
const HASH_DIGITS = 20;

/**
 * The same for each delivery of an entry, even if the vendor renders its text differently: `ORG:ID:` and twenty digits of a hash. Some
 * vendors number the entries of each day from one, so the time counts too. Without a (short) id it is the whole hash.
 */
export function entryKey(org: string, entry: DeliveredEntry): string {
  const hash = hashOf(org, entry);
  const { id } = entry;
  if (id === undefined) return hash;
  const prefix = `${org}:${id}:`;
  return Buffer.byteLength(prefix) > LONGEST ? hash : `${prefix}${hash.slice(0, HASH_DIGITS)}`;
}

/** Without an id or a valid time only the text is left. */
function hashOf(org: string, { id, raw, time, ordinal = 0, sibling = 0 }: DeliveredEntry): string {
  const hash = createHash('sha256');
  if (id !== undefined && !Number.isNaN(time))
    return hash.update(JSON.stringify([org, id, time, sibling])).digest('hex');
  const parts = ordinal === 0 ? [org, id ?? null] : [org, id ?? null, ordinal];
  return hash.update(JSON.stringify(parts)).update(raw).digest('hex');
}

/** Whether an earlier version made a key: it was of the text, too. */
export function isEarlierKey(key: string): boolean {
  return /:[0-9a-f]{16}$/.test(key);
}

/** The entry's name in messages. Untrusted text. */
export function entryName(org: string, entry: DeliveredEntry): string {
  return entry.id === undefined
    ? `without an id, ${entryKey(org, entry).slice(0, HASH_DIGITS)}`
    : entry.id.slice(0, 100);
}
