import type { Context } from '../../context.js';
import type { ReadingOptions } from '../../engine/source.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { openPager } from '../../terminal/pager/pager.js';
import { resumeCommandOf } from '../flags/everywhere.js';
import { directionOf, readOutput } from '../flags/output.js';
import { readSelection } from '../flags/selection.js';
import { readFollow } from '../follow/flags.js';
import { followLog } from '../follow/run.js';
import { withJob } from '../job/open.js';
import { footer } from '../say/footer.js';
import { openNotes } from '../say/notes.js';
import { claimed } from '../say/verdict.js';
import { isReaderGone, streamSink } from '../write/deliver.js';
import { writeTo } from '../write/write.js';
import { countMatching } from './count.js';
import { type ListFlags, USUAL_LIMIT } from './flags.js';

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
  const pager = path === undefined && format === 'table' && flags.pager !== false ? await openPager(ctx) : undefined;
  // Quitting the pager stops the download, as Ctrl-C does.
  const world = pager === undefined ? ctx : { ...ctx, signal: AbortSignal.any([ctx.signal, pager.closed]) };
  try {
    return await withJob(world, selection, { notes }, async (job) => {
      const writing = { job, output, order, resumeCommand };
      const outcome =
        path === undefined
          ? await writeTo(ctx, streamSink(pager ?? ctx.stdout, ctx.signal), writing)
          : await (await import('../write/path.js')).writePath(ctx, path, writing);
      await pager?.end();
      const { verdict } = outcome;
      const { status, kept } = verdict;
      const { count: total, filteredHere } = outcome.total;
      for (const fact of [...outcome.remarks, ...verdict.remarks]) notes.say(fact);
      notes.say(footer({ rows: kept, limit, page, total, filteredHere }));
      const isClean = status !== 'unreconciled';
      if (!isClean) notes.insist(claimed(verdict));
      if (failsIfAny && kept > 0) return EXIT.found;
      return isClean ? EXIT.ok : EXIT.unreconciled;
    });
  } catch (error) {
    if (isReaderGone(error) || (pager?.closed.aborted === true && !ctx.signal.aborted)) return EXIT.ok;
    throw error;
  } finally {
    // The terminal belongs to the pager until that is quit.
    await pager?.end();
  }
}
