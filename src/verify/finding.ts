import type { Spool } from '../engine/store/spool.js';
import type { Manifest } from '../manifest/manifest.js';
import type { ReportRecord } from '../report/record.js';
import { ExpectedHashes } from './expect.js';

/**
 * changed: the bytes differ from the record. missing: a recorded file does not exist. gap: the chain skips a number or a day. extra: not listed in
 * any manifest. server: the server's count differs from the recorded one.
 */
export const FINDING_KINDS = ['changed', 'missing', 'gap', 'extra', 'server'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** One mismatch. `path` and `why` may contain foreign text: neutralize it before showing it on a terminal. */
export interface Finding {
  readonly kind: FindingKind;
  readonly path: string;
  /** In one line. */
  readonly why: string;
  /** Each fact that differs. */
  readonly details?: readonly string[];
}

export interface CheckedItem {
  readonly path: string;
  readonly what: string;
}

export interface KnownManifest {
  readonly path: string;
  readonly manifest: Manifest;
}

/** Selects the results to keep in memory, because an archive may have millions of manifests. */
export interface KeptResults {
  readonly items: boolean;
  readonly known: boolean;
}

/** The state of one directory's chain, as far as it could be read. */
export interface ChainSummary {
  readonly path: string;
  readonly firstDay: string | null;
  readonly lastDay: string | null;
  /** The last day up to which everything is sealed. */
  readonly sealedTo: string | null;
  readonly entries: number;
  /** Files of days before this one were pruned; null: none were. */
  readonly prunedBefore: string | null;
  /** The last sealed manifest, whose hash should be kept elsewhere. */
  readonly head: { readonly seq: number; readonly hash: string } | null;
  /** The vendor, the organizations, and when the newest manifest was made. */
  readonly provider: string | null;
  readonly orgs: readonly string[];
  readonly madeAt: string | null;
  /** Files by the status that their manifests record. */
  readonly statuses: Readonly<Record<Manifest['status'], number>>;
}

/** The manifest of an exported file, and the hash of its own bytes. */
export interface DescribedFile extends KnownManifest {
  readonly sha256: string;
}

/** The record in a report, and the hash of the file. */
export interface DescribedReport {
  readonly path: string;
  readonly record: ReportRecord;
  readonly sha256: string;
}

/** Maximum number of files, and of reports, to describe. */
const MOST_DESCRIBED = 20;

/** What verifying needs. `openSpool` holds ids on disk while a large file is read. */
export interface VerifyWorld {
  readonly cwd: string;
  readonly openSpool: () => Spool;
  /** Stops between two files. */
  readonly signal?: AbortSignal;
  /** Default: everything. */
  readonly keeps?: KeptResults;
  /** Hashes that were sent another way. */
  readonly expected?: ExpectedHashes;
}

/** The results of verifying, which never stops at the first mismatch. */
export class Findings {
  readonly findings: Finding[] = [];
  readonly items: CheckedItem[] = [];
  readonly manifests = { all: 0, valid: 0 };
  readonly files = { all: 0, valid: 0 };
  /** Valid manifests whose status is unreconciled. */
  doubtful = 0;
  /** The limits of the log according to manifests: where it began, and which days were not over. */
  readonly coverage = new Set<string>();
  readonly known: KnownManifest[] = [];
  readonly chains: ChainSummary[] = [];
  readonly described: DescribedFile[] = [];
  readonly reports: DescribedReport[] = [];
  readonly expected: ExpectedHashes;
  readonly openSpool: () => Spool;
  readonly #keeps: KeptResults;
  readonly #signal: AbortSignal | undefined;

  constructor({ openSpool, keeps = { items: true, known: true }, signal, expected }: VerifyWorld) {
    this.openSpool = openSpool;
    this.expected = expected ?? new ExpectedHashes([]);
    this.#keeps = keeps;
    this.#signal = signal;
  }

  /** Throws the signal's reason after a stop. */
  throwIfStopped(): void {
    this.#signal?.throwIfAborted();
  }

  find(kind: FindingKind, path: string, why: string, details?: readonly string[]): void {
    this.findings.push({ kind, path, why, ...(details === undefined ? {} : { details }) });
  }

  describe(file: DescribedFile): void {
    if (this.described.length < MOST_DESCRIBED) this.described.push(file);
  }

  describeReport(report: DescribedReport): void {
    if (this.reports.length < MOST_DESCRIBED) this.reports.push(report);
  }

  addItem(path: string, what: string): void {
    if (this.#keeps.items) this.items.push({ path, what });
  }

  addKnown(path: string, manifest: Manifest): void {
    if (this.#keeps.known) this.known.push({ path, manifest });
  }
}
