import type { Context } from '../../context.js';
import type { Reading } from '../../engine/source.js';
import { AuditlogError, EXIT, type ExitCode, usageError } from '../../errors.js';
import type { Entry } from '../../event.js';
import { timeText } from '../../formats/table/when.js';
import { actionWord } from '../../providers/actions.js';
import { toEvent } from '../../providers/event/normalize.js';
import { type ColorChoice, colorLevel, painter } from '../../terminal/color.js';
import { openPager, type Pager } from '../../terminal/pager/pager.js';
import { colorChoice } from '../flags/everywhere.js';
import { logFlags, readSelection, type SelectionFlags } from '../flags/selection.js';
import type { Job } from '../job/job.js';
import { withJob } from '../job/open.js';
import { type Notes, openNotes } from '../say/notes.js';
import { nothingMatched } from '../say/nothing.js';
import { count } from '../say/numbers.js';
import { claim } from '../say/verdict.js';
import { isReaderGone } from '../write/deliver.js';
import { findEvent, LEAST_PREFIX, type Wanted } from './find.js';
import { eventPage } from './page.js';

export type ShowFlags = SelectionFlags & {
  readonly latest?: boolean;
  readonly nth?: number;
  readonly format?: 'text' | 'json';
  /** False for `--no-pager`. */
  readonly pager?: boolean;
};

/** Shows the event with this id, the event in this row of the last list, or the newest match. */
export async function showEvent(ctx: Context, flags: ShowFlags, id: string | undefined): Promise<ExitCode> {
  const wanted = readWanted(flags, id);
  const notes = openNotes(ctx, flags);
  const selection = readSelection(flags);
  const { format } = flags;
  const color = colorChoice(flags);
  const log = { input: selection.input?.path, flags: logFlags(flags) };
  const pager = format === 'json' || flags.pager === false ? undefined : openPager(ctx);
  try {
    return await withJob(ctx, selection, { notes }, async (job) => {
      const found = await findEvent(ctx, wanted, { job, ...log });
      if ('error' in found) throw found.error(found.entries.map((entry) => lineOf(job, entry)));
      const { entry, reading, note } = found;
      if (entry === undefined) return missing(notes, job, reading, id);
      const { status, notes: doubts, remarks } = reading.verdict();
      const text = format === 'json' ? `${entry.raw}\n` : await page(ctx, color, job, entry);
      await write(pager ?? ctx.stdout, pager, text);
      if (wanted.by === 'id' || note !== undefined) notes.say(note ?? `found among the ${howFar(reading)}`);
      for (const fact of remarks) notes.say(fact);
      // An event found by its id or text is right whatever the verdict. If only the beginning of the id is known, another match may be missing.
      const isSure = wanted.by === 'row' || note !== undefined || (wanted.by === 'id' && entry.id === wanted.id);
      if (isSure) {
        for (const doubt of doubts) notes.say(doubt);
        return EXIT.ok;
      }
      if (status !== 'unreconciled') return EXIT.ok;
      notes.insist(claim(reading));
      return EXIT.unreconciled;
    });
  } catch (error) {
    throw withInputHint(error, selection.input !== undefined);
  } finally {
    await pager?.end();
  }
}

function readWanted({ latest, nth }: ShowFlags, id: string | undefined): Wanted {
  const given = [id, latest === true || undefined, nth].filter((one) => one !== undefined);
  if (given.length === 0)
    throw usageError(
      'missing id of an event',
      'By id: auditlog show ID\nRow 3 of the last list: auditlog show --nth 3\nThe newest: auditlog show --latest',
    );
  if (given.length > 1)
    throw usageError(
      'an ID, --nth and --latest cannot be combined: each names an event',
      'Example: auditlog show --latest',
    );
  // Ids from a CSV of Windows end in CR.
  if (id !== undefined) return { by: 'id', id: id.trim() };
  return nth === undefined ? { by: 'latest' } : { by: 'row', row: nth };
}

/** Quitting the pager early is no failure. */
async function write(port: Pick<Pager, 'write'>, pager: Pager | undefined, text: string): Promise<void> {
  try {
    await port.write(text);
    await pager?.end();
  } catch (error) {
    if (!isReaderGone(error)) throw error;
  }
}

/** Events come from the API: without network, only an earlier export has them. */
function withInputHint(error: unknown, isInput: boolean): unknown {
  if (isInput || !(error instanceof AuditlogError) || error.exitCode !== EXIT.server) return error;
  const hint = 'Offline, read an earlier export: auditlog show ID --input FILE';
  const { message, exitCode } = error;
  return new AuditlogError(message, exitCode, error.hint === undefined ? hint : `${error.hint}\n${hint}`, error);
}

async function page(
  ctx: Context,
  color: ColorChoice,
  { connection, zone, serverNow }: Job,
  entry: Entry,
): Promise<string> {
  const { provider } = connection;
  const chalk = await painter(colorLevel(ctx.env, ctx.stdout, color));
  return eventPage(toEvent(provider, entry), {
    provider,
    zone,
    now: serverNow(),
    chalk,
    isTTY: ctx.stdout.isTTY,
    width: ctx.stdout.isTTY ? ctx.stdout.columns() : 0,
  });
}

/** One of several events: its id, when, what and who. */
function lineOf({ connection: { provider }, zone, serverNow }: Job, entry: Entry): string {
  const event = toEvent(provider, entry);
  const { label } = actionWord(provider, event.action);
  const { name, email } = event.actor ?? { name: 'System', email: undefined };
  return [event.id, timeText(event, { isTTY: false, zone, now: serverNow() }), label, name ?? email]
    .filter((part) => part !== undefined)
    .join('  ');
}

function missing(notes: Notes, job: Job, reading: Reading, id: string | undefined): ExitCode {
  if (reading.verdict().status === 'unreconciled') {
    notes.insist(claim(reading));
    return EXIT.unreconciled;
  }
  const isWhole = job.query.from === undefined && job.query.before === undefined;
  for (const fact of reading.verdict().remarks) notes.say(fact);
  const short =
    id !== undefined && [...id].length < LEAST_PREFIX
      ? `\nThe beginning of an id needs ${LEAST_PREFIX} characters`
      : '';
  const row = /^[1-9]\d{0,3}$/.test(id ?? '') ? `\nFor row ${id} of the last list: auditlog show --nth ${id}` : '';
  const [nothing, ...meant] = nothingMatched(job);
  throw usageError(
    id === undefined ? `${nothing}` : `no event ${id} among the ${events(reading, isWhole ? '' : 'of these times ')}`,
    `${id === undefined ? meant.map((line) => `${line}\n`).join('') : ''}${
      isWhole
        ? 'Is it the log of another organization (--org), or of another profile?'
        : 'Was it at another time? Give another --from and --to, or none.'
    }${short}${row}`,
  );
}

/** The part of the log that was searched. */
function howFar(reading: Reading): string {
  const { fetched } = reading.progress();
  const { count: total } = reading.total();
  return total !== undefined && total > fetched
    ? `${count(fetched)} newest of ${count(total)} events`
    : events(reading);
}

function events(reading: Reading, which = ''): string {
  const { fetched } = reading.progress();
  return `${count(fetched)} ${fetched === 1 ? 'event' : 'events'} ${which}that were looked at`;
}
