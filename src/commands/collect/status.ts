import {
  type CollectorState,
  type CollectorStatus,
  hasUnsavedRun,
  isSilent,
  loadCollector,
  statusOf,
  withoutEvents,
} from '../../collect/status.js';
import type { Context } from '../../context.js';
import { EXIT, type ExitCode } from '../../errors.js';
import { parseDuration } from '../../time.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { count, duration } from '../say/numbers.js';
import { table } from '../write/columns.js';
import { writeJson } from '../write/json.js';
import { loadCollectors, NONE } from './list.js';
import { events } from './tell.js';

export interface StatusFlags extends FormatFlags {
  readonly failIfSilent?: string;
  readonly failIfGone?: boolean;
  readonly failIfNoEvent?: string;
}

/** `auditlog collect status [NAME]`. */
export async function showStatus(ctx: Context, flags: StatusFlags, name: string | undefined): Promise<ExitCode> {
  const limit = flags.failIfSilent === undefined ? undefined : parseDuration(flags.failIfSilent, '--fail-if-silent');
  const quiet =
    flags.failIfNoEvent === undefined ? undefined : parseDuration(flags.failIfNoEvent, '--fail-if-no-event');
  const notes = openNotes(ctx, flags);
  const { all, code } =
    name === undefined ? await loadCollectors(ctx, notes) : { all: [await loadCollector(ctx, name)], code: EXIT.ok };
  const now = ctx.clock.now();
  const statuses = all.map((one) => statusOf(one, now));
  const silent = limit === undefined ? [] : all.filter((one) => isSilent(one, limit, now));
  if (flags.format === 'json') {
    const isIn = ({ name: own }: CollectorStatus) => silent.some(({ definition }) => definition.name === own);
    await writeJson(
      ctx,
      statuses.map((one) => ({ ...one, ...(limit === undefined ? {} : { silent: isIn(one) }) })),
    );
  } else if (statuses.length > 0) {
    const rows = statuses.map((one) => cells(one, now));
    await ctx.stdout.write(table(HEADINGS, rows));
  } else if (code === EXIT.ok) notes.say(NONE);
  if ((limit !== undefined || quiet !== undefined) && all.length === 0) {
    notes.insist('no collectors: none could succeed');
    return EXIT.silent;
  }
  for (const { name: own, message } of statuses.filter((_, at) => hasUnsavedRun(all[at]!)))
    notes.insist(`${own}: ${message}`);
  for (const one of silent) notes.insist(silence(one, now));
  const still = quiet === undefined ? [] : all.flatMap((one) => stillness(one, quiet, now));
  for (const text of still) notes.insist(text);
  if (silent.length + still.length > 0) return EXIT.silent;
  const gone = flags.failIfGone === true ? statuses.filter(({ unacknowledged }) => unacknowledged > 0) : [];
  for (const { name: own, unacknowledged } of gone)
    notes.insist(
      `${own}: ${events(unacknowledged)} gone from the server\nTo list the days: auditlog collect gaps ${own}\nTo end this alarm: auditlog collect gaps ${own} --acknowledge`,
    );
  return code !== EXIT.ok || gone.length === 0 ? code : EXIT.unreconciled;
}

/** The organizations of a collector that have had no event for too long. */
function stillness(one: CollectorState, limit: number, now: number): readonly string[] {
  const { name, connection } = one.definition;
  return withoutEvents(one, limit, now).map(({ org, newest }) => {
    const who = connection.orgs.length > 1 ? `${name}, ${org}` : name;
    return newest === null ? `${who} has never had an event` : `${who} has had no event for ${duration(now - newest)}`;
  });
}

function silence({ definition: { name }, last }: CollectorState, now: number): string {
  if (last?.succeededAt == null) return `${name} has never succeeded`;
  return last.succeededAt > now
    ? `${name} has its last success ${duration(last.succeededAt - now)} ahead of the clock: was it wrong then, or is it now?`
    : `${name} has not succeeded for ${duration(now - last.succeededAt)}`;
}

const HEADINGS = [
  'NAME',
  'STATE',
  'LAST SUCCESS',
  'LAG',
  'EVENTS',
  'LATE',
  'GONE',
  'REFUSED',
  'CONFIRMED TO',
  'NEXT RUN',
] as const;

function cells(one: CollectorStatus, now: number): readonly string[] {
  const next = one.nextRun === null ? undefined : Date.parse(one.nextRun) - now;
  return [
    one.name,
    one.state === 'failing' && one.lastExitCode !== null ? `failing (${one.lastExitCode})` : one.state,
    one.lastSuccess ?? 'never',
    one.lagSeconds === null ? '-' : duration(one.lagSeconds * 1000),
    count(one.events),
    count(one.late),
    count(one.unacknowledged),
    count(one.refused),
    one.confirmedTo ?? '-',
    next === undefined ? '-' : next <= 0 ? 'due' : `in ${duration(next)}`,
  ];
}
