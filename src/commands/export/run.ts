import { type Context, Stopped } from '../../context.js';
import type { Reading, ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode, localError, usageError } from '../../errors.js';
import { resumeCommandOf } from '../flags/everywhere.js';
import { readOutput, type WritingFlags } from '../flags/output.js';
import { readSelection } from '../flags/selection.js';
import { ask } from '../job/ask.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { canSpin, openProgress, SILENT } from '../say/progress.js';
import { remarks } from '../say/remarks.js';
import { claim } from '../say/verdict.js';
import { isReaderGone, streamSink } from '../write/deliver.js';
import type { Writing } from '../write/file.js';
import { writeFile, writeTo } from '../write/write.js';
import { exportDays } from './days.js';
import { addManifest, checkManifestPlace, countClosed, recordedFlags } from './manifest.js';

const WHOLE: ReadingOptions = { ties: 'canonical' };

/** Writes every event that matches, to standard output, a file or a directory of days. */
export async function exportLog(ctx: Context, flags: WritingFlags): Promise<ExitCode> {
  if (flags.split !== undefined) return exportDays(ctx, flags);
  const notes = openNotes(ctx, flags);
  if (flags.format?.endsWith('.gz') === true)
    throw usageError(
      `--format ${flags.format} is for --split day`,
      'Name a file that ends in .gz, or pipe it through gzip.',
    );
  const selection = readSelection(flags);
  const output = readOutput(flags, 'ndjson');
  const { path, format: chosen } = output;
  const recorded = flags.manifest === true ? recordedFlags(flags) : undefined;
  const resumeCommand = resumeCommandOf(flags);
  if (path === undefined && ctx.stdout.wasClosed?.() === true)
    throw localError('standard output is closed: the export would go nowhere', 'Write to a file: -o FILE');
  if (recorded !== undefined && chosen === 'parquet')
    throw usageError(
      '--manifest is for files that are text: their entries are read again and compared',
      'Export NDJSON with --manifest, and make Parquet of that: --input FILE.ndjson -o FILE.parquet',
    );
  if (recorded !== undefined) await checkManifestPlace(ctx, path, output.force);
  // On a terminal that shows the events themselves there is no place for a line that redraws itself.
  const spins =
    flags.quiet !== true && flags.debug !== true && canSpin(ctx) && !(path === undefined && ctx.stdout.isTTY);
  return ask(ctx, selection, { notes, noteWaits: !spins }, async (job) => {
    const progress = spins ? await openProgress(ctx, job.client, output.color, path === undefined ? 1000 : 0) : SILENT;
    const closed = recorded === undefined ? undefined : countClosed(job);
    const resumed = (rows: number) =>
      notes.say(
        `going on after the ${count(rows)} events that ${chosen === 'parquet' ? `${path}.entries` : path}.partial holds`,
      );
    const writing: Writing = {
      job,
      output,
      order: WHOLE,
      resumeCommand,
      watch: { ...progress, ...(closed === undefined ? {} : { segmentEnd: closed.segmentEnd }), resumed },
    };
    try {
      const file = path === undefined ? undefined : await writeFile(ctx, path, writing);
      const { reading, format } = file ?? (await writeTo(ctx, streamSink(ctx.stdout, ctx.signal), writing));
      if (file !== undefined && closed !== undefined && recorded !== undefined)
        await addManifest(ctx, writing, file, { flags: recorded, closed: closed.found() });
      progress.stop();
      for (const fact of [...remarks(format), ...reading.verdict().remarks]) notes.say(fact);
      return conclude(notes, reading);
    } catch (error) {
      progress.stop();
      if (isReaderGone(error)) return EXIT.readerGone;
      if (error instanceof Stopped) notes.insist('stopped: what was written is not all of it');
      throw error;
    }
  });
}

/** Tells what the result may claim; it must be heard when that is not everything. */
function conclude(notes: Notes, reading: Reading): ExitCode {
  if (reading.verdict().status !== 'unreconciled') {
    notes.say(claim(reading));
    return EXIT.ok;
  }
  notes.insist(claim(reading));
  return EXIT.unreconciled;
}
