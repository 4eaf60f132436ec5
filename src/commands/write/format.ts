import type { Context } from '../../context.js';
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

/** Opens the format for standard output, or for a file that holds `resumedAfter` rows already. */
export async function openFormat(
  ctx: Context,
  { format, path, schema, columns: chosen, csvRaw, color, ...table }: Output,
  { connection, zone, query }: Pick<Job, 'connection' | 'zone' | 'query'>,
  resumedAfter?: number,
): Promise<Format> {
  const { provider } = connection;
  // Keeps a million rows well under 200 MB.
  if (format !== 'table') ctx.keepHeapSmall?.();
  const columns = chosen === undefined ? undefined : parseColumns(chosen, provider);
  const words = schema && (await openSchema(schema.name, { ...schema, provider }));
  const isTTY = path === undefined && ctx.stdout.isTTY;
  if (isTTY && format === 'parquet')
    throw usageError('Parquet is nothing for a terminal to show', 'Write a file: -o FILE.parquet, or pipe it on.');
  return formatFor(format, {
    provider,
    columns,
    csvRaw,
    diff: table.diff,
    live: table.live,
    ids: table.ids,
    time: table.time,
    seconds: table.seconds === true || needsSeconds(query, ctx.clock.now()),
    orgs: connection.orgs,
    colorLevel: path === undefined ? colorLevel(ctx.env, ctx.stdout, color) : 0,
    isTTY,
    width: isTTY ? ctx.stdout.columns() : 0,
    zone: table.time === 'local' ? await openZone('local') : zone,
    now: ctx.clock.now(),
    schema: words,
    resumedAfter,
  });
}

/** Whether events are likely to be so close that their order shows in seconds only. */
function needsSeconds({ from, before, outside }: Query, now: number): boolean {
  return outside !== undefined || (from !== undefined && (before ?? now) - from <= SHORT_MS);
}

/** Two days, of which one may have 25 hours. */
const SHORT_MS = 2 * DAY_MS + 3_600_000;
