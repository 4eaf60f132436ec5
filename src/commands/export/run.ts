import { type Context, Stopped } from '../../context.js';
import type { Reading, ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode, localError, usageError } from '../../errors.js';
import type { Define } from '../command.js';
import { addConnectionFlags, addOutputFlags, addQueryFlags, flag } from '../flags/options.js';
import { addSchemaFlags } from '../flags/schema.js';
import { explain } from '../help.js';
import { ask, claim } from '../job/ask.js';
import { addInputFlag } from '../job/file.js';
import { colorChoice } from '../program.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count } from '../say/pace.js';
import { canSpin, openProgress, SILENT } from '../say/progress.js';
import { remarks } from '../say/remarks.js';
import { isReaderGone, streamSink } from '../write/deliver.js';
import { toWriting, type WritingFlags, writeFile, writeTo } from '../write/write.js';
import { addManifest, checkManifestPlace, countClosed } from './manifest.js';

/** `auditlog export`: every event that matches, newest first, proven complete by the server's own count. */
export const exportLog: Define = (command, perform) => {
  explain(command, {
    does: "Writes every event that matches, newest first: as NDJSON to standard output, or to a file. It ends with a line that says whether the result equals the server's own count.",
    examples: [
      ['auditlog export --from 2026-03-01 --to 2026-03-31 -o march.csv', 'a month, as CSV'],
      ['auditlog export -o audit.ndjson.gz', 'everything; run again to go on if interrupted'],
      ["auditlog export --action 'member.*' --format csv > members.csv", ''],
      ['auditlog export | jq -r .actor.email | sort | uniq -c', 'who does how much'],
      ['auditlog export -o audit.parquet', 'for DuckDB, ClickHouse, Spark or pandas'],
      ['auditlog export --schema ocsf -o audit.ocsf.ndjson', 'in the words of OCSF, for a SIEM'],
      ['auditlog export -o audit.ndjson --manifest', 'with a record that auditlog verify checks'],
      ['auditlog export --split day -o days/', 'a file a day, sealed and chained; run it again to add to it'],
    ],
    ends: 'Exit codes: 0 equal to the count, 3 written but not reconciled, 4 key, 5 server, 6 stopped and resumable: the command that goes on is printed.',
  });
  addQueryFlags(command);
  addOutputFlags(command, ['ndjson', 'json', 'csv', 'parquet', ...PACKED]);
  addSchemaFlags(command);
  command.addOption(flag('--manifest', 'write FILE.manifest.json beside it: what was asked and answered, and hashes'));
  command.addOption(
    flag(
      '--split <period>',
      'with -o DIR/: a file and a manifest for each UTC day, in a chain; run again to add to it',
    ).choices(['day']),
  );
  command.addOption(flag('--restart', 'throw away what an interrupted run left, and begin anew'));
  addInputFlag(command, { csvRaw: false });
  addConnectionFlags(command);
  command.action(perform(run));
};

/** Where no file's ending can tell: for the files of days. */
const PACKED = ['ndjson.gz', 'json.gz', 'csv.gz'] as const;

const WHOLE: ReadingOptions = { ties: 'canonical' };

async function run(ctx: Context, flags: WritingFlags): Promise<ExitCode> {
  if (flags.split !== undefined) return (await import('./days.js')).exportDays(ctx, flags);
  const notes = openNotes(ctx, flags);
  if (flags.format?.endsWith('.gz') === true)
    throw usageError(
      `--format ${flags.format} is for --split day`,
      'Name a file that ends in .gz, or pipe it through gzip.',
    );
  const writing = await toWriting(flags, 'ndjson');
  const { path } = writing;
  if (path === undefined && ctx.stdout.wasClosed?.() === true)
    throw localError('standard output is closed: the export would go nowhere', 'Write to a file: -o FILE');
  if (flags.manifest === true && writing.format === 'parquet')
    throw usageError(
      '--manifest is for files that are text: their entries are read again and compared',
      'Export NDJSON with --manifest, and make Parquet of that: --input FILE.ndjson -o FILE.parquet',
    );
  if (flags.manifest === true) await checkManifestPlace(ctx, path, flags.force === true);
  // On a terminal that shows the events themselves there is no place for a line that redraws itself.
  const spins =
    flags.quiet !== true && flags.debug !== true && canSpin(ctx) && !(path === undefined && ctx.stdout.isTTY);
  return ask(ctx, flags, { notes, tellWaits: !spins }, async (asking) => {
    const progress = spins
      ? await openProgress(ctx, asking.client, colorChoice(flags), path === undefined ? 1000 : 0)
      : SILENT;
    const closed = flags.manifest === true ? countClosed(asking) : undefined;
    try {
      const file =
        path === undefined
          ? undefined
          : await writeFile(ctx, path, writing, flags, asking, WHOLE, {
              ...progress,
              ...closed,
              resumed: (rows) =>
                notes.say(
                  `going on after the ${count(rows)} events that ${writing.format === 'parquet' ? `${path}.entries` : path}.partial holds`,
                ),
            });
      const { reading, format } =
        file ?? (await writeTo(ctx, streamSink(ctx.stdout, ctx.signal), writing, flags, asking, WHOLE, progress));
      if (file !== undefined && closed !== undefined)
        await addManifest(ctx, writing, flags, asking, file, closed.found());
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
