import { resolve } from 'node:path';
import type { Context } from '../../context.js';
import { gatheredEntries } from '../../days/gathered.js';
import type { GatheredEntry } from '../../days/lines.js';
import type { Format, FormatBatch, FormatName } from '../../formats/format.js';
import { SHEET_ROWS, WorkbookFull } from '../../formats/xlsx/full.js';
import type { ExportFile } from '../../output/export/file.js';
import { openExportFile } from '../../output/export.js';
import { remarks } from '../say/remarks.js';
import { canFinish, finishFile, kept, makeFile, type WrittenFile } from './file.js';
import { openFormat } from './format.js';
import { gatheringFormat } from './gathering.js';
import { isOutcome } from './outcome.js';
import { identityOf, type Writing } from './writing.js';

/** Whether this format needs all entries before it can write. Such a file cannot be resumed, because its index is at its end. */
export function isGathered(format: FormatName): boolean {
  return format === 'parquet' || format === 'xlsx';
}

/**
 * Reads everything into FILE.entries, which an interrupted run resumes, and then makes FILE of it. Opens FILE first, so that a bad path is reported
 * before anything is requested.
 */
export async function writeGatheredFile(ctx: Context, path: string, writing: Writing): Promise<WrittenFile> {
  const { job, output, order, access } = writing;
  const gathered = `${path}.entries`;
  const common = { gzip: false, identity: identityOf(writing), restart: output.restart };
  const canBeFinished = (facts: unknown) => canFinish(facts, writing);
  const target = await openExportFile(ctx, path, { ...common, force: output.force, canFinish: canBeFinished });
  try {
    const facts = target.ended?.facts;
    if (isOutcome(facts)) {
      writing.watch?.ended?.(facts.verdict.kept);
      const left = await openExportFile(ctx, gathered, { ...common, force: true, restart: true });
      return await finishFile(target, facts, writing, () => left.discard());
    }
    return await makeFile(ctx, gathered, writing, {
      ...common,
      force: true,
      open: () => gatheringFormat(() => '', output.format === 'xlsx' ? SHEET_ROWS - 1 : undefined),
      finish: async (entries, outcome) => {
        await entries.seal(kept(outcome, writing));
        const format = await openFormat(ctx, output, job, { order, access, verdict: () => outcome.verdict });
        await convert(ctx, `${resolve(ctx.cwd, gathered)}.partial`, format, target);
        const { ndjson } = format.facts();
        const made = { ...outcome, remarks: remarks(format), ...(ndjson === undefined ? {} : { ndjson }) };
        return finishFile(target, made, writing, () => entries.discard());
      },
    });
  } catch (error) {
    await target.abandon();
    const full = fullOf(error);
    if (full === undefined) throw error;
    // The entries would never fit, so they are not kept.
    await (await openExportFile(ctx, gathered, { ...common, force: true, restart: true })).discard();
    throw full;
  }
}

/** The reason of an error, if it means that a workbook is full. */
function fullOf(error: unknown): WorkbookFull | undefined {
  if (error instanceof WorkbookFull) return error;
  return error instanceof Error && error.cause instanceof WorkbookFull ? error.cause : undefined;
}

async function convert(ctx: Context, gathered: string, format: Format, target: ExportFile): Promise<void> {
  await target.write(format.open());
  for await (const entries of gatheredEntries(gathered)) {
    ctx.signal.throwIfAborted();
    for (const batch of byOrg(entries)) await target.write(format.write(batch));
  }
  await target.write(format.close());
}

/** Consecutive entries of one organization. */
function* byOrg(entries: readonly GatheredEntry[]): Generator<FormatBatch> {
  let start = 0;
  for (const [at, { org }] of entries.entries()) {
    if (entries[at + 1]?.org === org) continue;
    yield { entries: entries.slice(start, at + 1), org };
    start = at + 1;
  }
}
