import type { Context } from '../../../context.js';
import type { DayFiles } from '../../../days/file.js';
import { usageError } from '../../../errors.js';
import { shapeOf } from '../../../manifest/file.js';
import { FLAT } from '../../../manifest/layout.js';
import { usualDays } from '../../../providers/dates.js';
import { spools } from '../../job/spools.js';
import { openFormat } from '../../write/format.js';
import type { Writing } from '../../write/writing.js';
import { columnNames } from '../manifest.js';

/** The options of day files. Throws a usage error for unsupported ones before anything is requested or created. */
export function dayFiles(ctx: Context, directory: string, { job, output }: Writing): DayFiles {
  const { provider } = job.connection;
  const { format, gzip, csvRaw } = output;
  if (format === 'table' || format === 'parquet' || format === 'xlsx') throw new Error(`${format} is no evidence`);
  const columns = format === 'csv' ? columnNames(output, job) : undefined;
  if (columns !== undefined && (provider.fields.id === undefined || !columns.includes('id')))
    throw usageError(
      provider.fields.id === undefined
        ? `entries of ${provider.title} have no ids, so their day files cannot be CSV`
        : '--split day needs the column id: it identifies late events',
      provider.fields.id === undefined ? 'Write --format ndjson' : 'Add id to --columns',
    );
  if (usualDays(provider.dates) !== undefined && job.written.from === undefined)
    throw usageError(
      `missing --from: without it ${provider.title} starts in the middle of a day`,
      'Example: --from 2026-03-01',
    );
  return {
    directory,
    layout: FLAT,
    shape: shapeOf(provider, { format, gzip, csvRaw }),
    columns,
    open: () => openFormat(ctx, output, job),
    openSpool: spools(ctx),
  };
}
