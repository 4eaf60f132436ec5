import { rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Context, Stopped } from '../../context.js';
import type { DayFiles } from '../../days/file.js';
import type { Gathered } from '../../days/gathered.js';
import type { Settled } from '../../days/settle.js';
import type { Verdict } from '../../engine/source.js';
import { EXIT, type ExitCode, usageError } from '../../errors.js';
import type { RunFacts } from '../../manifest/record.js';
import type { Lock } from '../../output/lock.js';
import { usualDays } from '../../providers/dates.js';
import { resumeCommandOf } from '../flags/everywhere.js';
import { type Output, readOutput, type WritingFlags } from '../flags/output.js';
import { readSelection } from '../flags/selection.js';
import { ask } from '../job/ask.js';
import type { Job } from '../job/job.js';
import { spools } from '../job/spools.js';
import { type Notes, openNotes } from '../say/notes.js';
import { count } from '../say/numbers.js';
import { canSpin, openProgress, type ProgressLine, SILENT } from '../say/progress.js';
import { claimed } from '../say/verdict.js';
import { identityOf, type Writing } from '../write/file.js';
import { openFormat } from '../write/format.js';
import { goOn } from '../write/resume.js';
import { gather, OLDEST_FIRST } from './gather.js';
import { columnNames, recordedFlags } from './manifest.js';

/** `auditlog export --split day -o DIR/`: a file and a manifest for each day, in a chain that later runs go on with. */
export async function exportDays(ctx: Context, flags: WritingFlags): Promise<ExitCode> {
  const notes = openNotes(ctx, flags);
  const selection = readSelection(flags);
  const output = await readDayOutput(flags);
  const recorded = recordedFlags(flags);
  const resumeCommand = resumeCommandOf(flags);
  const spins = flags.quiet !== true && flags.debug !== true && canSpin(ctx);
  return ask(ctx, selection, { notes, noteWaits: !spins }, async (job) => {
    const progress = spins ? await openProgress(ctx, job.client, output.color) : SILENT;
    try {
      const writing = { job, output, order: OLDEST_FIRST, resumeCommand };
      const done = await writeDays(ctx, { ...writing, shown: output.path, recorded }, { notes, progress });
      progress.stop();
      return conclude(notes, output.path, done);
    } catch (error) {
      progress.stop();
      if (error instanceof Stopped) notes.insist('stopped: what was written is not all of it');
      throw error;
    }
  });
}

async function readDayOutput(flags: WritingFlags): Promise<Output & { readonly path: string }> {
  const { output, format = 'ndjson' } = flags;
  if (output === undefined)
    throw usageError('--split day writes a directory of files, and none is named', 'Name it with -o DIR/.');
  if (flags.force === true)
    throw usageError(
      '--force is not for --split: a sealed day is never written again',
      'Leave it out, or name another directory.',
    );
  if (format === 'parquet')
    throw usageError(
      '--split day writes text: what is sealed is compared with it',
      'For Parquet of each day: auditlog collect NAME --create --dest DIR',
    );
  const { output: _, restart: __, ...rest } = flags;
  const common = readOutput({ ...rest, format: format.replace(/\.gz$/, '') }, 'ndjson');
  return { ...common, path: output, gzip: format.endsWith('.gz'), restart: flags.restart === true };
}

/** What day files are made of, and where. */
interface DayWriting extends Writing {
  /** The directory, as written. */
  readonly shown: string;
  /** The flags, as manifests record them. */
  readonly recorded: RunFacts['flags'];
}

interface Watching {
  readonly notes: Notes;
  readonly progress: ProgressLine;
}

async function writeDays(ctx: Context, writing: DayWriting, watching: Watching): Promise<Done> {
  const [{ makeFolder }, { LOCK }, { takeLock }] = await Promise.all([
    import('../../manifest/folder.js'),
    import('../../manifest/names.js'),
    import('../../output/lock.js'),
  ]);
  const { shown, job } = writing;
  const path = resolve(ctx.cwd, shown);
  const files = await dayMaker(ctx, path, writing);
  const identity = await identityOf(writing);
  await job.connection.key();
  const isNew = await makeFolder(path, shown);
  try {
    const lock = await takeLock(ctx, join(path, LOCK), shown);
    try {
      return await fillFolder(ctx, { path, files, identity, lock, writing }, watching);
    } finally {
      await lock.release();
    }
  } catch (error) {
    // It stays when anything is in it.
    if (isNew) await rmdir(path).catch(() => undefined);
    throw error;
  }
}

interface Held {
  readonly writing: DayWriting;
  readonly path: string;
  readonly files: DayFiles;
  readonly identity: Readonly<Record<string, string>>;
  readonly lock: Lock;
}

interface Done {
  readonly verdict: Verdict;
  readonly settled: Settled;
}

/** What a run had read that was cut off so recently is still the answer to the same question. */
const RECENT_MS = 3_600_000;

async function fillFolder(ctx: Context, held: Held, { notes, progress }: Watching): Promise<Done> {
  const { path, identity, writing } = held;
  const { shown, job, output, recorded } = writing;
  const [{ leftBehind, readFolder }, { refuseOther }, { GATHERED }, { checkRange }, { realFiles }] = await Promise.all([
    import('../../manifest/folder.js'),
    import('../../manifest/identity.js'),
    import('../../manifest/names.js'),
    import('../../days/plan.js'),
    import('../../files/files.js'),
  ]);
  const entries = join(path, GATHERED);
  const purpose = await purposeOf(identity, job);
  const folder = await readFolder(path, shown);
  refuseOther(folder.chain?.identity, purpose, `${shown} holds day files of something else`, OTHER_PLACE);
  if (output.restart) await realFiles.remove(entries);
  if ((await leftBehind(path)) === 'all') {
    notes.say('everything was read already: going on with the files of the days');
    const { readAt, ...done } = await settleFolder(held, entries);
    if (ctx.clock.now() - readAt < RECENT_MS) return done;
  }
  await job.settleClock();
  checkRange(job.query, await readFolder(path, shown), job.serverNow());
  const resumed = (rows: number) =>
    notes.say(`going on after the ${count(rows)} events that were read into ${shown} already`);
  const gathering = { identity, folder: purpose, flags: recorded };
  await gather(ctx, entries, gathering, { ...writing, watch: { ...progress, resumed } });
  return settleFolder(held, entries);
}

