import type { Context } from '../../context.js';
import type { Reading, ReadingOptions, Segment } from '../../engine/source.js';
import { usageError } from '../../errors.js';
import type { Format, FormatName } from '../../formats/format.js';
import type { ExportFile } from '../../output/export.js';
import { colorChoice } from '../flags/everywhere.js';
import type { OutputFlags } from '../flags/output.js';
import { checkBesideSchema, type SchemaChoice, type SchemaFlags, toSchema } from '../flags/schema.js';
import { writtenTimes } from '../flags/times.js';
import type { Asking, AskingFlags } from '../job/ask.js';
import { deliver, type Sink } from './deliver.js';
import { goOn } from './resume.js';

export type WritingFlags = AskingFlags &
  OutputFlags &
  SchemaFlags & {
    readonly restart?: boolean;
    readonly diff?: boolean;
    readonly live?: boolean;
    readonly manifest?: boolean;
    readonly split?: string;
  };

/** What is written, and where: settled before anything is asked. */
export interface Writing {
  readonly format: FormatName;
  /** Undefined: standard output. */
  readonly path: string | undefined;
  readonly gzip: boolean;
  /** Undefined: each entry in the vendor's own words. */
  readonly schema?: SchemaChoice | undefined;
}

/** What the output flags come to; `usual` is the format where nothing tells another. Throws a usage error for flags that contradict one another. */
export async function toWriting(flags: WritingFlags, usual: FormatName): Promise<Writing> {
  const { output: path } = flags;
  const { formatOfFile, linesOfFile } = await import('../../output/endings.js');
  const schema = toSchema(flags);
  const ofFile = schema?.name === 'cef' ? linesOfFile : formatOfFile;
  const file = path === undefined ? undefined : ofFile(path, flags.format);
  const format = (flags.format ?? file?.format ?? (schema === undefined ? usual : 'ndjson')) as FormatName;
  if (schema !== undefined) checkBesideSchema(schema, flags, format);
  for (const name of ['force', 'restart'] as const)
    if (flags[name] === true && path === undefined)
      throw usageError(`--${name} is about a file, and none is named`, 'Name it with -o FILE.');
  if (flags.csvRaw === true && format !== 'csv' && flags.inputFile === undefined)
    throw usageError(`--csv-raw is about CSV, and this is ${format}`, 'Leave it out, or write --format csv.');
  if (flags.diff === true && format !== 'table')
    throw usageError(
      `--diff is a column of the table: ${format} holds what was changed already`,
      'Leave it out, or choose fields with --columns or jq.',
    );
  if (flags.columns !== undefined && (format === 'json' || format === 'ndjson'))
    throw usageError(
      `--columns is for tables, CSV and Parquet: ${format} holds each entry as the vendor gave it`,
      'Leave it out, or choose fields with jq.',
    );
  return { format, path, gzip: file?.gzip ?? false, schema };
}

/** Called with the reading before it begins, and after each batch of it. */
export interface Watch {
  readonly begin?: (reading: Reading) => void;
  readonly each?: () => void;
}

/** Opens the format for standard output, or for the file that `resumedAfter` rows are in. */
export async function openFormat(
  ctx: Context,
  { format, path, schema }: Writing,
  flags: WritingFlags,
  { connection, zone }: Pick<Asking, 'connection' | 'zone'>,
  resumedAfter?: number,
): Promise<Format> {
  const { provider } = connection;
  // What may be a million rows stays well under 200 MB so.
  if (format !== 'table') ctx.keepHeapSmall?.();
  const [{ formatFor }, { colorLevel }] = await Promise.all([
    import('../../formats/index.js'),
    import('../../terminal/color.js'),
  ]);
  const columns =
    flags.columns === undefined ? undefined : (await import('../../view.js')).parseColumns(flags.columns, provider);
  const words =
    schema && (await (await import('../../schemas/index.js')).openSchema(schema.name, { ...schema, provider }));
  const isTTY = path === undefined && ctx.stdout.isTTY;
  if (isTTY && format === 'parquet')
    throw usageError('Parquet is nothing for a terminal to show', 'Write a file: -o FILE.parquet, or pipe it on.');
  return formatFor(format, {
    provider,
    columns,
    csvRaw: flags.csvRaw,
    diff: flags.diff,
    live: flags.live,
    orgs: connection.orgs,
    colorLevel: path === undefined ? colorLevel(ctx.env, ctx.stdout, colorChoice(flags)) : 0,
    isTTY,
    width: isTTY ? ctx.stdout.columns() : 0,
    zone,
    now: ctx.clock.now(),
    schema: words,
    resumedAfter,
  });
}

