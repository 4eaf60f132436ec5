import type { Context } from '../../context.js';
import type { Reading, ReadingOptions, Segment } from '../../engine/source.js';
import type { Format } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';
import type { Output } from '../flags/output.js';
import type { Job } from '../job/job.js';
import { deliver, type Sink } from './deliver.js';
import { goOn } from './resume.js';
import type { Watch } from './watch.js';

/** What is read into a file, and in which order. */
export interface FileWriting {
  readonly job: Job;
  readonly order: ReadingOptions;
  readonly watch?: Watch;
  /** The command line that goes on where a run was interrupted. */
  readonly resumeCommand: string;
}

/** Events that are read and written down. */
export interface Writing extends FileWriting {
  readonly output: Output;
}

/** What must be the same for a run to go on with the file of another, by name. */
export type Identity = Readonly<Record<string, string>>;

/** A file that is whole, and what it was read by. */
export interface WrittenFile {
  readonly path: string;
  readonly reading: Reading;
  readonly format: Format;
  readonly sha256: string;
  /** Everything that was read, by this run and the interrupted ones before it. */
  readonly segments: readonly Segment[];
  /** Epoch ms. */
  readonly startedAt: number;
  readonly resumed: boolean;
}

/** How a file is made. */
export interface Making {
  readonly gzip: boolean;
  readonly force: boolean;
  readonly restart: boolean;
  readonly identity: Identity;
  readonly open: (begun: Begun) => Promise<Format>;
  /** Makes something else of the file when everything is in it; without it the file gets its name. */
  readonly finish?: (file: ExportFile, format: Format) => Promise<Made>;
}

export type Made = Pick<WrittenFile, 'path' | 'sha256' | 'format'>;

/** A file that was opened, and the reading that goes into it. */
export interface Begun {
  readonly reading: Reading;
  /** Everything that was read so far, by this run and the interrupted ones before it. */
  readonly segments: readonly Segment[];
  /** How many rows an interrupted run had left in the file; undefined: this is its beginning. */
  readonly resumedAfter: number | undefined;
}

/**
 * Reads into the file, going on where an interrupted run of the same command stopped. The key is read and the file opened before anything is asked.
 * When it cannot be finished, what is durable of it stays, and the error tells the command that goes on.
 */
export async function makeFile(
  ctx: Context,
  path: string,
  making: Making,
  { job, order, watch = {}, resumeCommand }: FileWriting,
): Promise<WrittenFile> {
  const startedAt = ctx.clock.now();
  if (job.input === undefined) await job.connection.key();
  const { openExportFile } = await import('../../output/export.js');
  const file = await openExportFile(ctx, path, making);
  try {
    const { resumed } = file;
    const before = resumed?.segments.reduce((rows, { kept }) => rows + kept, 0) ?? 0;
    if (resumed !== undefined) watch.resumed?.(before);
    const reading = await job.read(resumed === undefined ? order : { ...order, resume: resumed });
    const segments = [...(resumed?.segments ?? [])];
    const format = await making.open({ reading, segments, resumedAfter: resumed === undefined ? undefined : before });
    watch.begin?.(reading);
    const sink: Sink = {
      write: (bytes) => file.write(bytes),
      endSegment: async (record, plan) => {
        segments.push(record);
        await watch.segmentEnd?.(record, reading);
        return file.endSegment(record, plan);
      },
    };
    await deliver(reading, format, sink, { ...watch, before });
    const made = (await making.finish?.(file, format)) ?? { ...(await file.finish()), format };
    return { ...made, reading, segments, startedAt, resumed: resumed !== undefined };
  } catch (error) {
    const { resumable } = await file.abandon();
    throw resumable ? goOn(error, path, resumeCommand) : error;
  }
}

/** What must be the same for a run to go on with the file of another. The demo is at another port each time. */
export async function identityOf({ job, output, order }: Omit<Writing, 'resumeCommand'>): Promise<Identity> {
  const { connection, query, zone, input } = job;
  const { format, gzip, schema, columns, csvRaw } = output;
  const { limit, page } = order;
  const { queryIdentity } = await import('../../query.js');
  const { base, provider, orgs, direct } = connection;
  const written = { ...job.written, zone: zone.name };
  return {
    origin: input ?? (direct === true ? 'demo' : base.href),
    provider: provider.name,
    org: orgs.join(','),
    query: queryIdentity(query, written),
    format: [format, ...(gzip ? ['gzip'] : []), ...(csvRaw ? ['raw'] : [])].join(' '),
    columns: columns ?? 'all',
    ...(schema === undefined ? {} : { schema: `${schema.name} ${schema.version}` }),
    ...(limit === undefined ? {} : { limit: `${limit}, page ${page ?? 1}` }),
  };
}
