import { pagingStyle } from '../../engine/paging.js';
import type { Window } from '../../engine/request.js';
import { isObject } from '../../json/is.js';
import { capWindow, takesDays, usualWindow } from '../../providers/dates.js';
import type { Provider } from '../../providers/provider.js';
import { addDays, DAY_MS, daysBetween, utcDay } from '../../time.js';
import type { LiveAnswer, LiveEntry, LiveFinding, LiveQuestion, LiveRequests } from './ask.js';

/** The first page, the request that returned it, and the faults so far. */
export interface LiveFirst {
  readonly answer: LiveAnswer;
  readonly question: LiveQuestion;
  readonly findings: readonly LiveFinding[];
}

const WEEK = 7;
const FEW = 10;

/** Requests the first page as the file says. If that is rejected, finds out what the server accepts instead. */
export async function firstPage(
  requests: LiveRequests,
  provider: Provider,
  now: number,
): Promise<LiveFirst | undefined> {
  const { paging, dates } = provider;
  const question: LiveQuestion = { window: usualWindow(dates, now), size: paging.max };
  const answer = await requests.ask(question);
  if (answer === undefined) return undefined;
  if (answer.refused === undefined) return { answer, question, findings: [] };
  const { status, message } = answer.refused;
  const said = `(${status}${message === '' ? '' : `: ${message}`})`;
  for (const { change, finding } of otherWays(provider, question, now, message)) {
    const other = await requests.ask({ ...question, ...change });
    if (other !== undefined && other.refused === undefined)
      return { answer: other, question: { ...question, ...change }, findings: [finding(said)] };
  }
  const text = `the first request is refused ${said}: compare it with the vendor's documentation`;
  return { answer, question, findings: [{ path: keyNamedIn(provider, message) ?? '$.path', text }] };
}

/** The key in the file of a parameter that a message names. */
function keyNamedIn({ paging, dates }: Provider, message: string): string | undefined {
  const parameters: readonly (readonly [string, string | undefined])[] = [
    ['$.paging.size', paging.size],
    ['$.paging.page', 'page' in paging ? paging.page : undefined],
    ['$.paging.offset', 'offset' in paging ? paging.offset : undefined],
    ['$.dates.from', dates.from],
    ['$.dates.to', dates.to],
    ['$.dates.search', dates.search?.parameter],
  ];
  const words = message.split(/[^\w.[\]-]+/).map((word) => word.replace(/\.$/, ''));
  return parameters.find(([, name]) => name !== undefined && words.includes(name))?.[0];
}

interface OtherWay {
  readonly change: LiveQuestion;
  readonly finding: (said: string) => LiveFinding;
}

/** Other requests that the server may accept. */
function otherWays(provider: Provider, { window }: LiveQuestion, now: number, message: string): readonly OtherWay[] {
  const { dates, paging } = provider;
  const takes = takesDays(dates);
  const isRanged = window?.from !== undefined;
  const daysBack = (days: number): Window =>
    capWindow(
      { from: addDays(utcDay(now), 1 - days), to: takes.to ? utcDay(now) : undefined },
      { ...dates, required: true },
      now,
    );
  const days = window?.from === undefined ? 0 : daysBetween(window.from, utcDay(now)) + 1;
  const ways: OtherWay[] = [];
  if (!isRanged && takes.from)
    ways.push({
      change: { window: daysBack(WEEK) },
      finding: (said) => ({
        path: '$.dates.required',
        text: `a request without a range is refused ${said}, and one of ${WEEK} days is answered: say "required": true`,
      }),
    });
  if (isRanged && days > 1)
    ways.push({
      change: { window: daysBack(1) },
      finding: (said) => ({
        path: '$.dates.longestDays',
        text: `a range of ${days} days is refused ${said}, and one of a day is answered: say "longestDays": ${numberBelow(message, days) ?? 1}`,
      }),
    });
  if (paging.style === 'page' && paging.first === 0)
    ways.push({
      change: { place: { page: 1 } },
      finding: (said) => ({
        path: '$.paging.first',
        text: `page 0 is refused ${said}, and page 1 is answered: say "first": 1`,
      }),
    });
  if (paging.size !== undefined && paging.max > FEW)
    ways.push({
      change: { size: FEW },
      finding: (said) => ({
        path: '$.paging.max',
        text: `pages of ${paging.max} are refused ${said}, and those of ${FEW} are answered: say "max": ${numberBelow(message, paging.max) ?? FEW}`,
      }),
    });
  return ways;
}

/** The largest number in a message below another one, because servers often name their limit. */
function numberBelow(message: string, most: number): number | undefined {
  const numbers = (message.match(/\d+/g) ?? []).map(Number).filter((number) => number > 0 && number < most);
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** The faults that the first page shows by itself: the path of the list, the order, and implausible times. */
export function judgeFirst(provider: Provider, { envelope, entries }: LiveAnswer, now: number): readonly LiveFinding[] {
  if (entries === undefined) {
    const other = listOf(envelope);
    if (other === undefined) return [];
    return [
      {
        path: '$.items',
        text: `there is no list at ${provider.items || 'the answer itself'}, but one at ${other}: say "items": "${other}"`,
      },
    ];
  }
  return [...judgeOrder(provider, entries), ...judgeNewest(provider, entries, now)];
}

function judgeOrder({ order }: Provider, entries: readonly LiveEntry[]): readonly LiveFinding[] {
  const times = entries.map(({ time }) => time).filter((time) => !Number.isNaN(time));
  const steps = times.slice(1).map((time, at) => Math.sign(time - times[at]!));
  if (!steps.some((step) => step !== 0)) return [];
  const found = steps.every((step) => step <= 0)
    ? 'newest-first'
    : steps.every((step) => step >= 0)
      ? 'oldest-first'
      : undefined;
  if (found === undefined || found === order || (order === undefined && found === 'newest-first')) return [];
  return [{ path: '$.order', text: `the entries are ${found}: say "order": "${found}"` }];
}

/** More than the usual difference between clocks. */
const AHEAD = 10 * 60_000;
const HOUR = 3_600_000;

/** Compares the newest entry with the server's clock: times in a zone further east are in the future. */
function judgeNewest(provider: Provider, entries: readonly LiveEntry[], now: number): readonly LiveFinding[] {
  const newest = Math.max(...entries.map(({ time }) => time).filter((time) => !Number.isNaN(time)));
  if (!(newest > now + AHEAD) || newest > now + DAY_MS) return [];
  const hours = Math.ceil((newest - now) / HOUR);
  const zone = provider.timeZone ?? 'UTC';
  const text = `the newest entry would be ${hours} h ahead of the server's clock with times of ${zone}: say the zone that they are of, at least ${hours} h further east`;
  return [{ path: '$.timeZone', text }];
}

/** The path of the first list of objects in an answer. */
function listOf(value: unknown, path = '', depth = 0): string | undefined {
  if (Array.isArray(value)) return value.some(isObject) ? path : undefined;
  if (!isObject(value) || depth > 3) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = listOf(inner, path === '' ? key : `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The place of the first page in that request. */
export function firstPlace(provider: Provider, { place }: LiveQuestion) {
  return place ?? pagingStyle(provider.paging).first;
}
