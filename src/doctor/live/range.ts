import { takesDays } from '../../providers/dates.js';
import { stepOf, writeInstant } from '../../providers/instants.js';
import type { DateParameters, Provider, RangeEnd } from '../../providers/provider.js';
import { addDays, DAY_MS, formatInstant, utcDay } from '../../time.js';
import { saysMore } from '../requests.js';
import type { LiveAnswer, LiveEntry, LiveFinding, LiveQuestion, LiveRequests } from './ask.js';
import { judgeEnd } from './end.js';

/** Days mean other instants in other zones. */
const ZONES = 14 * 3_600_000;

/** What the first pages have shown. */
export interface LiveKnown {
  readonly entries: readonly LiveEntry[];
  /** A question that the server answers with its first page. */
  readonly question: LiveQuestion;
}

const OPEN = { from: undefined, to: undefined };
/** Entries from one end to the other: few, so that one page has them all. */
const BETWEEN = 4;

/** Asks for the range from one entry to another: whether the server reads it, in this format, and whether its ends belong to it. */
export async function judgeRange(
  requests: LiveRequests,
  provider: Provider,
  { entries, question }: LiveKnown,
): Promise<readonly LiveFinding[]> {
  const { dates } = provider;
  const takes = takesDays(dates);
  const ends = endsIn(provider, entries);
  if (!takes.from || ends === undefined) return [];
  const [older, newer] = ends;
  const step = stepOf(dates);
  const written = (time: number) => writeInstant(dates, Math.floor(time / step) * step);
  const [from, to] = [written(older.time), written(newer.time)];
  const between: LiveQuestion = { ...question, window: OPEN, range: { from, to } };
  const answer = await requests.ask(between);
  if (answer === undefined) return [];
  const asked = `${formatInstant(older.time)} to ${formatInstant(newer.time)}`;
  if (answer.refused !== undefined) {
    const { status, message } = answer.refused;
    return [
      {
        path: '$.dates.format',
        text: `a range from ${from} to ${to} is refused (${status}${message === '' ? '' : `: ${message}`}): is it written so?`,
      },
    ];
  }
  const given = answer.entries ?? [];
  const slack = step === DAY_MS ? DAY_MS + ZONES : step;
  const outside = given.filter(({ time }) => time < older.time - slack || (takes.to && time > newer.time + slack));
  if (outside.length > 0) return [outsideFinding(provider, outside, given, asked)];
  if (given.length === 0)
    return [
      {
        path: '$.dates.format',
        text: `there is nothing from ${from} to ${to}, where there are entries: is a date written so?`,
      },
    ];
  // What is far from the first entry of a range may be on its next page.
  const { page } = answer;
  const isWhole = page !== undefined && !saysMore(page) && given.length < (question.size ?? provider.paging.max);
  const isOldest = provider.order === 'oldest-first';
  return [
    ...(isWhole || isOldest ? endFinding(dates, 'start', older, answer) : []),
    ...(takes.to && (isWhole || !isOldest) ? endFinding(dates, 'end', newer, answer) : []),
    ...(takes.to ? await judgeEnd(requests, provider, between, answer) : []),
  ];
}

/** A day long before the oldest entry that is known: how an answer without entries looks. */
export async function judgeQuiet(
  requests: LiveRequests,
  provider: Provider,
  { entries, question }: LiveKnown,
): Promise<readonly LiveFinding[]> {
  const { dates } = provider;
  const times = entries.map(({ time }) => time).filter((time) => !Number.isNaN(time));
  if (!takesDays(dates).from || !takesDays(dates).to || times.length === 0) return [];
  const day = addDays(utcDay(Math.min(...times)), -400);
  const answer = await requests.ask({ ...question, window: { from: day, to: day } });
  if (answer === undefined || answer.refused !== undefined || answer.why === undefined) return [];
  return [{ path: '$.items', text: `the answer for a day without entries cannot be read: ${answer.why}` }];
}

/** Two entries whose times the format can write, with others between them. */
function endsIn({ dates }: Provider, entries: readonly LiveEntry[]): readonly [LiveEntry, LiveEntry] | undefined {
  const step = stepOf(dates);
  const timed = entries.filter(({ time }) => !Number.isNaN(time)).sort((a, b) => a.time - b.time);
  const last = timed.at(-1)?.time ?? 0;
  const past = timed.filter(({ time }) => step < DAY_MS || utcDay(time) < utcDay(last));
  const exact = past.filter(({ time }) => step === DAY_MS || time % step === 0);
  const pool = exact.length >= 3 ? exact : past;
  // Something has to be between them: they may not belong to the range themselves.
  // Without an end the range goes on to now.
  const middle = takesDays(dates).to ? Math.floor((pool.length - 1) / 2) : pool.length - 1;
  const begin = Math.max(0, middle - BETWEEN / 2);
  const older = pool[begin];
  if (older === undefined) return undefined;
  const between = pool.findIndex(({ time }, n) => n > begin && time - older.time >= step);
  const inner = pool[between];
  const newer = inner && pool.find(({ time }, n) => n > between && time - inner.time >= step);
  return newer === undefined ? undefined : [older, newer];
}

function outsideFinding(
  { dates }: Provider,
  outside: readonly LiveEntry[],
  given: readonly LiveEntry[],
  asked: string,
): LiveFinding {
  const times = outside.map(({ time }) => time);
  const shown = formatInstant(times[0]!);
  const name = dates.search?.parameter ?? dates.from ?? '';
  // Most of what was asked for is there, and a part is off by hours: the zone is another.
  const isNear = outside.length < given.length;
  if (isNear)
    return {
      path: '$.timeZone',
      text: `asked for ${asked}, the server gives an entry of ${shown} as well: are times of another zone?`,
    };
  return {
    path: dates.search === undefined ? '$.dates.from' : '$.dates.search',
    text: `asked for ${asked}, the server gives ${shown}: it does not read ${name}, so that is not how a range is asked for`,
  };
}

function endFinding(
  dates: DateParameters,
  key: 'start' | 'end',
  { key: id, time }: LiveEntry,
  { entries = [] }: LiveAnswer,
): readonly LiveFinding[] {
  const step = stepOf(dates);
  const { [key]: says = 'included' } = dates;
  // Of a day, some entry shows it; of an instant, only one that the format can write.
  if (step < DAY_MS && time % step !== 0) return [];
  const isThere =
    step === DAY_MS ? entries.some((one) => utcDay(one.time) === utcDay(time)) : entries.some((one) => one.key === id);
  const found: RangeEnd = isThere ? 'included' : 'excluded';
  if (found === says) return [];
  const parameter = key === 'start' ? 'from' : 'to';
  const what = step === DAY_MS ? 'day' : 'very instant';
  return [
    {
      path: `$.dates.${key}`,
      text: `entries of the ${what} of ${parameter} are ${isThere ? '' : 'not '}given: say "${key}": "${found}"`,
    },
  ];
}
