import { exactly, isCount, isText, mapOf, nullable, oneOf, type TypeOf } from '../json/is.js';
import { canonicalJson, sha256 } from './canonical.js';
import { isHash } from './shape/file.js';
import { isDate } from './shape/run.js';

export const CHAIN_FORMAT = 'auditlog-chain-1';

const isLink = exactly({ seq: isCount, hash: isHash });
export type Link = TypeOf<typeof isLink>;

/** The length of the chain in a directory of day files. Written last: an interrupted run left the manifests after its tip. */
export const isChain = exactly({
  format: oneOf(CHAIN_FORMAT),
  /** The source and the form of the entries, part by part: a run with another identity cannot continue the chain. */
  identity: mapOf(isText),
  days: exactly({ first: isDate, last: isDate }),
  /** The last sealed manifest; null if none is sealed yet. */
  sealed: nullable(isLink),
  /** The last manifest of all. */
  tip: isLink,
  /** SHA-256 over the line `auditlog-chain-1` and the canonical JSON of everything else here. */
  hash: isHash,
});
export type Chain = TypeOf<typeof isChain>;

export function sealChain(body: Omit<Chain, 'hash' | 'format'>): Chain {
  const { identity, days, sealed, tip } = body;
  const whole = { format: CHAIN_FORMAT, identity, days, sealed, tip } as const;
  return { ...whole, hash: hashOf(whole) };
}

export function chainHash({ hash: _, ...body }: Chain): string {
  return hashOf(body);
}

function hashOf(body: Omit<Chain, 'hash'>): string {
  return sha256(`${CHAIN_FORMAT}\n${canonicalJson(body)}`);
}