/** Makes day files of what was gathered, and takes that away. `readAt`: when the last of it was read, epoch ms. */
async function settleFolder(
  { writing, path, files, identity, lock }: Held,
  entries: string,
): Promise<Done & { readonly readAt: number }> {
  const { shown, resumeCommand } = writing;
  const [{ readFolder }, { refuseOther }, { settle }, { realFiles }] = await Promise.all([
    import('../../manifest/folder.js'),
    import('../../manifest/identity.js'),
    import('../../days/settle.js'),
    import('../../files/files.js'),
  ]);
  const gathered = await openWhole(entries, shown);
  try {
    const { ending } = gathered;
    const what = `${shown} holds what an interrupted export of something else has read`;
    refuseOther(ending.identity, identity, what, 'Run that one again, or throw it away with --restart.');
    const settled = await settle(await readFolder(path, shown), gathered, files, {
      check: async () => {
        if (!(await lock.isHeld())) throw usageError(`another run has taken over ${shown}`);
      },
    });
    await realFiles.remove(`${entries}.partial.state`);
    await realFiles.remove(entries);
    return { verdict: ending.verdict, settled, readAt: ending.serverNow };
  } catch (error) {
    throw goOn(error, entries, resumeCommand);
  } finally {
    await gathered.close();
  }
}

const OTHER_PLACE = 'Run what made them again, or name another directory.';

async function openWhole(entries: string, shown: string): Promise<Gathered> {
  const { openGathered } = await import('../../days/gathered.js');
  const gathered = await openGathered(entries);
  if (gathered !== undefined) return gathered;
  throw usageError(
    `what an interrupted export has read into ${shown} is damaged`,
    'Throw it away and begin anew with --restart.',
  );
}

/** Settles how files are written, and refuses what cannot be day files, before anything is asked or made. */
async function dayMaker(ctx: Context, directory: string, { job, output }: Writing): Promise<DayFiles> {
  const { provider } = job.connection;
  const [{ shapeOf }, { FLAT }] = await Promise.all([
    import('../../manifest/record.js'),
    import('../../manifest/layout.js'),
  ]);
  const { format, gzip, csvRaw } = output;
  if (format === 'table' || format === 'parquet') throw new Error(`${format} is no evidence`);
  const columns = format === 'csv' ? await columnNames(output, provider) : undefined;
  if (columns !== undefined && (provider.fields.id === undefined || !columns.includes('id')))
    throw usageError(
      provider.fields.id === undefined
        ? `entries of ${provider.title} have no id, so day files of them cannot be CSV`
        : '--split day needs the column id: what came late is known by it',
      provider.fields.id === undefined ? 'Write --format ndjson.' : 'Add id to --columns.',
    );
  if (usualDays(provider.dates) !== undefined && job.written.from === undefined)
    throw usageError(
      `without --from ${provider.title} begins in the middle of a day`,
      'Say where to begin: --from 2026-03-01.',
    );
  return {
    directory,
    layout: FLAT,
    shape: shapeOf(provider, { format, gzip, csvRaw }),
    columns,
    open: () => openFormat(ctx, output, job),
    openSpool: await spools(ctx),
  };
}

/** What a directory is for: the same as a run, but for the range of days, which may grow. */
async function purposeOf(
  identity: Readonly<Record<string, string>>,
  { query }: Job,
): Promise<Readonly<Record<string, string>>> {
  const { queryIdentity } = await import('../../query.js');
  return { ...identity, query: queryIdentity({ ...query, from: undefined, before: undefined }) };
}

/** Says what became of it, and gives the exit code. */
function conclude(notes: Notes, shown: string, { verdict, settled }: Done): ExitCode {
  const { days, sealedTo, late, gone, purged, lost, undated, head } = settled;
  const say = (what: string, counts: Settled['late']) => {
    for (const { day, rows } of counts)
      notes.insist(`${day}: ${count(rows)} ${rows === 1 ? 'entry' : 'entries'} ${what}`);
  };
  notes.say(
    `${shown}: ${days.first} to ${days.last}, ${sealedTo === undefined ? 'nothing sealed yet' : `sealed up to ${sealedTo}`}`,
  );
  say('came late, and went to a file of their own', late);
  say('of the sealed day are no longer on the server; the file keeps them', gone);
  say('of the day, which was not sealed yet, are no longer on the server, nor in the file', lost);
  const old = purged.reduce((sum, { rows }) => sum + rows, 0);
  if (old > 0)
    notes.say(`up to ${purged.at(-1)?.day} the server no longer has ${count(old)} entries; the files keep them`);
  if (undated > 0) notes.insist(`${count(undated)} entries have no time that can be: they are in undated`);
  if (head !== undefined) notes.say(`head of the chain, to be kept elsewhere: ${head.hash} (number ${head.seq})`);
  // What an older version has gathered has none.
  for (const fact of verdict.remarks ?? []) notes.say(fact);
  const clean = verdict.status !== 'unreconciled';
  (clean ? notes.say : notes.insist)(claimed(verdict));
  return clean && gone.length === 0 ? EXIT.ok : EXIT.unreconciled;
}
