import { createHash } from 'node:crypto';
import type { DeliveredEntry } from '../destination.js';

/** Elasticsearch and OpenSearch limit document ids to 512 bytes. */
const LONGEST = 400;
const HASH_DIGITS = 16;

/**
 * Names an entry: the same name for each delivery, another name for the same id with other bytes, so that both are kept.
 * `ORG:ID:` and sixteen hex digits of a hash over org, id, text and ordinal. Without an id, or with a very long one, the hash alone.
 */
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
