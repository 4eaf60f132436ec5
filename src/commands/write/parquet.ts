import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { gatheredEntries } from '../../days/gathered.js';
import type { GatheredEntry } from '../../days/lines.js';
import type { Format, FormatBatch } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';
import { openExportFile } from '../../output/export.js';
import { type FinishedFormat, makeFile, type WrittenFile } from './file.js';
import { openFormat } from './format.js';
import { gatheringFormat } from './gathering.js';
import { identityOf, type Writing } from './writing.js';

/**
 * Reads everything into FILE.entries, which an interrupted run resumes, and then makes FILE of it: a Parquet file itself cannot be
 * resumed, as only its end says where things are. FILE is opened first, so that a bad path is reported before anything is requested.
 */
export async function writeParquetFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { job, output } = writing;
  const common = { gzip: false, identity: identityOf(writing), restart: output.restart };
  const target = await openExportFile(ctx, path, { ...common, force: output.force });
  try {
    return await makeFile(ctx, `${path}.entries`, writing, {
      ...common,
      force: true,
      open: () => gatheringFormat(() => ''),
      finish: async (gathered) => {
        await gathered.flush();
        const format = await openFormat(ctx, output, job);
        const made = await convert(ctx, `${resolve(ctx.cwd, gathered.path)}.partial`, format, target);
        await gathered.discard();
        return made;
      },
    });
  } catch (error) {
    await target.abandon();
    throw error;
  }
}

async function convert(ctx: Context, gathered: string, format: Format, target: ExportFile): Promise<FinishedFormat> {
  await target.write(format.open());
  for await (const entries of gatheredEntries(gathered)) {
    ctx.signal.throwIfAborted();
    for (const batch of byOrg(entries)) await target.write(format.write(batch));
  }
  await target.write(format.close());
  const { path, sha256 } = await target.finish();
  return { path, sha256, format };
}

/** Runs of entries of one organization each, in order. */
function* byOrg(entries: readonly GatheredEntry[]): Generator<FormatBatch> {
  let start = 0;
  for (const [at, { org }] of entries.entries()) {
    if (entries[at + 1]?.org === org) continue;
    yield { entries: entries.slice(start, at + 1), org };
    start = at + 1;
  }
}
