import type { Context } from '../../context.js';
import type { ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { openPager } from '../../terminal/pager/pager.js';
import { resumeCommandOf } from '../flags/everywhere.js';
import { directionOf, readOutput } from '../flags/output.js';
import { logFlags, readSelection } from '../flags/selection.js';
import { readFollow } from '../follow/flags.js';
import { followLog } from '../follow/run.js';
import { withJob } from '../job/open.js';
import { footer } from '../say/footer.js';
import { hiddenParts } from '../say/hidden.js';
import { openNotes } from '../say/notes.js';
import { nothingMatched } from '../say/nothing.js';
import { claimed } from '../say/verdict.js';
import { isReaderGone, streamSink } from '../write/deliver.js';
import { writeTo } from '../write/write.js';
import { countMatching } from './count.js';
import { type ListFlags, USUAL_LIMIT } from './flags.js';
import { noIdsHint } from './last.js';
import { writeRemembered } from './remember.js';

export async function listEvents(ctx: Context, flags: ListFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  if (flags.follow === true) return followLog(ctx, readFollow(flags, flags.limit ?? USUAL_LIMIT), notes);
  const selection = readSelection(flags);
  const failsIfAny = flags.failIfAny === true;
  if (flags.count === true) return countMatching(ctx, selection, notes, failsIfAny);
  const output = { ...readOutput(flags, 'table'), seconds: flags.around !== undefined };
  const { path, format } = output;
  const limit = flags.all === true ? undefined : (flags.limit ?? USUAL_LIMIT);
  const page = flags.page ?? 1;
  const order: ReadingOptions = {
    ties: 'server',
    ...directionOf(flags),
    ...(limit === undefined ? {} : { limit, page }),
  };
  const resumeCommand = resumeCommandOf(flags);
  const log = { input: selection.input?.path, flags: logFlags(flags), command: resumeCommand };
  const pager = path === undefined && format === 'table' && flags.pager !== false ? await openPager(ctx) : undefined;
  // Quitting the pager stops the download, as Ctrl-C does.
  const world = pager === undefined ? ctx : { ...ctx, signal: AbortSignal.any([ctx.signal, pager.closed]) };
  try {
    return await withJob(world, selection, { notes }, async (job) => {
      if (output.ids && job.connection.provider.fields.id === undefined)
        throw usageError(`--ids: ${job.connection.provider.title}'s events have no ids`, noIdsHint(log.flags));
      const writing = { job, output, order, resumeCommand };
      const { outcome, hidden } =
        path !== undefined
          ? { outcome: await (await import('../write/path.js')).writePath(ctx, path, writing), hidden: [] }
          : format === 'table'
            ? await writeRemembered(ctx, streamSink(pager ?? ctx.stdout, ctx.signal), writing, log)
            : { outcome: await writeTo(ctx, streamSink(ctx.stdout, ctx.signal), writing), hidden: [] };
      await pager?.end();
      const { verdict } = outcome;
      const { status, kept } = verdict;
      const { count: total, filteredHere } = outcome.total;
      for (const fact of [...outcome.remarks, ...verdict.remarks]) notes.say(fact);
      for (const line of hiddenParts(hidden, ctx.stdout.columns(), log.flags)) notes.say(line);
      if (kept === 0 && page === 1) for (const line of nothingMatched(job)) notes.say(line);
      else notes.say(footer({ rows: kept, limit, page, total, filteredHere }));
      const isClean = status !== 'unreconciled';
      if (!isClean) notes.insist(claimed(verdict));
      if (failsIfAny && kept > 0) return EXIT.found;
      return isClean ? EXIT.ok : EXIT.unreconciled;
    });
  } catch (error) {
    if (isReaderGone(error) || (pager?.closed.aborted === true && !ctx.signal.aborted)) return EXIT.ok;
    throw error;
  } finally {
    // The pager owns the terminal until it ends.
    await pager?.end();
  }
}
