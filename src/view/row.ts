import type { AuditEvent } from '../event.js';
import { type Member, members, textOf, tokenIn } from '../json/tokens.js';
import { asTimestamp, DAY_MS, formatInstant, parseTimestamp, readTimestamp } from '../time.js';
import type { Column, ColumnName } from './column.js';
import { openExtra } from './extra.js';

/** The cells of an event, by column; '' for missing and null values. */
export type ReadRow = (event: AuditEvent) => string[];

/**
 * Makes rows of these columns. A cell is the text of a string, or the vendor's own tokens of anything else; not yet safe. `shape` makes it fit for
 * the output; `extra`, which is not shaped, also has the originals of altered values.
 */
export function openRow(columns: readonly Column[], shape: (text: string, column: Column) => string): ReadRow {
  const extraAt = columns.findIndex(({ field }) => field === 'extra');
  const readExtra = openExtra(columns);
  const needsTokens = columns.some(
    ({ field, read }) => (field === undefined && read === undefined) || field === 'metadata' || field === 'extra',
  );
  return (event) => {
    const raw = needsTokens ? event.entry.raw.toString('utf8') : '';
    const isObject = raw.startsWith('{');
    const top = isObject ? members(raw) : [];
    const cells = columns.map((column) => shape(cellText(event, top, column), column));
    // An entry that is not an object is completely in `extra`.
    if (extraAt >= 0) cells[extraAt] = isObject ? readExtra(top, cells) : raw;
    return cells;
  };
}

function cellText(event: AuditEvent, top: readonly Member[], { field, places, read }: Column): string {
  if (read !== undefined) return read(event);
  if (field !== undefined && field !== 'metadata') return FIELDS[field](event) ?? '';
  const token = firstToken(top, places);
  if (token === undefined) return '';
  return field === 'metadata' ? token : textOf(token);
}

/** The tokens at the first path that is not null. */
function firstToken(top: readonly Member[], places: readonly string[]): string | undefined {
  for (const place of places) {
    const token = tokenIn(top, place);
    if (token !== undefined && token !== 'null') return token;
  }
  return undefined;
}

type ReadField = (event: AuditEvent) => string | undefined;

const FIELDS: Readonly<Record<Exclude<ColumnName, 'metadata'>, ReadField>> = {
  id: ({ id }) => id,
  time: utcTime,
  action: ({ action }) => action,
  'actor.id': ({ actor }) => actor?.id,
  'actor.name': ({ actor }) => actor?.name,
  'actor.email': ({ actor }) => actor?.email,
  'target.id': ({ target }) => target?.id,
  'target.email': ({ target }) => target?.email,
  'resource.type': ({ resource }) => resource?.type,
  'resource.id': ({ resource }) => resource?.id,
  'resource.name': ({ resource }) => resource?.name,
  source: ({ source }) => source,
  ip: ({ ip }) => ip,
  country: ({ country }) => country,
  user_agent: ({ userAgent }) => userAgent,
  'org.id': ({ org }) => org?.id,
  'org.name': ({ org }) => org?.name,
  extra: () => undefined,
  log: ({ entry }) => entry.log,
};

const COUNTED = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The time as RFC 3339 in UTC with all its digits; the vendor's own text if that is impossible. */
export function utcTime({ time: instant, timeText }: Pick<AuditEvent, 'time' | 'timeText'>): string {
  // Some vendors use epoch numbers, or objects of them.
  if (COUNTED.test(timeText)) return countedTime(instant, timeText) || timeText;
  if (timeText.startsWith('{')) return formatInstant(instant) || timeText;
  const text = Number.isNaN(parseTimestamp(timeText)) ? asTimestamp(timeText) : timeText;
  // A leap second has no other spelling.
  if (text?.slice(17, 19) === '60') return timeText;
  const time = text === undefined ? unzoned(instant, timeText) : parseTimestamp(text);
  const whole = formatInstant(Math.floor(time / 1000) * 1000);
  const fraction = /:\d\d[.,](\d+)/.exec(text ?? timeText)?.[1];
  return whole === '' ? timeText : whole.replace('Z', `${fraction === undefined ? '' : `.${fraction}`}Z`);
}

/** The instant of a text without a zone, which is in the vendor's; NaN for any other text. */
function unzoned(instant: number, text: string): number {
  const utc = [`${text}Z`, `${text} Z`].map(readTimestamp).find((time) => !Number.isNaN(time)) ?? Number.NaN;
  return Math.abs(utc - instant) <= DAY_MS ? instant : Number.NaN;
}

/** A number finer than milliseconds keeps its digits; their number tells its unit. */
function countedTime(time: number, text: string): string {
  const finer = /^\d+$/.test(text) && time > 0 ? Math.round(Math.log10(Number(text) / time)) : 0;
  const digits = finer > 0 ? text.slice(-3 - finer) : '';
  if (!/[1-9]/.test(digits)) return formatInstant(time);
  return formatInstant(Math.floor(time / 1000) * 1000).replace('Z', `.${digits}Z`);
}
