import { DAY_MS, utcDay } from '../time.js';
import type { DateParameters } from './provider.js';

/** An instant or a day as a parameter: numbers for formats that count from 1970. */
export type WrittenInstant = string | number;

type InstantFormat = Pick<DateParameters, 'format' | 'pattern'>;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The smallest step of a format, ms; a day for formats without a clock. */
export function stepOf({ format, pattern = '' }: InstantFormat): number {
  if (format !== 'pattern') return STEPS[format];
  return pattern.includes('ss') ? SECOND : pattern.includes('mm') ? MINUTE : pattern.includes('HH') ? HOUR : DAY_MS;
}

const STEPS = {
  day: DAY_MS,
  instant: 1,
  'instant-s': SECOND,
  'epoch-ms': 1,
  'epoch-s': SECOND,
} as const satisfies Readonly<Record<Exclude<DateParameters['format'], 'pattern'>, number>>;

/** Whether the format has days only, whose instants depend on the vendor's zone. */
export function writesDays(dates: InstantFormat): boolean {
  return stepOf(dates) === DAY_MS;
}

/** An instant, epoch ms, which must be a multiple of the format's step. */
export function writeInstant({ format, pattern }: InstantFormat, instant: number): WrittenInstant {
  if (format === 'pattern') return fill(pattern ?? 'YYYY-MM-DD', instant);
  return WRITERS[format](instant);
}

const WRITERS: Readonly<Record<Exclude<DateParameters['format'], 'pattern'>, (instant: number) => WrittenInstant>> = {
  day: utcDay,
  instant: (instant) => new Date(instant).toISOString(),
  'instant-s': (instant) => `${new Date(instant).toISOString().slice(0, 19)}Z`,
  'epoch-ms': (instant) => instant,
  'epoch-s': (instant) => instant / SECOND,
};

/** `YYYY`, `MM`, `DD`, `HH`, `mm` and `ss` of an instant in UTC. */
function fill(pattern: string, instant: number): string {
  const text = new Date(instant).toISOString();
  const parts: Readonly<Record<string, string>> = {
    YYYY: text.slice(0, 4),
    MM: text.slice(5, 7),
    DD: text.slice(8, 10),
    HH: text.slice(11, 13),
    mm: text.slice(14, 16),
    ss: text.slice(17, 19),
  };
  return pattern.replace(/YYYY|MM|DD|HH|mm|ss/g, (part) => parts[part] ?? part);
}

/** The point from which pages continue after an entry: `written` is for the parameter. */
export interface TimeCursor {
  readonly written: WrittenInstant;
  /** Entries of this instant, epoch ms, and of those beyond it, are returned again. */
  readonly edge: number;
  /** The same after all entries of its step, in case they fill a page. */
  readonly beyond: WrittenInstant;
}

/** The cursor after an entry of this time (epoch ms, with a fraction): towards older or newer entries. */
export function timeCursor(dates: DateParameters, time: number, towards: 'older' | 'newer'): TimeCursor {
  const step = stepOf(dates);
  const floor = Math.floor(time / step) * step;
  const isOlder = towards === 'older';
  const end = isOlder ? dates.end : dates.start;
  // Towards older entries the next step, because servers may know more digits of a time than they send.
  const edge = isOlder ? floor + step : end === 'excluded' ? floor - step : floor;
  const beyond = isOlder ? (end === 'excluded' ? floor : floor - 1) : floor + step;
  const stepped = Math.floor(beyond / step) * step;
  return { written: writeInstant(dates, edge), edge, beyond: writeInstant(dates, stepped) };
}
