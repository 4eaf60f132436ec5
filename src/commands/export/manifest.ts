import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import type { Reading, Segment } from '../../engine/source.js';
import { usageError } from '../../errors.js';
import type { ClosedRecord } from '../../manifest/manifest.js';
import type { RunFacts } from '../../manifest/record.js';
import type { Output, WritingFlags } from '../flags/output.js';
import type { Job } from '../job/job.js';
import { spools } from '../job/spools.js';
import type { Writing, WrittenFile } from '../write/file.js';

/** Flags that say where to ask, what to tell on the way, and where to write: manifests have that in their own words, or not at all. */
const NOT_RECORDED: ReadonlySet<string> = new Set([
  'argv',
  'profile',
  'provider',
  'baseUrl',
  'org',
  'demo',
  'rate',
  'maxWait',
  'output',
  'force',
  'restart',
  'manifest',
  'color',
  'quiet',
  'debug',
  'input',
]);

/** The flags that shape the question and the file, as given. No flag can hold a key. */
export function recordedFlags(flags: WritingFlags): RunFacts['flags'] {
  const given = Object.entries(flags).filter(([name, value]) => !NOT_RECORDED.has(name) && isPlain(value));
  return Object.fromEntries(given) as RunFacts['flags'];
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
}

/** Refuses, before anything is asked, a manifest that would have no file or take over another. */
export async function checkManifestPlace(ctx: Context, path: string | undefined, force: boolean): Promise<void> {
  if (path === undefined) throw usageError('--manifest is about a file, and none is named', 'Name it with -o FILE.');
  const [{ manifestPath }, { realFiles }] = await Promise.all([
    import('../../manifest/file.js'),
    import('../../files/files.js'),
  ]);
  const seen = await realFiles.look(manifestPath(resolve(ctx.cwd, path)));
  if (seen !== undefined && !(force && seen.kind === 'file'))
    throw usageError(`${manifestPath(path)} exists already`, 'Choose another name, or overwrite both with --force.');
}

/** Writes the manifest of a file that is whole. */
export async function addManifest(
  ctx: Context,
  { job, output }: Writing,
  { path, reading, sha256, ...run }: WrittenFile,
  recorded: Pick<RunFacts, 'flags' | 'closed'>,
): Promise<void> {
  const [{ writeFileManifest }, { shapeOf }] = await Promise.all([
    import('../../manifest/file.js'),
    import('../../manifest/record.js'),
  ]);
  const { format, gzip, schema, csvRaw } = output;
  if (format === 'table' || format === 'parquet') throw new Error(`${format} is no evidence`);
  const { provider } = job.connection;
  const own = shapeOf(provider, { format, gzip, csvRaw });
  const shape =
    schema === undefined ? own : { ...own, fields: (await import('../../schemas/schema.js')).PLACES[schema.name] };
  const columns = format === 'csv' ? await columnNames(output, provider) : undefined;
  const keyHint = (await job.connection.key()).hint;
  const facts = runFacts(ctx, job, reading, { ...run, ...recorded, keyHint });
  await writeFileManifest(resolve(ctx.cwd, path), { shape, columns, sha256 }, facts, await spools(ctx));
}

/** The headings of a CSV file. */
export async function columnNames(
  { columns: chosen }: Output,
  provider: Job['connection']['provider'],
): Promise<readonly string[]> {
  const { allColumns, parseColumns } = await import('../../view.js');
  const columns = chosen === undefined ? allColumns(provider) : parseColumns(chosen, provider);
  return columns.map(({ name }) => name);
}

/** What manifests tell of a run that has come to its end. */
export function runFacts(
  ctx: Context,
  { connection, client, query }: Job,
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
    endedAt: ctx.clock.now(),
    skew: client.stats().skew,
  };
}

/** Counts the closed days of a range that is read in one piece with open ones, so that they can be counted again and compared one day. */
export interface ClosedCount {
  readonly segmentEnd: (segment: Segment, reading: Reading) => Promise<void>;
  readonly found: () => ClosedRecord | null;
}

/** So few entries are one request, and stay one. */
const FEW = 100;

export function countClosed({ connection, client, query }: Job): ClosedCount {
  let found: ClosedRecord | null = null;
  return {
    found: () => found,
    segmentEnd: async ({ from, to, rows, at }, reading) => {
      const [{ lastClosedDay }, { serverCounter }, { instant, wireRecords }] = await Promise.all([
        import('../../engine/plan.js'),
        import('../../engine/count/again.js'),
        import('../../manifest/record.js'),
      ]);
      const last = lastClosedDay(at);
      if (connection.provider.total === undefined || connection.provider.dates.to === undefined) return;
      if (rows <= FEW || (to !== undefined && to <= last) || (from !== undefined && from > last)) return;
      try {
        const wire = wireRecords(connection, query, reading.plan());
        const count = await serverCounter(client, connection, () => at)({ from, to: last }, wire);
        found = { from: from ?? null, to: last, count, at: instant(at) ?? '' };
      } catch {
        // The entries are there all the same.
      }
    },
  };
}

/** A run that was gone on with asks for the instants that it began with. */
export function plannedRange(plan: unknown): {
  readonly from?: number | undefined;
  readonly before?: number | undefined;
} {
  if (typeof plan !== 'object' || plan === null) return {};
  const { from, before } = plan as { readonly from?: unknown; readonly before?: unknown };
  return { from: numberOr(from), before: numberOr(before) };
}

function numberOr(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
