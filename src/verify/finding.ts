import type { Spool } from '../engine/rows/spool.js';
import type { Manifest } from '../manifest/manifest.js';

/**
 * changed: other bytes than were recorded. missing: a file that was recorded is not there. gap: the order of a chain tells of more.
 * extra: nothing speaks of it. server: the server counts otherwise than when it was read.
 */
export const FINDING_KINDS = ['changed', 'missing', 'gap', 'extra', 'server'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** One difference. `path` and `why` may hold what others wrote: to be neutralised before a terminal sees it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly path: string;
  readonly why: string;
}

/** What was looked at and found in order. */
export interface Item {
  readonly path: string;
  readonly what: string;
}

/** A manifest that was found in order, and where. */
export interface KnownManifest {
  readonly path: string;
  readonly manifest: Manifest;
}

/** What is gathered while verifying. Nothing stops at the first fault. */
export interface Findings {
  readonly findings: Finding[];
  readonly items: Item[];
  readonly manifests: Score;
  readonly files: Score;
  /** Of manifests in order, how many say that what they tell of could not be reconciled. */
  doubtful: number;
  readonly known: KnownManifest[];
  readonly chains: ChainSummary[];
  readonly openSpool: () => Spool;
  readonly keeps: Keeps;
}

/** What is not needed is not kept: an archive may have millions of manifests. */
export interface Keeps {
  readonly items: boolean;
  readonly known: boolean;
}

export interface Score {
  all: number;
  valid: number;
}

/** The state of one directory's chain, as far as it could be read. */
export interface ChainSummary {
  readonly path: string;
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** The last day up to which everything is sealed. */
  readonly sealedTo: string | null;
  readonly entries: number;
  /** The files of the days before this one were removed because of their age; null: none were. */
  readonly prunedBefore: string | null;
  /** The last manifest that never changes again: what to keep elsewhere. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
}

export function openFindings(openSpool: () => Spool, keeps: Keeps): Findings {
  return {
    findings: [],
    items: [],
    manifests: { all: 0, valid: 0 },
    files: { all: 0, valid: 0 },
    doubtful: 0,
    known: [],
    chains: [],
    openSpool,
    keeps,
  };
}

/** Remembers what was found in order, where anybody wants to know. */
export function addItem({ items, keeps }: Findings, path: string, what: string): void {
  if (keeps.items) items.push({ path, what });
}
