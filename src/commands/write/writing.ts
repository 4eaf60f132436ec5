import type { Reading, ReadingOptions, Segment } from '../../engine/source.js';
import type { FormatBatch, FormatFacts } from '../../formats/format.js';
import type { ExtraSheet } from '../../formats/xlsx/sheets.js';
import { queryIdentity } from '../../query.js';
import type { Output } from '../flags/output.js';
import type { Job } from '../job/job.js';
import type { WrittenOutcome } from './outcome.js';

/** The events to write: which, in which order, and where to. */
export interface Writing {
  readonly job: Job;
  readonly order: ReadingOptions;
  readonly output: Output;
  /** The command that resumes an interrupted run. */
  readonly resumeCommand: string;
  readonly watch?: Watch;
  readonly companion?: Companion;
  /** For a workbook with --access. */
  readonly access?: WorkbookAccess;
  /** It needs one run that reads everything: an interrupted run is not resumed. */
  readonly isWhole?: boolean;
}

/** Who has access at the end of the range of a workbook. */
export interface WorkbookAccess {
  /** Empty if the events do not say. */
  readonly sheets: readonly ExtraSheet[];
  /** For *About*. */
  readonly words: string;
}

/** A file beside the export, such as its manifest. */
export interface Companion {
  /** Called before anything is requested. Rejects if it cannot be written. */
  readonly check: () => Promise<void>;
  /** What it needs to know about the run. */
  readonly record: (run: FileRun) => Promise<NonNullable<WrittenOutcome['run']>>;
  /** Writes it, once the file has its name. May be called again for the same file. */
  readonly write: (file: { readonly sha256: string; readonly outcome: WrittenOutcome }) => Promise<void>;
}

/** How a file was read. */
export interface FileRun {
  readonly reading: Reading;
  /** Everything read, by this run and the interrupted ones before it. */
  readonly segments: readonly Segment[];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly resumed: boolean;
}

/** Called while events are written. */
export interface Watch {
  /** On standard output: with the next text. */
  readonly batch?: (batch: FormatBatch) => void;
  /** On standard output: after the last text. */
  readonly done?: (facts: FormatFacts) => void;
  /** Before the reading begins. */
  readonly begin?: (reading: Reading) => void;
  /** When an interrupted run is resumed, with the number of rows in the file. */
  readonly resumed?: (rows: number) => void;
  /** When an interrupted run had read everything; replaces `begin`. Gets the number of rows in the file. */
  readonly ended?: (rows: number) => void;
  /** When a segment is written, before it is durable. */
  readonly segmentEnd?: (segment: Segment, reading: Reading) => Promise<void>;
}

/** The parts that must be equal for a run to resume the file of another, by name. */
export type FileIdentity = Readonly<Record<string, string>>;

/** The demo has another port in each run. */
export function identityOf({
  job,
  output,
  order,
  access,
}: Pick<Writing, 'job' | 'output' | 'order' | 'access'>): FileIdentity {
  const { connection, query, zone, input, pseudonyms } = job;
  const { format, gzip, schema, columns, csvRaw, csvBom, delimiter } = output;
  const dialect = delimiter === ',' ? [] : [`delimiter ${JSON.stringify(delimiter)}`];
  const { limit, page, direction } = order;
  const { base, provider, orgs, direct } = connection;
  return {
    origin: input ?? (direct === true ? 'demo' : base.href),
    provider: provider.name,
    org: orgs.join(','),
    query: queryIdentity(query, { ...job.written, zone: zone.name }),
    format: [
      format,
      ...(gzip ? ['gzip'] : []),
      ...(csvRaw ? ['raw'] : []),
      ...(csvBom ? ['bom'] : []),
      ...dialect,
    ].join(' '),
    columns: columns ?? 'all',
    ...(pseudonyms === undefined ? {} : { pseudonyms: pseudonyms.fingerprint }),
    ...(schema === undefined ? {} : { schema: `${schema.name} ${schema.version}` }),
    ...(access === undefined ? {} : { access: 'at the end' }),
    ...(direction === 'oldest-first' ? { order: 'oldest first' } : {}),
    ...(limit === undefined ? {} : { limit: `${limit}, page ${page ?? 1}` }),
  };
}
