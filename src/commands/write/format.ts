import type { Context } from '../../context.js';
import type { ReadingOptions, Verdict } from '../../engine/source.js';
import { usageError } from '../../errors.js';
import type { Format } from '../../formats/format.js';
import { formatFor } from '../../formats/index.js';
import type { Query } from '../../query.js';
import { openSchema } from '../../schemas/index.js';
import { colorLevel } from '../../terminal/color.js';
import { DAY_MS, openZone } from '../../time.js';
import { parseColumns } from '../../view.js';
import type { Output } from '../flags/output.js';
import type { Job } from '../job/job.js';
import { aboutWorkbook } from '../say/about.js';
import type { WorkbookAccess } from './writing.js';

/** What a format needs to know about the run. */
export interface FormatRun {
  /** Rows that the file has already. */
  readonly resumedAfter?: number | undefined;
  /** For a workbook: the verdict of the reading, once it has ended, and which part of the answer was requested. */
  readonly verdict?: () => Verdict;
  readonly order?: ReadingOptions;
  readonly access?: WorkbookAccess | undefined;
}

const NO_VERDICT = (): never => {
  throw new Error('a workbook needs the verdict of what is in it');
};

/** Opens the format for standard output, or for a file. */
export async function openFormat(
  ctx: Context,
  output: Output,
  job: Job,
  { resumedAfter, verdict = NO_VERDICT, order = { ties: 'canonical' }, access }: FormatRun = {},
): Promise<Format> {
  const { format, path, schema, columns: chosen, csvRaw, csvBom, delimiter, color, ...table } = output;
  const { connection, zone, query } = job;
  const { provider, orgs } = connection;
  // Keeps a million rows well under 200 MB.
  if (format !== 'table') ctx.keepHeapSmall?.();
  const columns = chosen === undefined ? undefined : parseColumns(chosen, provider, { zone, orgs });
  const words = schema && (await openSchema(schema.name, { ...schema, provider }));
  const isTTY = path === undefined && ctx.stdout.isTTY;
  if (isTTY && (format === 'parquet' || format === 'xlsx'))
    throw usageError(
      `${format === 'xlsx' ? 'a workbook' : 'Parquet'} cannot be shown on a terminal`,
      `Write a file: -o FILE.${format}`,
    );
  const now = () => ctx.clock.now();
  return formatFor(format, {
    provider,
    columns,
    csvRaw,
    csvBom,
    delimiter,
    diff: table.diff,
    live: table.live,
    ids: table.ids,
    time: table.time,
    seconds: table.seconds === true || needsSeconds(query, now()),
    orgs,
    colorLevel: path === undefined ? colorLevel(ctx.env, ctx.stdout, color) : 0,
    isTTY,
    width: isTTY ? ctx.stdout.columns() : 0,
    zone: table.time === 'local' ? await openZone('local') : zone,
    now: now(),
    schema: words,
    resumedAfter,
    about: aboutWorkbook(job, { verdict, order, now, access: access?.words }),
    sheets: access?.sheets,
  });
}

/** Whether events are likely to be so close that only seconds show their order. */
function needsSeconds({ from, before, outside }: Query, now: number): boolean {
  return outside !== undefined || (from !== undefined && (before ?? now) - from <= SHORT_MS);
}

/** Two days, one of which may have 25 hours. */
const SHORT_MS = 2 * DAY_MS + 3_600_000;
