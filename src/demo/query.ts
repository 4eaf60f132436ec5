import type { DateParameters, Provider, WireFilter } from '../providers/provider.js';
import { DAY_MS } from '../time.js';
import { holdsRequest, readCursor } from './cursors.js';
import { type DateForm, dateForm } from './dates.js';
import { PAGING, wholeNumber } from './paging.js';
import { type ParameterNames, parametersOf } from './parameters.js';
import { readSent, type SentParameters } from './sent.js';
import type { WireRequest } from './wire.js';

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
  /** The last entry of the previous page, by its id or time, if the vendor continues from it. */
  readonly after?: string;
}

/** How a server reads requests. */
export interface ContractTerms {
  readonly provider: Provider;
  /** The end of a vendor's default window, epoch ms. */
  readonly now: number;
  /** Whether it rejects what real vendors reject: a missing range, one that is too long, and the future. */
  readonly isStrict?: boolean;
}

/** Parses a request; a text is the reason to reject it. Rejects unknown parameters, so that no misspelt filter is ignored. */
export function readLogQuery(asked: ContractTerms, request: WireRequest): LogQuery | string {
  const { provider } = asked;
  const { paging } = provider;
  const names = parametersOf(provider);
  const isHolding = holdsRequest(provider);
  if (isHolding) {
    // Such a cursor holds the whole question.
    const earlier = readCursor(provider, names, request);
    if (typeof earlier === 'string') return earlier;
    if (earlier !== undefined) {
      const ask = readLogQuery(asked, earlier.request);
      return typeof ask === 'string' ? ask : { ...ask, place: earlier.place };
    }
  }
  const sent = readSent(provider, names.all, request);
  if (typeof sent === 'string') return sent;
  const filters = readFilters(provider, names, sent);
  if (typeof filters === 'string') return filters;
  const range = readRange(asked, names, sent);
  if (typeof range === 'string') return range;
  const take = wholeNumber(sent.value(names.size) ?? String(paging.max));
  if (take === undefined || take < 1 || take > paging.max)
    return `${paging.size} must be a whole number from 1 to ${paging.max}.`;
  const place = readPlace(provider, isHolding ? undefined : sent.value(names.place));
  return typeof place === 'string' ? place : { filters, ...range, ...place, take };
}

function readFilters(provider: Provider, names: ParameterNames, sent: SentParameters): LogQuery['filters'] | string {
  const longest = provider.filterMax ?? Number.POSITIVE_INFINITY;
  const filters: Partial<Record<WireFilter, string>> = {};
  for (const [filter, known] of names.filters) {
    const value = sent.value(known);
    if (value === undefined || (filter === 'action' && value === 'ALL')) continue;
    if (value === '' || value.length > longest) return `${known.name} must have 1 to ${longest} characters.`;
    if (filter === 'action' && provider.actionsComplete && !Object.hasOwn(provider.actions, value)) {
      return `${known.name} must be one of the documented actions, or ALL.`;
    }
    filters[filter] = value;
  }
  return filters;
}

type SentRange = Pick<LogQuery, 'days' | 'from' | 'before'>;

function readRange(
  { provider, now, isStrict }: ContractTerms,
  names: ParameterNames,
  sent: SentParameters,
): SentRange | string {
  const { dates } = provider;
  const days = daysIn(dates, names, sent);
  if (typeof days === 'string') return days;
  const fromName = dates.from ?? dates.search?.parameter;
  const toName = dates.to ?? dates.search?.parameter;
  const form = dateForm(dates);
  const start = days.from === undefined ? undefined : form.read(days.from);
  if (Number.isNaN(start)) return `${fromName} must be ${form.shape}.`;
  const end = days.to === undefined ? undefined : form.read(days.to);
  if (Number.isNaN(end)) return `${toName} must be ${form.shape}.`;
  const range: SentRange = {
    days,
    from: start === undefined ? earliest(provider, days.to, now) : firstOfRange(dates, form, start),
    before: end === undefined ? Number.POSITIVE_INFINITY : endOfRange(dates, form, end),
  };
  if (isStrict !== true) return range;
  if (dates.required === true && start === undefined) return `${fromName} is required.`;
  if (dates.required === true && end === undefined && dates.to !== undefined) return `${toName} is required.`;
  return beyond(dates, form, { start, end, now }) ?? range;
}

