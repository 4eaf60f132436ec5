import { resolve } from 'node:path';
import { type AccessAnswer, type AccessLog, openAccessLog } from '../../access/answer.js';
import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import { realFiles } from '../../files/files.js';
import { writeWhole } from '../../files/whole.js';
import { parseRange } from '../../time.js';
import { colorChoice } from '../flags/everywhere.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import { spools } from '../job/spools.js';
import { openNotes } from '../say/notes.js';
import { hasProgress, openProgress, type ProgressLine, SILENT } from '../say/progress.js';
import { claim } from '../say/verdict.js';
import { isReaderGone } from '../write/deliver.js';
import { chosen } from './choose.js';
import { type AccessChoice, type AccessFlags, readAccess } from './flags.js';
import { doubtsOf, remarksOf } from './remarks.js';
import { accessText } from './write.js';

/** Shows who has which role, replayed from the events of the whole log. */
export async function showAccess(ctx: Context, flags: AccessFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const { choice, selection } = readAccess(flags);
  const color = colorChoice(flags);
  const spins = hasProgress(ctx, flags);
  await checkPath(ctx, choice);
  return withJob(ctx, selection, { notes, noteWaits: !spins, wholeLog: true }, async (job) => {
    const log = openAccessLog(job.connection.provider, spools(ctx));
    try {
      const progress = spins ? await openProgress(ctx, job.client, color) : SILENT;
      const reading = await readLog(job, log, progress);
      const from = rangeStart(choice, job);
      const at = job.query.before ?? job.serverNow();
      const answer = log.answer({
        before: job.query.before,
        from,
        spans: choice.isRange && choice.view === 'members',
        changes: choice.view === 'changes' || choice.person !== undefined || choice.format === 'json',
      });
      const { provider } = job.connection;
      const shown = chosen(answer, choice, { from, title: provider.title });
      const facts = { provider: provider.name, orgs: job.connection.orgs, zone: job.zone, from, at };
      const text = await accessText(ctx, { answer: shown, choice, color, facts, verdict: reading.verdict() });
      if (choice.path === undefined) await ctx.stdout.write(text);
      else await writeWhole(resolve(ctx.cwd, choice.path), [Buffer.from(text)]);
      const isClean = reading.verdict().status !== 'unreconciled';
      const doubts = [...(isClean ? [] : [claim(reading)]), ...doubtsOf(answer, at)];
      for (const note of [...remarksOf(shown, choice, facts), ...(isClean ? [claim(reading)] : [])]) notes.say(note);
      for (const remark of reading.verdict().remarks) notes.say(remark);
      for (const doubt of doubts) notes.insist(doubt);
      if (doubts.length > 0) return EXIT.unreconciled;
      if (shown.breakCount === 0) return EXIT.ok;
      if (choice.view !== 'breaks' || choice.format !== 'table' || choice.path !== undefined)
        notes.insist(breakNote(shown));
      return choice.isStrict ? EXIT.unreconciled : EXIT.ok;
    } finally {
      log.close();
    }
  }).catch((error: unknown) => {
    if (isReaderGone(error)) return EXIT.ok;
    throw error;
  });
}

async function readLog(job: Job, log: AccessLog, progress: ProgressLine): Promise<Reading> {
  try {
    const reading = await job.read({ ties: 'server', anyOrder: true });
    progress.begin(reading);
    for await (const { entries, org, late } of reading.batches)
      for (const entry of entries) log.add(entry, org, late === true);
    return reading;
  } finally {
    progress.stop();
  }
}

/** Throws a usage error for an empty range. */
function rangeStart({ from }: AccessChoice, job: Job): number | undefined {
  const { zone, query } = job;
  const start = parseRange({ from }, { now: job.serverNow(), zone }).from;
  if (start !== undefined && query.before !== undefined && start >= query.before)
    throw usageError(`the range from ${from} is empty`, 'Give --from an earlier time than --to');
  return start;
}

async function checkPath(ctx: Context, { path, isForced }: AccessChoice): Promise<void> {
  if (path === undefined) return;
  const found = await realFiles.look(resolve(ctx.cwd, path));
  if (found === undefined) return;
  if (found.kind !== 'file') throw usageError(`${path} is not a regular file`, 'Name a file: -o access.csv');
  if (!isForced) throw usageError(`${path} already exists`, 'Choose another name, or overwrite it with --force');
}

function breakNote({ breakCount }: Pick<AccessAnswer, 'breakCount'>): string {
  return `${breakCount === 1 ? '1 break' : `${breakCount} breaks`} in the log: the two events of each are listed by\n  auditlog access --breaks`;
}
