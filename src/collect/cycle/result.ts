import { isNumber, isText, listOf, nullable, objectOf, oneOf, orAbsent, type TypeOf } from '../../json/is.js';
import { isGoneDay } from '../state/gone.js';

const isGap = objectOf({
  from: orAbsent(isText),
  to: orAbsent(isText),
  /** May quote the server: neutralise before showing. */
  why: isText,
});
/** Days that do not match the server's counts, inclusive; undefined: open. */
export type Gap = TypeOf<typeof isGap>;

export const isCollectedOrg = objectOf(
  {
    org: isText,
    /** verified: matches the server's counts. uncounted: the vendor has no usable counts. unreconciled: see `gaps`. */
    status: oneOf('verified', 'uncounted', 'unreconciled'),
    /** New entries at the destination, and those of them that appeared after their day was over. */
    delivered: isNumber,
    late: isNumber,
    /** Days with entries that the server no longer has, found in this cycle. */
    gone: listOf(isGoneDay),
    gaps: listOf(isGap),
    /** Spans that were read while their count was changing, or after an interruption: the next cycle reads them again. */
    unconfirmed: isNumber,
    /** For files: the last sealed day. */
    sealedTo: nullable(isText),
    /** Entries read, known ones included. */
    read: isNumber,
  },
  {
    /** Entries that are gone from the server, found in any cycle, until somebody acknowledges them. */
    unacknowledged: isNumber,
    /** Entries that the destination rejects, of all runs. */
    refused: isNumber,
  },
);
/** The result of one cycle of one organization. */
export type CollectedOrg = TypeOf<typeof isCollectedOrg>;

/** `org_1: `, the beginning of a message; empty for an organization without a name. */
export function prefixOf(org: string): string {
  return org === '' ? '' : `${org}: `;
}
