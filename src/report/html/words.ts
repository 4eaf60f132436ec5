import { formatInstant, type Zone } from '../../time.js';

/** A number as people read it: `12,204`. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 event`, `12 events`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** The parts of a local time, which is epoch ms as if the zone were UTC. */
function partsOf(local: number) {
  const date = new Date(local);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    year: date.getUTCFullYear(),
    month: MONTHS[date.getUTCMonth()]!,
    day: date.getUTCDate(),
    clock: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
    isMidnight: local % 86_400_000 === 0,
    monthIndex: date.getUTCMonth(),
  };
}

/** `1 July 2026`. */
export function dayText(local: number): string {
  const { day, month, year } = partsOf(local);
  return `${day} ${month} ${year}`;
}

/** The marks of an axis: months, or days and times, by what all of them are. */
export function axisTexts(locals: readonly number[]): readonly string[] {
  const isMonthly = locals.every((local) => {
    const { day, isMidnight } = partsOf(local);
    return isMidnight && day === 1;
  });
  return locals.map((local) => {
    const { day, month, year, clock, isMidnight, monthIndex } = partsOf(local);
    if (!isMidnight) return clock;
    if (!isMonthly) return `${day} ${month.slice(0, 3)}`;
    return monthIndex === 0 ? `Jan ${year}` : month.slice(0, 3);
  });
}

/** `2026-10-05 14:03:22`, in the zone of the report. */
export function localTime(ms: number, zone: Zone): string {
  const text = formatInstant(Math.floor(ms / 1000) * 1000, zone);
  return text === '' ? '' : text.slice(0, 19).replace('T', ' ');
}

/** A range in words. Whole days are named, both included. `of`: what an open end is the end of. */
export function rangeText(
  { from, before }: { readonly from: number | undefined; readonly before: number | undefined },
  zone: Zone,
  of: 'log' | 'export' = 'log',
): string {
  const local = (ms: number) => ms + zone.offsetAt(ms);
  if (from === undefined && before === undefined) return `the whole ${of}`;
  const start = from === undefined ? undefined : local(from);
  // The last whole day of the range.
  const end = before === undefined ? undefined : local(before);
  if (start !== undefined && end !== undefined && partsOf(start).isMidnight && partsOf(end).isMidnight) {
    const last = end - 86_400_000;
    return start === last ? dayText(start) : spanText(start, last);
  }
  const text = (at: number, isEnd: boolean) => {
    const { isMidnight, clock } = partsOf(at);
    if (isMidnight) return dayText(isEnd ? at - 86_400_000 : at);
    return `${dayText(at)} ${clock}`;
  };
  const first = start === undefined ? `the beginning of the ${of}` : text(start, false);
  return `${first} to ${end === undefined ? `the end of the ${of}` : text(end, true)}`;
}

/** `1 July to 30 September 2026`. */
function spanText(first: number, last: number): string {
  const [a, b] = [partsOf(first), partsOf(last)];
  return a.year === b.year ? `${a.day} ${a.month} to ${dayText(last)}` : `${dayText(first)} to ${dayText(last)}`;
}