/** Why a range is rejected: it is in the future, ends before it begins, or is too long. */
function beyond(
  { longestDays, ...dates }: DateParameters,
  { lasts }: DateForm,
  { start, end, now }: { readonly start: number | undefined; readonly end: number | undefined; readonly now: number },
): string | undefined {
  // An excluded end is the instant after the range.
  const last = end === undefined ? undefined : dates.end === 'excluded' ? end - lasts : end;
  if ((start ?? 0) > now + SKEW || (last ?? 0) > now + SKEW) return 'The range may not be in the future.';
  if (start !== undefined && end !== undefined && start > end) return 'The range ends before it begins.';
  if (longestDays === undefined || start === undefined) return undefined;
  const until = last === undefined ? now : last + (lasts > 1 ? lasts : 0);
  return until - start > longestDays * DAY_MS + SKEW ? `The range may have ${longestDays} days at most.` : undefined;
}

/** How far the caller's clock may be ahead, ms. */
const SKEW = 5000;

function firstOfRange({ start }: DateParameters, { lasts }: DateForm, from: number): number {
  return start === 'excluded' ? from + lasts : from;
}

function endOfRange({ end }: DateParameters, { lasts }: DateForm, to: number): number {
  return end === 'excluded' ? to : to + lasts;
}

function daysIn(dates: DateParameters, names: ParameterNames, sent: SentParameters): LogQuery['days'] | string {
  if (dates.search !== undefined) return searchedDays(dates.search, sent.value(names.search), dateForm(dates));
  if (dates.from === undefined || dates.from !== dates.to)
    return { from: sent.value(names.from), to: sent.value(names.to) };
  const [from, to] = sent.values(names.from);
  return { from, to };
}

/**
 * The days in a search expression, in the first of the vendor's forms whose days can be read, because `[* TO 2026-03-01]` also has the form of a
 * range.
 */
function searchedDays(
  search: NonNullable<DateParameters['search']>,
  words: string | undefined,
  form: DateForm,
): LogQuery['days'] | string {
  if (words === undefined || words === search.none) return { from: undefined, to: undefined };
  const found = [search.both, search.from, search.to]
    .map((pattern) => matched(pattern, words))
    .filter((days) => days !== undefined);
  const isRead = (days: LogQuery['days']): boolean =>
    [days.from, days.to].every((day) => day === undefined || !Number.isNaN(form.read(day)));
  return found.find(isRead) ?? found[0] ?? `${search.parameter} must be such as ${search.both}.`;
}

function matched(form: string, words: string): LogQuery['days'] | undefined {
  const names = [...form.matchAll(/\{(from|to)\}/g)].map(([, name]) => name);
  const parts = form.split(/\{(?:from|to)\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const found = new RegExp(`^${parts.join('([^{}]+?)')}$`).exec(words);
  if (found === null) return undefined;
  const value = (name: string): string | undefined => {
    const at = names.indexOf(name);
    return at === -1 ? undefined : found[at + 1];
  };
  return { from: value('from'), to: value('to') };
}

/** The start of a range without `from`: that of the vendor's default window, or of the log. */
function earliest(provider: Provider, to: string | undefined, now: number): number {
  const days = provider.dates.defaultDays;
  return days === undefined || to !== undefined ? Number.NEGATIVE_INFINITY : now - days * DAY_MS;
}

function readPlace({ paging, dates }: Provider, value: string | undefined): Pick<LogQuery, 'place' | 'after'> | string {
  const { first, read, shape } = PAGING[paging.style];
  if (value === undefined) return { place: first(paging) };
  if (paging.style === 'cursor' && typeof paging.next === 'object' && !('header' in paging.next)) {
    if ('lastTime' in paging.next && Number.isNaN(dateForm(dates).read(value)))
      return `${paging.cursor} must be ${dateForm(dates).shape}.`;
    return { place: 0, after: value };
  }
  const place = read(value, paging);
  const name =
    'page' in paging
      ? paging.page
      : 'offset' in paging
        ? paging.offset
        : 'cursor' in paging
          ? paging.cursor
          : 'the link';
  return place === undefined ? `${name} must be ${shape(paging)}.` : { place };
}
