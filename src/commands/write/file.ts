import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { pagingStyle } from '../../engine/paging.js';
import type { Reading, Segment } from '../../engine/source.js';
import { realFiles } from '../../files/files.js';
import type { Format } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';
import type { ExportFileOptions } from '../../output/export/target.js';
import { openExportFile } from '../../output/export.js';
import { JournalFile } from '../../output/journal.js';
import { deliver } from './deliver.js';
import { withResumeHint } from './hint.js';
import { isOutcome, type WrittenOutcome } from './outcome.js';
import { outcomeOf } from './write.js';
import type { Writing } from './writing.js';

/** A file that is whole. */
export interface WrittenFile {
  readonly path: string;
  readonly sha256: string;
  readonly outcome: WrittenOutcome;
}

/** How to make a file. */
export interface MakeFileOptions extends Omit<ExportFileOptions, 'canFinish'> {
  readonly open: (begun: BegunFile) => Format | Promise<Format>;
  /** Converts the file when everything is in it; absent: the file only gets its name. */
  readonly finish?: (file: ExportFile, outcome: WrittenOutcome) => Promise<WrittenFile>;
}

/** An open file, and the reading that fills it. */
export interface BegunFile {
  readonly reading: Reading;
  /** Everything read so far, by this run and the interrupted ones before it. */
  readonly segments: readonly Segment[];
  /** The rows that an interrupted run left in the file; undefined: the file is new. */
  readonly resumedAfter: number | undefined;
}

type FileWriting = Omit<Writing, 'output'>;

/**
 * Reads into the file, resuming an interrupted run of the same command. Reads the key and opens the file before anything is requested. If the file
 * cannot be finished, its durable part is kept, and the error names the command that resumes. If everything was read before, only the rest is done:
 * the file's name, and the files beside it.
 */
export async function makeFile(
  ctx: Context,
  path: string,
  writing: FileWriting,
  options: MakeFileOptions,
): Promise<WrittenFile> {
  const { job, companion, watch, resumeCommand } = writing;
  const startedAt = ctx.clock.now();
  if (job.input === undefined) await job.connection.key();
  const journal = journalOf(ctx, path, writing, options);
  const file = await openExportFile(ctx, path, {
    ...options,
    canFinish: (facts, isNamed) => canFinish(facts, writing) && !(isNamed && isDone(options, writing)),
  });
  try {
    const facts = file.ended?.facts;
    const known = isOutcome(facts) ? facts : undefined;
    if (known === undefined) await companion?.check();
    else watch?.ended?.(known.verdict.kept);
    if (known === undefined) await journal?.load();
    const outcome = known ?? (await readInto(file, startedAt, writing, { ...options, journal }));
    if (journal !== undefined) {
      await file.seal(kept(outcome, writing));
      await journal.remove();
    }
    if (options.finish !== undefined) return await options.finish(file, outcome);
    return await finishFile(file, outcome, writing);
  } catch (error) {
    const { resumable } = await file.abandon();
    await journal?.close();
    if (writing.isWhole === true) throw error;
    if (resumable) throw withResumeHint(error, `${path}.partial`, resumeCommand);
    throw (journal?.pages ?? 0) > 0 ? withResumeHint(error, `${path}.partial.pages`, resumeCommand) : error;
  }
}

/** Whether the saved outcome of a run that had read everything is enough to finish it. */
export function canFinish(facts: unknown, { companion }: Pick<Writing, 'companion'>): boolean {
  return isOutcome(facts) && (companion === undefined || facts.run !== undefined);
}

/** Whether a file with its final name is complete: then --force asks for a new one. */
function isDone({ force }: MakeFileOptions, { companion }: FileWriting): boolean {
  return force && companion === undefined;
}

/** Gives a complete file its name, and writes the files beside it. `rest`: what else to do before the run ends. */
export async function finishFile(
  file: ExportFile,
  outcome: WrittenOutcome,
  writing: Pick<Writing, 'job' | 'order' | 'companion'>,
  rest?: () => Promise<void>,
): Promise<WrittenFile> {
  const { path, sha256 } = await file.finish(kept(outcome, writing), async (sealed) => {
    await writing.companion?.write({ sha256: sealed.sha256, outcome });
    await rest?.();
  });
  return { path, sha256, outcome };
}

/**
 * What to keep beside a file for resuming: nothing for an earlier export, which is as easily read again, or for a page of a list, which soon changes.
 */
export function kept(
  outcome: WrittenOutcome,
  { job, order }: Pick<Writing, 'job' | 'order'>,
): WrittenOutcome | undefined {
  return job.input === undefined && order.limit === undefined ? outcome : undefined;
}

/** Cursors and links only lead forward, so pages are kept until they are written. */
function journalOf(
  ctx: Context,
  path: string,
  { job, order }: FileWriting,
  { identity, restart }: MakeFileOptions,
): JournalFile | undefined {
  const { paging } = job.connection.provider;
  if (job.input !== undefined || order.limit !== undefined || pagingStyle(paging).access !== 'chain') return undefined;
  const { monotonic } = ctx.clock;
  const options = { files: realFiles, shown: path, identity, restart, monotonic: () => monotonic() };
  return new JournalFile(`${resolve(ctx.cwd, path)}.partial.pages`, options);
}

async function readInto(
  file: ExportFile,
  startedAt: number,
  { job, order, watch = {}, companion }: FileWriting,
  { journal, ...options }: MakeFileOptions & { readonly journal: JournalFile | undefined },
): Promise<WrittenOutcome> {
  const { resumed } = file;
  const before = resumed?.segments.reduce((rows, { kept }) => rows + kept, 0) ?? 0;
  const read = before + (journal?.entries ?? 0);
  if (resumed !== undefined || read > 0) watch.resumed?.(read);
  const resume = resumed ?? (journal?.plan === undefined ? undefined : { plan: journal.plan, segments: [] });
  const reading = await job.read({ ...order, ...(resume && { resume }), ...(journal && { journal }) });
  const segments = [...(resumed?.segments ?? [])];
  const format = await options.open({ reading, segments, resumedAfter: resumed === undefined ? undefined : before });
  watch.begin?.(reading);
  const sink = {
    write: (bytes: string | Uint8Array) => file.write(bytes),
    endSegment: async (record: Segment, plan: unknown) => {
      segments.push(record);
      await watch.segmentEnd?.(record, reading);
      return file.endSegment(record, plan);
    },
  };
  await deliver(reading, format, sink, before);
  const run = await companion?.record({ reading, segments, startedAt, resumed: resumed !== undefined });
  return { ...outcomeOf(reading, format), ...(run === undefined ? {} : { run }) };
}
