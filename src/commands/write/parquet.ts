import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import type { GatheredEntry } from '../../days/gathered.js';
import { type Format, type FormatBatch, NOTHING_CHANGED } from '../../formats/format.js';
import type { ExportFile } from '../../output/export/file.js';
import { identityOf, type Made, makeFile, type Writing, type WrittenFile } from './file.js';
import { openFormat } from './format.js';

/**
 * Reads everything into FILE.entries, which an interrupted run goes on with, and then makes FILE of it: a Parquet file itself cannot be gone
 * on with, as only its end tells where things are. FILE is opened first, so that one that cannot be is told before anything is asked.
 */
export async function writeParquetFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { openExportFile } = await import('../../output/export.js');
  const { job, output } = writing;
  const common = { gzip: false, identity: await identityOf(writing), restart: output.restart };
  const target = await openExportFile(ctx, path, { ...common, force: output.force });
  try {
    const making = {
      ...common,
      force: true,
      open: openGathering,
      finish: async (gathered: ExportFile) => {
        await gathered.flush();
        const format = await openFormat(ctx, output, job);
        const made = await convert(ctx, `${resolve(ctx.cwd, gathered.path)}.partial`, format, target);
        await gathered.discard();
        return made;
      },
    };
    return await makeFile(ctx, `${path}.entries`, making, writing);
  } catch (error) {
    await target.abandon();
    throw error;
  }
}

async function openGathering(): Promise<Format> {
  const { gatheredLines } = await import('../../days/gathered.js');
  let rows = 0;
  return {
    name: 'ndjson',
    open: () => '',
    write: (batch) => {
      rows += batch.entries.length;
      return gatheredLines(batch);
    },
    close: () => '',
    facts: () => ({ rows, ...NOTHING_CHANGED }),
  };
}

/** Makes the file of what was gathered. */
async function convert(ctx: Context, gathered: string, format: Format, target: ExportFile): Promise<Made> {
  const { gatheredEntries } = await import('../../days/gathered.js');
  await target.write(format.open());
  for await (const entries of gatheredEntries(gathered)) {
    ctx.signal.throwIfAborted();
    for (const batch of byOrg(entries)) await target.write(format.write(batch));
  }
  await target.write(format.close());
  const { path, sha256 } = await target.finish();
  return { path, sha256, format };
}

/** Runs of one org each, in order. */
function* byOrg(entries: readonly GatheredEntry[]): Generator<FormatBatch> {
  let start = 0;
  for (const [at, { org }] of entries.entries()) {
    if (entries[at + 1]?.org === org) continue;
    yield { entries: entries.slice(start, at + 1), org };
    start = at + 1;
  }
}
