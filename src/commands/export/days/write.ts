import { rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Context, Stopped } from '../../../context.js';
import type { DayFiles } from '../../../days/file.js';
import { openGathered } from '../../../days/gathered.js';
import { checkRange } from '../../../days/plan.js';
import { settle } from '../../../days/settle.js';
import { type ExitCode, usageError } from '../../../errors.js';
import { realFiles } from '../../../files/files.js';
import { type Lock, takeLock } from '../../../files/lock.js';
import { checkFolderName } from '../../../files/names.js';
import { leftBehind, makeFolder, readFolder } from '../../../manifest/folder.js';
import { refuseOther } from '../../../manifest/identity.js';
import { GATHERED, LOCK } from '../../../manifest/names.js';
import type { RunFacts } from '../../../manifest/record.js';
import { queryIdentity } from '../../../query.js';
import { withJob } from '../../job/open.js';
import type { Notes } from '../../say/notes.js';
import { count } from '../../say/numbers.js';
import { openProgress, SILENT } from '../../say/progress.js';
import { withResumeHint } from '../../write/hint.js';
import { type FileIdentity, identityOf, type Writing } from '../../write/writing.js';
import type { readDayExport } from '../flags.js';
import { dayFiles } from './files.js';
import { gather, OLDEST_FIRST } from './gather.js';
import { type ExportedDays, reportDays } from './report.js';

/** `auditlog export --split day -o DIR/`: a file and a manifest for each day, in a chain that later runs extend. */
export async function exportDays(
  ctx: Context,
  { selection, output, path: shown, recorded, resumeCommand }: ReturnType<typeof readDayExport>,
  notes: Notes,
  spins: boolean,
): Promise<ExitCode> {
  checkFolderName(shown, ctx);
  return withJob(ctx, selection, { notes, noteWaits: !spins }, async (job) => {
    const progress = spins ? await openProgress(ctx, job.client, output.color) : SILENT;
    const resumed = (rows: number) => notes.say(`resuming after the ${count(rows)} events in ${shown}`);
    const ended = (rows: number) => notes.say(`all ${count(rows)} events are in ${shown} already`);
    const watch = { begin: progress.begin, resumed, ended };
    const writing = { job, output, order: OLDEST_FIRST, resumeCommand, watch };
    try {
      const done = await writeDays(ctx, { shown, path: resolve(ctx.cwd, shown), recorded, writing, notes });
      progress.stop();
      return reportDays(notes, shown, done);
    } catch (error) {
      progress.stop();
      if (error instanceof Stopped) notes.insist('stopped: the output is incomplete');
      throw error;
    }
  });
}

interface DayExport {
  /** The directory as written, and its absolute path. */
  readonly shown: string;
  readonly path: string;
  readonly recorded: RunFacts['flags'];
  readonly writing: Writing;
  readonly notes: Notes;
}

async function writeDays(ctx: Context, days: DayExport): Promise<ExportedDays> {
  const { shown, path, writing } = days;
  const files = dayFiles(ctx, path, writing);
  await writing.job.connection.key();
  const isNew = await makeFolder(path, shown);
  if (isNew) await realFiles.syncDirectory(dirname(path));
  try {
    const lock = await takeLock(ctx, join(path, LOCK), shown);
    try {
      // Day files ascend, whatever the order of the command.
      const { order: _, ...identity } = identityOf(writing);
      return await fillFolder(ctx, { ...days, files, identity, lock });
    } finally {
      await lock.release();
    }
  } catch (error) {
    // Fails for a directory that is not empty, and leaves it unchanged.
    if (isNew) await rmdir(path).catch(() => undefined);
    throw error;
  }
}

interface LockedExport extends DayExport {
  readonly files: DayFiles;
  readonly identity: FileIdentity;
  readonly lock: Lock;
}

/** Entries read more recently than this are up to date. */
const RECENT_MS = 3_600_000;

async function fillFolder(ctx: Context, days: LockedExport): Promise<ExportedDays> {
  const { shown, path, identity, writing, recorded, notes } = days;
  const { job, output } = writing;
  const entries = join(path, GATHERED);
  // The range of a directory may grow.
  const purpose = { ...identity, query: queryIdentity({ ...job.query, from: undefined, before: undefined }) };
  const folder = await readFolder(path, shown);
  refuseOther(folder.chain?.identity, purpose, `${shown} holds day files of something else`, OTHER_PLACE);
  if (output.restart) await realFiles.remove(entries);
  if ((await leftBehind(path)) === 'all') {
    notes.say('all events were read already: writing the day files');
    const { readAt, ...done } = await settleFolder(days, entries);
    if (ctx.clock.now() - readAt < RECENT_MS) return done;
  }
  await job.settleClock();
  checkRange(job.query, await readFolder(path, shown), job.serverNow());
  await gather(ctx, entries, { identity, folder: purpose, flags: recorded }, writing);
  return settleFolder(days, entries);
}

const OTHER_PLACE = 'Run what made them again, or name another directory';

/** Makes day files of the gathered entries, then deletes those. `readAt`: when the last of them was read, epoch ms. */
async function settleFolder(
  { shown, path, files, identity, lock, writing }: LockedExport,
  entries: string,
): Promise<ExportedDays & { readonly readAt: number }> {
  const gathered = await openGathered(entries);
  if (gathered === undefined)
    throw usageError(
      `the data of an interrupted export in ${shown} is damaged`,
      'Discard it and start again with --restart',
    );
  try {
    const { ending } = gathered;
    const what = `${shown} holds what an interrupted export of something else has read`;
    refuseOther(ending.identity, identity, what, 'Run that one again, or throw it away with --restart');
    const settled = await settle(await readFolder(path, shown), gathered, files, {
      check: async () => {
        if (!(await lock.isHeld())) throw usageError(`another run has taken over ${shown}`);
      },
    });
    await realFiles.remove(`${entries}.partial.state`);
    await realFiles.remove(entries);
    return { verdict: ending.verdict, settled, readAt: ending.serverNow };
  } catch (error) {
    throw withResumeHint(error, `${entries}.partial`, writing.resumeCommand);
  } finally {
    await gathered.close();
  }
}
