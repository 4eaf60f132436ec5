import { DAY_MS, dayStart } from '../time.js';
import { type Diagnosis, fine, skipped, warning } from './diagnosis.js';

/** The offsets from UTC that the days of a log may have, ms: at least `min`, less than `max`. None is left if `min` is not below `max`. */
export interface Offsets {
  readonly min: number;
  readonly max: number;
}

const HOUR = 3_600_000;

/** From the last time zone where a day ends to the first where it begins. */
export const ANY_OFFSET: Offsets = { min: -12 * HOUR, max: 14 * HOUR + 1 };

/** The offsets left if the server returns entries of these instants for exactly that day. */
export function onDay(offsets: Offsets, day: string, times: readonly number[]): Offsets {
  return beforeDayEnds(sinceDay(offsets, day, times), day, times);
}

/** The same for that day and all later ones. */
export function sinceDay({ min, max }: Offsets, day: string, times: readonly number[]): Offsets {
  return { min: Math.max(min, ...valid(times).map((time) => dayStart(day) - time)), max };
}

/** The same for that day and all earlier ones. */
export function beforeDayEnds({ min, max }: Offsets, day: string, times: readonly number[]): Offsets {
  return { min, max: Math.min(max, ...valid(times).map((time) => dayStart(day) + DAY_MS - time)) };
}

/** Describes the zone. For information only: readings ask for a day more on each side. */
export function describeZone(name: string, offsets: Offsets): Diagnosis {
  const fitting = REAL_OFFSETS.filter((offset) => offset >= offsets.min && offset < offsets.max);
  if (fitting.length === 0)
    return warning(
      name,
      'the entries of these days fit no zone of the world',
      'Summer time may have begun or ended just then. Nothing relies on it: a day more is asked for on each side',
    );
  if (fitting.length === 1) return fine(name, offsetName(fitting[0] as number));
  if (offsets.max - offsets.min > 18 * HOUR) return skipped(name, 'cannot tell: there are no entries near midnight');
  const utc = fitting.includes(0) ? '; UTC fits' : '';
  return fine(name, `between ${offsetName(fitting[0] as number)} and ${offsetName(fitting.at(-1) as number)}${utc}`);
}

/** All offsets in use: the whole hours, and those between. */
const REAL_OFFSETS: readonly number[] = [
  ...Array.from({ length: 27 }, (_, index) => index - 12),
  ...[-9.5, -3.5, -2.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.75, 9.5, 10.5, 12.75, 13.75],
]
  .sort((a, b) => a - b)
  .map((hours) => hours * HOUR);

/** `UTC`, `UTC+05:30`. */
function offsetName(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(offset) / 60_000;
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  return `UTC${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

function valid(times: readonly number[]): readonly number[] {
  return times.filter((time) => !Number.isNaN(time));
}
