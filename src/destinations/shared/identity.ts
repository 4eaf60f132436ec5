import { createHash } from 'node:crypto';
import type { DeliveredEntry } from '../destination.js';

/** Elasticsearch and OpenSearch take at most 512 bytes as the id of a document. */
const LONGEST = 400;
const HASH_DIGITS = 16;

/**
 * A name for an entry that is the same each time it is delivered, and another one for an entry of the same id with other bytes: so that both are kept.
 * `ORG:ID:` and sixteen hex digits of a hash of org, id, the entry's own text and how many equal ones of its day there are before it; an entry without an id, or with a very long one, is named by the hash alone.
 */
export function entryKey(org: string, { id, raw, ordinal = 0 }: DeliveredEntry): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(ordinal === 0 ? [org, id ?? null] : [org, id ?? null, ordinal]))
    .update(raw)
    .digest('hex');
  const told = id === undefined ? `${org}:` : `${org}:${id}:`;
  return id === undefined || Buffer.byteLength(told) > LONGEST ? hash : `${told}${hash.slice(0, HASH_DIGITS)}`;
}

/** Which entry it is, for messages. Untrusted text. */
export function entryName(org: string, entry: DeliveredEntry): string {
  return entry.id === undefined
    ? `without an id, ${entryKey(org, entry).slice(0, HASH_DIGITS)}`
    : entry.id.slice(0, 100);
}
