import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import { usageError } from '../../errors.js';
import { realFiles } from '../../files/files.js';
import { checkName } from '../../files/names.js';
import { isAnything, isNumber, objectOf } from '../../json/is.js';
import { hashFile } from '../../manifest/blocks.js';
import { manifestPath, shapeOf, writeFileManifest, writeWorkbookManifest } from '../../manifest/file.js';
import { type RunFacts, recordRun } from '../../manifest/record.js';
import type { Provider } from '../../providers/provider.js';
import { PLACES } from '../../schemas/schema.js';
import { allColumns, type Column, idHeading, parseColumns } from '../../view.js';
import type { Output } from '../flags/output.js';
import type { Job } from '../job/job.js';
import { spools } from '../job/spools.js';
import type { Companion, Writing } from '../write/writing.js';

export { countClosed } from './closed.js';

/** Rejects a manifest for a pipe or a device, before anything is requested. */
export async function checkManifestPlace(ctx: Context, path: string | undefined): Promise<void> {
  if (path === undefined) throw usageError('--manifest needs -o FILE', 'Name it with -o FILE');
  checkName(path, ctx);
  const target = await realFiles.look(resolve(ctx.cwd, path));
  if (target?.kind === 'other' || path.startsWith('/dev/fd/'))
    throw usageError('--manifest needs a regular file', `${path} is a pipe or a device`);
}

/** Refuses to replace an existing manifest. */
async function checkNoOther(ctx: Context, path: string, force: boolean): Promise<void> {
  const seen = await realFiles.look(manifestPath(resolve(ctx.cwd, path)));
  if (seen !== undefined && !(force && seen.kind === 'file'))
    throw usageError(`${manifestPath(path)} already exists`, 'Choose another name, or overwrite both with --force');
}

/** The manifest of a file, as part of the same run: after an interruption the next run finishes both. */
export function manifestOf(
  ctx: Context,
  path: string,
  { job, output }: Pick<Writing, 'job' | 'output'>,
  recorded: { readonly flags: RunFacts['flags']; readonly closed: () => RunFacts['closed'] },
): Companion {
  const { force } = output;
  const writeManifest = manifestWriter(ctx, path, job, output);
  return {
    check: () => checkNoOther(ctx, path, force),
    record: async ({ reading, ...run }) => {
      const keyHint = (await job.connection.key()).hint;
      return recordRun(
        runFacts(ctx, job, reading, { ...run, flags: recorded.flags, closed: recorded.closed(), keyHint }),
      );
    },
    write: async ({ sha256, outcome: { verdict, run, ndjson } }) => {
      if (run === undefined) throw new Error('nothing was recorded of the run');
      await writeManifest({ sha256, ndjson }, { record: run, verdict });
    },
  };
}

type WriteManifest = (
  file: { readonly sha256: string; readonly ndjson: string | undefined },
  run: Parameters<typeof writeFileManifest>[2],
) => Promise<unknown>;

/** The function that writes the manifest for this format. */
function manifestWriter(ctx: Context, shown: string, { connection, zone }: Job, output: Output): WriteManifest {
  const { format, gzip, schema, csvRaw } = output;
  const path = resolve(ctx.cwd, shown);
  if (format === 'xlsx') {
    return ({ sha256, ndjson }, run) => {
      if (ndjson === undefined) throw new Error('nothing is known of the events in the workbook');
      return writeWorkbookManifest(path, { sha256, ndjson }, run);
    };
  }
  if (format === 'table' || format === 'parquet') throw new Error(`${format} is no evidence`);
  const { provider, orgs } = connection;
  const own = shapeOf(provider, { format, gzip, csvRaw });
  const columns = format === 'csv' ? columnsOf(output, provider, { zone, orgs }) : undefined;
  const id = columns && idHeading(columns);
  const fields = id === undefined ? own.fields : { ...own.fields, id: [id] };
  const shape = { ...own, fields: schema === undefined ? fields : PLACES[schema.name] };
  return ({ sha256 }, run) =>
    writeFileManifest(path, { shape, columns: columns?.map(({ name }) => name), sha256 }, run, spools(ctx));
}

/** Prints a manifest's name and hash, for a ticket or a mail. `sha256sum` prints the same hash. */
export async function manifestLine(ctx: Context, path: string): Promise<string> {
  const place = manifestPath(path);
  const { sha256 } = await hashFile(resolve(ctx.cwd, place));
  return `Manifest: ${place}, SHA-256 ${sha256.replace(/^sha256:/, '')}`;
}

/** The headings of a CSV file. */
export function columnNames(output: Output, { connection, zone }: Pick<Job, 'connection' | 'zone'>): readonly string[] {
  const { provider, orgs } = connection;
  return columnsOf(output, provider, { zone, orgs }).map(({ name }) => name);
}

function columnsOf(
  { columns: chosen }: Output,
  provider: Provider,
  world: Parameters<typeof parseColumns>[2],
): readonly Column[] {
  return chosen === undefined ? allColumns(provider) : parseColumns(chosen, provider, world);
}

/** What manifests record of a finished run. */
export function runFacts(
  ctx: Context,
  { connection, client, query, pseudonyms }: Job,
  reading: Reading,
  run: Pick<RunFacts, 'flags' | 'keyHint' | 'segments' | 'closed' | 'startedAt' | 'resumed'>,
): RunFacts {
  const plan = reading.plan();
  return {
    connection,
    nodeVersion: ctx.nodeVersion,
    query: { ...query, ...plannedRange(plan) },
    plan,
    verdict: reading.verdict(),
    ...run,
    flags: pseudonyms === undefined ? run.flags : pseudonyms.names.flags(run.flags),
    endedAt: ctx.clock.now(),
    skew: client.stats().skew,
    ...(pseudonyms === undefined
      ? {}
      : {
          names: pseudonyms.names,
          pseudonyms: {
            method: 'hmac-sha256-12' as const,
            key: pseudonyms.fingerprint,
            originals: `sha256:${pseudonyms.originals()}`,
          },
        }),
  };
}

/** A resumed run keeps the range of the first one. */
export function plannedRange(plan: unknown): {
  readonly from?: number | undefined;
  readonly before?: number | undefined;
} {
  if (!isPlan(plan)) return {};
  const { from, before } = plan;
  return { from: isNumber(from) ? from : undefined, before: isNumber(before) ? before : undefined };
}

const isPlan = objectOf({}, { from: isAnything, before: isAnything });
