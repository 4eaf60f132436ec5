import type { Context } from '../../context.js';
import { pageAsk } from '../../engine/page/ask.js';
import { pagingStyle } from '../../engine/paging.js';
import { EXIT, type ExitCode } from '../../errors.js';
import type { AuditEvent } from '../../event.js';
import { findProviderFile } from '../../profile/provider.js';
import { actionWord } from '../../providers/actions.js';
import { toEvent } from '../../providers/event/normalize.js';
import { keyWarnings } from '../../providers/file/access.js';
import { forLog, logNames } from '../../providers/logs.js';
import type { Provider } from '../../providers/provider.js';
import { timesUntil, wrongUnit } from '../../providers/times.js';
import { safe } from '../../terminal/text.js';
import { addDays, formatInstant, utcDay } from '../../time.js';
import { allColumns, openRow } from '../../view.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { openNotes } from '../say/notes.js';
import { accessLines, accessOf } from './access.js';
import { type FileFinding, findingsIn } from './answer.js';
import { besides } from './besides.js';
import { askVendor } from './live.js';
import { readSample, sampleOf } from './sample.js';
import { exampleOf, signInLines } from './signin.js';

export interface CheckFlags extends GlobalFlags, ConnectionFlags {
  readonly sample?: string;
  readonly live?: boolean;
}

/** The most entries shown in full. */
const SHOWN = 3;

/** Checks a vendor's file, and shows its first request and how entries are read. Exits 2 if the entries prove a path or a format wrong. */
export async function checkVendor(ctx: Context, flags: CheckFlags, file: string): Promise<ExitCode> {
  const { provider: described, examples } = await findProviderFile(ctx, {
    text: file,
    from: 'auditlog provider check',
  });
  const live =
    flags.live === true
      ? await askVendor(ctx, readConnection(flags), openNotes(ctx, flags), oneOf(file, described))
      : undefined;
  const provider = live?.provider ?? described;
  const sample = live?.sample ?? (await fileSample(ctx, provider, flags.sample, examples));
  const events = sample.entries.map((entry) => toEvent(provider, entry));
  const shownBySample = findingsIn(provider, sample);
  const found = live === undefined ? shownBySample : [...live.findings, ...besides(live.findings, shownBySample)];
  const textsOf = (weight: FileFinding['weight']) =>
    found.filter((one) => one.weight === weight).map(({ text }) => text);
  const times = timesIn(provider, events, ctx.clock.now());
  const wrong = [...sample.wrong, ...textsOf('wrong'), ...times.wrong, ...wrongIn(provider, events)];
  const warnings = [...keyWarnings(provider), ...textsOf('warning'), ...times.warnings];
  const lines = [
    `${file} describes ${provider.title}.`,
    '',
    ...firstRequest(provider, ctx.clock.now()),
    ...signInLines(provider),
    ...accessLines(provider),
    ...events.slice(0, SHOWN).flatMap((event, index) => {
      const access = accessOf(provider, event);
      return ['', `Entry ${index + 1} of ${events.length} comes out as`, ...shown(provider, event), ...access];
    }),
    '',
    ...(events.length === 0
      ? ['No entry to try it on: give one with --sample FILE, or in $.examples.']
      : missing(provider, events)),
    ...(live === undefined ? [] : [`Asked the API ${live.requests} times.`]),
    ...warnings.map((one) => `Warning: ${one}`),
    ...(wrong.length === 0 ? ['Nothing is wrong.'] : wrong.map((one) => `Wrong: ${one}`)),
  ];
  // Names and values of a server may contain the key.
  const scrub = live?.scrub ?? ((line: string) => line);
  await ctx.stdout.write(lines.map((line) => `${safe(scrub(line))}\n`).join(''));
  return wrong.length === 0 ? EXIT.ok : EXIT.usage;
}

/** For a vendor with several logs, the first one. */
function oneOf(file: string, provider: Provider): string {
  const [log] = logNames(provider);
  return log === undefined ? file : `${file}/${log}`;
}

async function fileSample(ctx: Context, provider: Provider, name: string | undefined, examples: readonly unknown[]) {
  return name === undefined ? sampleOf(provider, examples) : readSample(ctx, provider, name);
}

/** The first request for yesterday, because that has every part. */
function firstRequest(file: Provider, now: number): readonly string[] {
  const logs = logNames(file);
  if (logs.length > 0) return logs.flatMap((log) => requestOf(forLog(file, log), now, `${log}: `));
  return requestOf(file, now, '');
}

