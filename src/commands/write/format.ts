import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import type { Format } from '../../formats/format.js';
import { formatFor } from '../../formats/index.js';
import { openSchema } from '../../schemas/index.js';
import { colorLevel } from '../../terminal/color.js';
import { parseColumns } from '../../view.js';
import type { Output } from '../flags/output.js';
import type { Job } from '../job/job.js';

/** Opens the format for standard output, or for a file that holds `resumedAfter` rows already. */
export async function openFormat(
  ctx: Context,
  { format, path, schema, columns: chosen, csvRaw, diff, live, color }: Output,
  { connection, zone }: Pick<Job, 'connection' | 'zone'>,
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
    diff,
    live,
    orgs: connection.orgs,
    colorLevel: path === undefined ? colorLevel(ctx.env, ctx.stdout, color) : 0,
    isTTY,
    width: isTTY ? ctx.stdout.columns() : 0,
    zone,
    now: ctx.clock.now(),
    schema: words,
    resumedAfter,
  });
}
