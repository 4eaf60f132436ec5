import { type Is, isNumber, isText, listOf, nullable, objectOf, oneOf, orAbsent } from '../../json/is.js';
import { type GoneDay, isGoneDay } from '../state/checkpoint.js';

/** What came of one cycle of one organization. */
export interface CollectedOrg {
  readonly org: string;
  /** verified: equal to the server's counts. uncounted: the vendor tells none of use. unreconciled: `gaps` say why. */
  readonly status: 'verified' | 'uncounted' | 'unreconciled';
  /** Entries that were not at the destination before, and those of them that came after their day was over. */
  readonly delivered: number;
  readonly late: number;
  /** Days with entries that are no longer on the server, found in this cycle. */
  readonly gone: readonly GoneDay[];
  readonly gaps: readonly Gap[];
  /** Stretches of history that were read while their count was changing, or after an interruption: the next cycle looks again. */
  readonly unconfirmed: number;
  /** The last day that is sealed; for files. */
  readonly sealedTo: string | null;
  /** Entries that were read, those that were known among them. */
  readonly read: number;
}

/** Days that could not be reconciled with the server, inclusive; undefined: open. */
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

/** The name of an organization before what is said of it; nothing for one that is nobody's name. */
export function prefixOf(org: string): string {
  return org === '' ? '' : `${org}: `;
}