function requestOf(file: Provider, now: number, log: string): readonly string[] {
  const provider = exampleOf(file);
  const day = addDays(utcDay(now), -1);
  const base = new URL(provider.base ?? 'https://your-base-url');
  const org = provider.defaultOrg ?? 'ORG';
  const place = pagingStyle(provider.paging).first;
  const stream = { index: 0, org, filters: {} };
  const window = { from: day, to: day };
  const { url, post } = pageAsk(provider, base, { stream, window, place, size: provider.paging.max });
  if (post === undefined) return [`Asks   ${log}${url.href}`];
  return [`Asks   ${log}POST ${url.href}`, `with   ${post}`];
}

function shown(provider: Provider, event: AuditEvent): readonly string[] {
  const columns = allColumns(provider);
  const cells = openRow(columns, (text) => text)(event);
  const { category, label, kind } = actionWord(provider, event.action);
  return columns.flatMap(({ field, name }, index) => {
    const cell = cells[index] ?? '';
    if (cell === '') return [];
    const more = field === 'action' ? `  (${label}; ${category}; ${kind})` : '';
    return [`  ${name.padEnd(WIDTH)}${cell}${more}`];
  });
}

const WIDTH = 'resource.name'.length + 2;

/** Columns without a value in any entry, and columns without a path in the file. */
function missing(provider: Provider, events: readonly AuditEvent[]): readonly string[] {
  const columns = allColumns(provider).filter(({ field }) => field !== 'extra');
  const readRow = openRow(columns, (text) => text);
  const rows = events.map(readRow);
  const empty = columns.filter((_, index) => rows.every((cells) => cells[index] === ''));
  const lost = empty.filter(({ places }) => places.length > 0);
  const untold = empty.filter(({ places }) => places.length === 0).map(({ name }) => name);
  return [
    ...lost.map(({ name, places }) => `Missing: ${name}: no entry has anything at ${places.join(', ')}`),
    ...(untold.length === 0 ? [] : [`Not told: ${untold.join(', ')}: the file names no place for them`]),
  ];
}

/** Entries without a time or an action, or without an id although the file names one. */
function wrongIn(provider: Provider, events: readonly AuditEvent[]): readonly string[] {
  const { fields, timeFormat = 'rfc3339' } = provider;
  const of = (bad: readonly AuditEvent[]) => `in ${bad.length} of ${events.length} entries`;
  const untimed = events.filter(({ time }) => Number.isNaN(time));
  const nameless = events.filter(({ action }) => action === '');
  const unnumbered = fields.id === undefined ? [] : events.filter(({ id }) => id === undefined);
  const text = untimed[0]?.timeText ?? '';
  return [
    ...(untimed.length === 0
      ? []
      : text === ''
        ? [`$.fields.time: nothing is there ${of(untimed)}`]
        : [
            `$.timeFormat: ${JSON.stringify(text)} is not a time in the format ${timeFormat}, ${of(untimed)}${meantFormat(text)}`,
          ]),
    ...(nameless.length === 0 ? [] : [`$.fields.action: nothing is there ${of(nameless)}`]),
    ...(unnumbered.length === 0 ? [] : [`$.fields.id: nothing is there ${of(unnumbered)}`]),
  ];
}

/** Implausible times: if all of them are, the format is wrong. */
function timesIn(
  { timeFormat = 'rfc3339' }: Provider,
  events: readonly AuditEvent[],
  now: number,
): { readonly wrong: readonly string[]; readonly warnings: readonly string[] } {
  const { after, before } = timesUntil(now);
  const timed = events.filter(({ time }) => !Number.isNaN(time));
  const outside = timed.filter(({ time }) => time < after || time >= before);
  const [first] = outside;
  if (first === undefined) return { wrong: [], warnings: [] };
  const unit = meantFormat(first.timeText);
  const meant = unit.includes(`"${timeFormat}"`) ? '' : unit;
  if (outside.length === timed.length)
    return { wrong: [`$.timeFormat: ${wrongUnit(first.time)}${meant}`], warnings: [] };
  const text = `$.timeFormat: ${outside.length} of ${events.length} times, such as ${formatInstant(first.time)}, are not between 2000 and now`;
  return { wrong: [], warnings: [`${text}: exports count such entries as entries without a time`] };
}

/** The key that a time is read with. */
function meantFormat(text: string): string {
  const meant = (key: string, value: string) => `: did you mean "${key}": "${value}"?`;
  if (text.startsWith('{')) return meant('timeFormat', 'epoch-parts');
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?$/.test(text)) return meant('timeZone', 'UTC');
  if (!/^\d+(?:\.\d+)?$/.test(text)) return '';
  const [unit] = UNITS.find(([, least]) => Number(text) > least) ?? ['epoch-s'];
  return meant('timeFormat', unit);
}

const UNITS: readonly (readonly [format: string, least: number])[] = [
  ['epoch-ns', 1e17],
  ['epoch-us', 1e14],
  ['epoch-ms', 1e11],
];
