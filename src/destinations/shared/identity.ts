import { createHash } from 'node:crypto';
import type { DeliveredEntry } from '../destination.js';

/** Elasticsearch and OpenSearch limit document ids to 512 bytes. */
const LONGEST = 400;
const HASH_DIGITS = 16;

/** The same for each delivery of an entry, different for other bytes: `ORG:ID:` and sixteen digits of a hash, or the whole hash without a (short) id. */
export function entryKey(org: string, { id, raw, ordinal = 0 }: DeliveredEntry): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(ordinal === 0 ? [org, id ?? null] : [org, id ?? null, ordinal]))
    .update(raw)
    .digest('hex');
  if (id === undefined) return hash;
  const prefix = `${org}:${id}:`;
  return Buffer.byteLength(prefix) > LONGEST ? hash : `${prefix}${hash.slice(0, HASH_DIGITS)}`;
}

/** The entry's name in messages. Untrusted text. */
export function entryName(org: string, entry: DeliveredEntry): string {
  return entry.id === undefined
    ? `without an id, ${entryKey(org, entry).slice(0, HASH_DIGITS)}`
    : entry.id.slice(0, 100);
}