/** Reads into an open sink. */
export async function writeTo(
  ctx: Context,
  sink: Sink,
  writing: Writing,
  flags: WritingFlags,
  asking: Asking,
  options: ReadingOptions,
  watch: Watch = {},
): Promise<{ readonly reading: Reading; readonly format: Format }> {
  const format = await openFormat(ctx, writing, flags, asking);
  const reading = await asking.read(options);
  watch.begin?.(reading);
  await deliver(reading, format, sink, watch);
  return { reading, format };
}

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
  readonly identity: Readonly<Record<string, string>>;
  readonly open: (begun: Begun) => Promise<Format>;
  /** Makes something else of the file when everything is in it; without it the file gets its name. */
  readonly finish?: (file: ExportFile, format: Format) => Promise<Made>;
  /** Called when a segment is out, before it is made durable. */
  readonly segmentEnd?: (segment: Segment, reading: Reading) => Promise<void>;
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

export type FileWatch = Watch & { readonly resumed?: (rows: number) => void } & Pick<Making, 'segmentEnd'>;

/**
 * Reads into the file, going on where an interrupted run of the same command stopped. The key is read and the file opened before anything is asked.
 * When it cannot be finished, what is durable of it stays, and the error tells the command that goes on.
 */
export async function writeFile(
  ctx: Context,
  path: string,
  writing: Writing,
  flags: WritingFlags,
  asking: Asking,
  options: ReadingOptions,
  watch: FileWatch = {},
): Promise<WrittenFile> {
  // Columns and formats that cannot be are told before a file is there.
  await openFormat(ctx, writing, flags, asking);
  // What is read from a file is read again as easily.
  if (writing.format === 'parquet' && asking.input === undefined)
    return (await import('./parquet.js')).writeParquetFile(ctx, path, writing, flags, asking, options, watch);
  const making = {
    force: flags.force === true,
    restart: flags.restart === true,
    gzip: writing.gzip,
    identity: await identityOf(writing, flags, asking, options),
    open: ({ resumedAfter }: Begun) => openFormat(ctx, writing, flags, asking, resumedAfter),
    ...(watch.segmentEnd === undefined ? {} : { segmentEnd: watch.segmentEnd }),
  };
  return makeFile(ctx, path, making, flags.argv, asking, options, watch);
}

/** As `writeFile`, for whatever a file may be made of. */
export async function makeFile(
  ctx: Context,
  path: string,
  making: Making,
  argv: readonly string[],
  asking: Asking,
  options: ReadingOptions,
  watch: FileWatch,
): Promise<WrittenFile> {
  const startedAt = ctx.clock.now();
  if (asking.input === undefined) await asking.connection.key();
  const { openExportFile } = await import('../../output/export.js');
  const file = await openExportFile(ctx, path, making);
  try {
    const { resumed } = file;
    const before = resumed?.segments.reduce((rows, { kept }) => rows + kept, 0) ?? 0;
    if (resumed !== undefined) watch.resumed?.(before);
    const reading = await asking.read(resumed === undefined ? options : { ...options, resume: resumed });
    const segments = [...(resumed?.segments ?? [])];
    const format = await making.open({ reading, segments, resumedAfter: resumed === undefined ? undefined : before });
    watch.begin?.(reading);
    const sink: Sink = {
      write: file.write,
      endSegment: async (record, plan) => {
        segments.push(record);
        await making.segmentEnd?.(record, reading);
        return file.endSegment(record, plan);
      },
    };
    await deliver(reading, format, sink, { before, ...watch });
    const made = (await making.finish?.(file, format)) ?? { ...(await file.finish()), format };
    return { ...made, reading, segments, startedAt, resumed: resumed !== undefined };
  } catch (error) {
    const { resumable } = await file.abandon();
    throw resumable ? goOn(error, path, argv) : error;
  }
}

/** What must be the same for a run to go on with the file of another. The demo is at another port each time. */
export async function identityOf(
  { format, gzip, schema }: Writing,
  flags: WritingFlags,
  { connection, query, zone, input }: Asking,
  { limit, page }: ReadingOptions,
): Promise<Readonly<Record<string, string>>> {
  const { queryIdentity } = await import('../../query.js');
  const { base, provider, orgs, direct } = connection;
  const written = { ...writtenTimes(flags), zone: zone.name };
  return {
    origin: input ?? (direct === true ? 'demo' : base.href),
    provider: provider.name,
    org: orgs.join(','),
    query: queryIdentity(query, written),
    format: [format, ...(gzip ? ['gzip'] : []), ...(flags.csvRaw === true ? ['raw'] : [])].join(' '),
    columns: flags.columns ?? 'all',
    ...(schema === undefined ? {} : { schema: `${schema.name} ${schema.version}` }),
    ...(limit === undefined ? {} : { limit: `${limit}, page ${page ?? 1}` }),
  };
}
