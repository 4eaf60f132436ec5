import type { DateParameters, Provider, WireFilter } from '../providers/provider.js';
import { PAGING, wholeNumber } from './paging.js';

/** What a request asks of a log, its parameters checked. */
export interface LogQuery {
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
  /** The dates as they were sent, for a server whose days are not UTC days. */
  readonly days: { readonly from: string | undefined; readonly to: string | undefined };
  /** The same as instants, half-open, epoch ms; infinite where nothing was asked. */
  readonly from: number;
  readonly before: number;
  /** The page, from 1, or how many rows to pass over: which of them depends on the vendor. */
  readonly place: number;
  readonly take: number;
}

const DAY = 86_400_000;

/** Reads the query string of a request; a text says what is wrong with it. Strict, so that a misspelt parameter is not taken for no parameter. */
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
  const take = wholeNumber(sent.get(paging.size) ?? String(paging.max));
  if (take === undefined || take < 1 || take > paging.max) {
    return `${paging.size} must be a whole number from 1 to ${paging.max}.`;
  }
  const place = readPlace(provider, sent);
  return typeof place === 'string' ? place : { filters, ...range, place, take };
}

/** Epoch ms of the start of a `YYYY-MM-DD` day in UTC; undefined when there is no such day. */
export function startOfDay(day: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day ? undefined : time;
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
  const asked = dates.search === undefined ? plainRange(dates, sent) : searchedRange(dates.search, sent);
  if (typeof asked === 'string') return asked;
  const { from, to } = asked;
  const { read, lasts, shape } = DATES[dates.format];
  const first = from === undefined ? earliest(provider, to, now) : read(from);
  if (first === undefined) return `${dates.from ?? dates.search?.parameter} must be ${shape}.`;
  const last = to === undefined ? Number.POSITIVE_INFINITY : read(to);
  if (last === undefined) return `${dates.to ?? dates.search?.parameter} must be ${shape}.`;
  return { days: { from, to }, from: first, before: last + lasts };
}

interface Sent {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function plainRange({ from, to }: DateParameters, sent: ReadonlyMap<string, string>): Sent {
  return {
    from: from === undefined ? undefined : sent.get(from),
    to: to === undefined ? undefined : sent.get(to),
  };
}

/** The days that stand in the words of a search, where it has one of the vendor's forms. */
function searchedRange(
  search: NonNullable<DateParameters['search']>,
  sent: ReadonlyMap<string, string>,
): Sent | string {
  const words = sent.get(search.parameter);
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

interface DateForm {
  /** The instant at which what is written begins. */
  readonly read: (text: string) => number | undefined;
  /** How long what is written lasts, as the last of a range is included; ms. */
  readonly lasts: number;
  readonly shape: string;
}

const DATES: Readonly<Record<DateParameters['format'], DateForm>> = {
  day: { read: startOfDay, lasts: DAY, shape: 'a date such as 2026-03-01' },
  instant: { read: instant, lasts: 1, shape: 'a time such as 2026-03-01T09:00:00Z' },
  'epoch-ms': { read: (text) => digits(text, 1), lasts: 1, shape: 'milliseconds since 1970' },
  'epoch-s': { read: (text) => digits(text, 1000), lasts: 1000, shape: 'seconds since 1970' },
};

/** Where a vendor begins when `from` is not asked: its default window, or the beginning. */
function earliest(provider: Provider, to: string | undefined, now: number): number {
  const days = provider.dates.defaultDays;
  return days === undefined || to !== undefined ? Number.NEGATIVE_INFINITY : now - days * DAY;
}

function readPlace(provider: Provider, sent: ReadonlyMap<string, string>): number | string {
  const { parameter, first, read, shape } = PAGING[provider.paging.style];
  const name = parameter(provider.paging);
  const value = sent.get(name);
  if (value === undefined) return first(provider.paging);
  return read(value, provider.paging) ?? `${name} must be ${shape(provider.paging)}.`;
}

function instant(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function digits(text: string, unit: number): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) * unit : undefined;
}
