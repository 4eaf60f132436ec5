import { type Is, isNumber, isText, listOf, nullable, objectOf, oneOf, orAbsent } from '../../json/is.js';
import { type GoneDay, isGoneDay } from '../state/checkpoint.js';

/** The result of one cycle of one organization. */
export interface CollectedOrg {
  readonly org: string;
  /** verified: matches the server's counts. uncounted: the vendor has no usable counts. unreconciled: see `gaps`. */
  readonly status: 'verified' | 'uncounted' | 'unreconciled';
  /** New entries at the destination, and those of them that appeared after their day was over. */
  readonly delivered: number;
  readonly late: number;
  /** Days with entries that the server no longer has, found in this cycle. */
  readonly gone: readonly GoneDay[];
  readonly gaps: readonly Gap[];
  /** Spans that were read while their count was changing, or after an interruption: the next cycle reads them again. */
  readonly unconfirmed: number;
  /** For files: the last sealed day. */
  readonly sealedTo: string | null;
  /** Entries read, known ones included. */
  readonly read: number;
}

/** Days that do not match the server's counts, inclusive; undefined: open. */
export interface Gap {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** May quote the server: neutralise before showing. */
  readonly why: string;
}

export const isCollectedOrg: Is<CollectedOrg> = objectOf({
  org: isText,
  status: oneOf('verified', 'uncounted', 'unreconciled'),
  delivered: isNumber,
  late: isNumber,
  gone: listOf(isGoneDay),
  gaps: listOf(objectOf({ from: orAbsent(isText), to: orAbsent(isText), why: isText })),
  unconfirmed: isNumber,
  sealedTo: nullable(isText),
  read: isNumber,
});

/** `org_1: `, the beginning of a message; empty for an organization without a name. */
export function prefixOf(org: string): string {
  return org === '' ? '' : `${org}: `;
}
