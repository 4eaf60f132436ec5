import { type Context, Stopped } from '../../context.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import type { WritingFlags } from '../flags/output.js';
import { withJob } from '../job/open.js';
import { type Notes, openNotes } from '../say/notes.js';
import { nothingMatched } from '../say/nothing.js';
import { count } from '../say/numbers.js';
import { hasProgress, openProgress, SILENT } from '../say/progress.js';
import { claimed } from '../say/verdict.js';
import { isReaderGone, streamSink } from '../write/deliver.js';
import { writeTo } from '../write/write.js';
import type { Writing } from '../write/writing.js';
import { type ExportChoice, readDayExport, readExport } from './flags.js';

/** Writes every event that matches to standard output, a file or a directory of days. */
export async function exportLog(ctx: Context, flags: WritingFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const spins = hasProgress(ctx, flags);
  if (flags.split !== undefined) {
    const { exportDays } = await import('./days/write.js');
    return exportDays(ctx, readDayExport(flags), notes, spins);
  }
  return exportFile(ctx, readExport(flags), notes, spins);
}

async function exportFile(ctx: Context, choice: ExportChoice, notes: Notes, maySpin: boolean): Promise<ExitCode> {
  const { selection, order, recorded, hasManifest, resumeCommand } = choice;
  // The manifest has the hash of the original entries, which an interrupted run has not kept.
  const isWhole = hasManifest && selection.pseudonyms !== undefined;
  const output = isWhole ? { ...choice.output, restart: true } : choice.output;
  const { path, format: chosen } = output;
  if (path === undefined && ctx.stdout.goesNowhere?.() === true)
    notes.insist('warning: standard output is closed or the null device: the events are lost\nTo keep them: -o FILE');
  if (hasManifest && chosen === 'parquet')
    throw usageError(
      '--manifest does not support Parquet',
      'Export NDJSON with --manifest, then convert it: auditlog export --input FILE.ndjson -o FILE.parquet',
    );
  const evidence = hasManifest ? await import('./manifest.js') : undefined;
  await evidence?.checkManifestPlace(ctx, path);
  // A progress line would be mixed with the events on the terminal.
  const spins = maySpin && !(path === undefined && ctx.stdout.isTTY);
  return withJob(ctx, selection, { notes, noteWaits: !spins }, async (job) => {
    const progress = spins ? await openProgress(ctx, job.client, output.color, path === undefined ? 1000 : 0) : SILENT;
    const closed = evidence?.countClosed(job);
    const resumed = (rows: number) =>
      notes.say(
        `resuming after the ${count(rows)} events in ${chosen === 'parquet' || chosen === 'xlsx' ? `${path}.entries` : path}.partial`,
      );
    const ended = (rows: number) => notes.say(`all ${count(rows)} events were read already: finishing the file`);
    const watch = { begin: progress.begin, ...(closed && { segmentEnd: closed.segmentEnd }), resumed, ended };
    const companion =
      closed === undefined || path === undefined
        ? undefined
        : evidence?.manifestOf(ctx, path, { job, output }, { flags: recorded, closed: closed.found });
    const begun: Writing = {
      job,
      output,
      order,
      resumeCommand,
      watch,
      ...(companion && { companion }),
      isWhole,
    };
    try {
      const access = choice.hasAccess
        ? await (await import('../access/workbook.js')).accessForWorkbook(ctx, job, selection, progress.begin)
        : undefined;
      const writing: Writing = { ...begun, ...(access && { access }) };
      const outcome =
        path === undefined
          ? await writeTo(ctx, streamSink(ctx.stdout, ctx.signal), writing)
          : await (await import('../write/path.js')).writePath(ctx, path, writing);
      progress.stop();
      const { verdict } = outcome;
      for (const fact of [...outcome.remarks, ...verdict.remarks]) notes.say(fact);
      if (verdict.kept === 0) for (const line of nothingMatched(job)) notes.say(line);
      const isClean = verdict.status !== 'unreconciled';
      (isClean ? notes.say : notes.insist)(claimed(verdict, 'Exported'));
      if (evidence !== undefined && path !== undefined) notes.say(await evidence.manifestLine(ctx, path));
      const doubts = access?.doubts ?? [];
      for (const doubt of doubts) notes.insist(doubt);
      if (choice.failsIfAny && verdict.kept > 0) return EXIT.found;
      return isClean && doubts.length === 0 ? EXIT.ok : EXIT.unreconciled;
    } catch (error) {
      progress.stop();
      if (isReaderGone(error)) return EXIT.readerGone;
      if (error instanceof Stopped) notes.insist('stopped: the output is incomplete');
      throw error;
    }
  });
}
