import type { DateParameters, Provider, WireFilter } from '../providers/provider.js';
import { DAY_MS, dayStart } from '../time.js';
import { PAGING, wholeNumber } from './paging.js';

/** The question of a request, its parameters checked. */
export interface LogQuery {
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
  /** The dates as sent, for a server whose days are not UTC days. */
  readonly days: { readonly from: string | undefined; readonly to: string | undefined };
  /** The same range in epoch ms, half-open; infinite at an open end. */
  readonly from: number;
  readonly before: number;
  /** The number of the page, or of the first row: it depends on the vendor. */
  readonly place: number;
  readonly take: number;
}

/** Reads the query string of a request; a text is the reason for refusing it. Unknown parameters are refused, so that no misspelt filter is ignored. */
export function readLogQuery(provider: Provider, query: string, now: number): LogQuery | string {
  const sent = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (sent.has(name)) return `${name} was given twice.`;
    sent.set(name, value);
  }
  const unknown = [...sent.keys()].find((name) => !known(provider).has(name));
  if (unknown !== undefined) return `There is no parameter ${unknown}.`;

  const filters = readFilters(provider, sent);
  if (typeof filters === 'string') return filters;
  const range = readRange(provider, sent, now);
  if (typeof range === 'string') return range;
  const { paging } = provider;
  const take = wholeNumber(sent.get(paging.size ?? '') ?? String(paging.max));
  if (take === undefined || take < 1 || take > paging.max) {
    return `${paging.size} must be a whole number from 1 to ${paging.max}.`;
  }
  const place = readPlace(provider, sent);
  return typeof place === 'string' ? place : { filters, ...range, place, take };
}

function known(provider: Provider): ReadonlySet<string> {
  const { paging, dates, filters, fixed } = provider;
  const names = [
    paging.size,
    PAGING[paging.style].parameter(paging),
    dates.from,
    dates.to,
    dates.search?.parameter,
    ...Object.values(filters),
  ];
  return new Set([...names.filter((name) => name !== undefined), ...Object.keys(fixed ?? {})]);
}

function readFilters(provider: Provider, sent: ReadonlyMap<string, string>): LogQuery['filters'] | string {
  const longest = provider.filterMax ?? Number.POSITIVE_INFINITY;
  const filters: Partial<Record<WireFilter, string>> = {};
  for (const [filter, parameter] of Object.entries(provider.filters) as [WireFilter, string][]) {
    const value = sent.get(parameter);
    if (value === undefined || (filter === 'action' && value === 'ALL')) continue;
    if (value === '' || value.length > longest) return `${parameter} must have 1 to ${longest} characters.`;
    if (filter === 'action' && provider.actionsComplete && !Object.hasOwn(provider.actions, value)) {
      return `${parameter} must be one of the documented actions, or ALL.`;
    }
    filters[filter] = value;
  }
  return filters;
}

function readRange(
  provider: Provider,
  sent: ReadonlyMap<string, string>,
  now: number,
): Pick<LogQuery, 'days' | 'from' | 'before'> | string {
  const { dates } = provider;
  const days =
    dates.search === undefined
      ? { from: sent.get(dates.from ?? ''), to: sent.get(dates.to ?? '') }
      : searchedDays(dates.search, sent.get(dates.search.parameter));
  if (typeof days === 'string') return days;
  const { read, lasts, shape } = DATES[dates.format];
  const from = days.from === undefined ? earliest(provider, days.to, now) : read(days.from);
  if (Number.isNaN(from)) return `${dates.from ?? dates.search?.parameter} must be ${shape}.`;
  const last = days.to === undefined ? Number.POSITIVE_INFINITY : read(days.to);
  if (Number.isNaN(last)) return `${dates.to ?? dates.search?.parameter} must be ${shape}.`;
  return { days, from, before: last + lasts };
}

/** The days in the words of a search, written in one of the vendor's forms. */
function searchedDays(
  search: NonNullable<DateParameters['search']>,
  words: string | undefined,
): LogQuery['days'] | string {
  if (words === undefined) return { from: undefined, to: undefined };
  for (const form of [search.both, search.from, search.to]) {
    const [before = '', middle, after] = form.split(/\{from\}|\{to\}/);
    if (!words.startsWith(before)) continue;
    const rest = words.slice(before.length);
    if (after === undefined) {
      if (!/^[\w-]+$/.test(rest)) continue;
      return form === search.from ? { from: rest, to: undefined } : { from: undefined, to: rest };
    }
    const [from, to, more] = rest.split(middle ?? '');
    if (from !== undefined && to !== undefined && more === undefined) return { from, to };
  }
  return `${search.parameter} must be such as ${search.both}.`;
}

/** `read` gives the first ms of a date, NaN for anything else; a date lasts `lasts` ms, and the last one of a range is included. */
interface DateForm {
  readonly read: (text: string) => number;
  readonly lasts: number;
  readonly shape: string;
}

const DATES: Readonly<Record<DateParameters['format'], DateForm>> = {
  day: { read: dayStart, lasts: DAY_MS, shape: 'a date such as 2026-03-01' },
  instant: { read: Date.parse, lasts: 1, shape: 'a time such as 2026-03-01T09:00:00Z' },
  'instant-s': { read: Date.parse, lasts: 1000, shape: 'a time such as 2026-03-01T09:00:00Z' },
  pattern: { read: Date.parse, lasts: DAY_MS, shape: 'a date' },
  'epoch-ms': { read: (text) => digits(text, 1), lasts: 1, shape: 'milliseconds since 1970' },
  'epoch-s': { read: (text) => digits(text, 1000), lasts: 1000, shape: 'seconds since 1970' },
};

/** The start of a range without `from`: that of the vendor's default window, or of the log. */
function earliest(provider: Provider, to: string | undefined, now: number): number {
  const days = provider.dates.defaultDays;
  return days === undefined || to !== undefined ? Number.NEGATIVE_INFINITY : now - days * DAY_MS;
}

function readPlace(provider: Provider, sent: ReadonlyMap<string, string>): number | string {
  const { parameter, first, read, shape } = PAGING[provider.paging.style];
  const name = parameter(provider.paging);
  const value = sent.get(name);
  if (value === undefined) return first(provider.paging);
  return read(value, provider.paging) ?? `${name} must be ${shape(provider.paging)}.`;
}

function digits(text: string, unit: number): number {
  return /^\d{1,15}$/.test(text) ? Number(text) * unit : Number.NaN;
}
