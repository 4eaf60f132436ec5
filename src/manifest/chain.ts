import { canonicalJson, sha256 } from './canonical.js';

export const CHAIN_FORMAT = 'auditlog-chain-1';

/** How far the chain of a directory of day files goes. Written last: manifests after its tip are left by a run that was cut off. */
export interface Chain {
  readonly format: typeof CHAIN_FORMAT;
  /** Whose entries these are and how they are written, part by part: a run with another identity does not go on with it. */
  readonly identity: { readonly [part: string]: string };
  /** The days that have a file each. */
  readonly days: { readonly first: string; readonly last: string };
  /** The last manifest that never changes again; null when none is sealed yet. */
  readonly sealed: Link | null;
  /** The last manifest of all. */
  readonly tip: Link;
  /** SHA-256 over the line `auditlog-chain-1` and the canonical JSON of everything else here. */
  readonly hash: string;
}

export interface Link {
  readonly seq: number;
  readonly hash: string;
}

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
