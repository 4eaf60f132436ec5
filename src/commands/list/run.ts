import type { Context } from '../../context.js';
import type { ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { FORMAT_NAMES } from '../../formats/format.js';
import type { Pager } from '../../terminal/pager.js';
import type { Define } from '../command.js';
import { addConnectionFlags, addOutputFlags, addQueryFlags, count, flag } from '../flags/options.js';
import { addSchemaFlags } from '../flags/schema.js';
import { followLog, INTERVAL } from '../follow/run.js';
import { explain } from '../help.js';
import { ask, claim } from '../job/ask.js';
import { addInputFlag } from '../job/file.js';
import { footer } from '../say/footer.js';
import { openNotes } from '../say/notes.js';
import { remarks } from '../say/remarks.js';
import { isReaderGone, streamSink } from '../write/deliver.js';
import { toWriting, type WritingFlags, writeFile, writeTo } from '../write/write.js';

const USUAL = 50;

interface ListFlags extends WritingFlags {
  readonly limit?: number;
  readonly page?: number;
  readonly all?: boolean;
  readonly follow?: boolean;
  readonly interval?: string;
  /** False for `--no-pager`. */
  readonly pager?: boolean;
}

/** `auditlog list`: the newest events that match, for people; a footer on stderr tells how many there are. */
export const list: Define = (command, perform) => {
  explain(command, {
    does: `Shows the ${USUAL} newest events that match, as a table. Longer ones than the screen go through a pager.`,
    examples: [
      ['auditlog list', `the ${USUAL} newest`],
      ["auditlog list --action '*.deleted' --from yesterday", 'what was deleted since'],
      ['auditlog list --user ana@acme.example -n 200', 'what one person did'],
      ['auditlog list --page 3', `events 101 to 150, as pages of ${USUAL}`],
      ["auditlog list --diff --action '*.role_changed'", 'who got which role'],
      ['auditlog list --columns time,action,metadata --format csv', 'chosen columns'],
      ['auditlog list --format json | jq .[0]', 'the newest, as the vendor gave it'],
    ],
    ends: 'Exit codes: 0 done (also when nothing matches), 2 usage, 3 shown but not reconciled, 4 key, 5 server.',
  });
  addQueryFlags(command);
  addOutputFlags(command, FORMAT_NAMES);
  addSchemaFlags(command);
  command
    .addOption(count('-n, --limit <n>', `at most so many events (default: ${USUAL})`))
    .addOption(count('--page <n>', 'the n-th page of that many'))
    .addOption(flag('--all', 'all of them').conflicts(['limit', 'page']))
    .addOption(
      flag('--follow', 'and then new events as they come, oldest first, until Ctrl-C').conflicts([
        'all',
        'page',
        'output',
      ]),
    )
    .addOption(flag('--interval <duration>', INTERVAL).hideHelp())
    .addOption(flag('--diff', 'a column more: what each event changed, and from what to what'))
    .addOption(flag('--no-pager', 'never through a pager'));
  addInputFlag(command, { csvRaw: false });
  addConnectionFlags(command);
  command.action(perform(show));
};

async function show(ctx: Context, flags: ListFlags): Promise<ExitCode> {
  if (flags.follow === true) return followLog(ctx, flags, flags.limit ?? USUAL);
  const notes = openNotes(ctx, flags);
  const writing = await toWriting(flags, 'table');
  const { path, format } = writing;
  const limit = flags.all === true ? undefined : (flags.limit ?? USUAL);
  const page = flags.page ?? 1;
  const options: ReadingOptions = { ties: 'server', ...(limit === undefined ? {} : { limit, page }) };
  const pager = path === undefined && format === 'table' && flags.pager !== false ? await pagerOf(ctx) : undefined;
  // Leaving the pager ends the asking as Ctrl-C does.
  const world = pager === undefined ? ctx : { ...ctx, signal: AbortSignal.any([ctx.signal, pager.closed]) };
  try {
    return await ask(world, flags, { notes, tellWaits: true }, async (asking) => {
      const { reading, format: written } =
        path === undefined
          ? await writeTo(ctx, streamSink(pager ?? ctx.stdout, ctx.signal), writing, flags, asking, options)
          : await writeFile(ctx, path, writing, flags, asking, options);
      await pager?.end();
      const { status, kept, remarks: facts } = reading.verdict();
      const { count: total, filteredHere } = reading.total();
      for (const fact of [...remarks(written), ...facts]) notes.say(fact);
      notes.say(footer({ rows: kept, limit, page, total, filteredHere }));
      if (status !== 'unreconciled') return EXIT.ok;
      notes.insist(claim(reading));
      return EXIT.unreconciled;
    });
  } catch (error) {
    if (isReaderGone(error) || (pager?.closed.aborted === true && !ctx.signal.aborted)) return EXIT.ok;
    throw error;
  } finally {
    // The terminal is the pager's until it was left.
    await pager?.end();
  }
}

async function pagerOf(ctx: Context): Promise<Pager> {
  const { openPager } = await import('../../terminal/pager.js');
  return openPager(ctx);
}
