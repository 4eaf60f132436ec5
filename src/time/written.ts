import { dayNumber, weekdayOf } from './day.js';
import { parseTimestamp } from './instant.js';

/**
 * Parses a time in any unambiguous form as epoch ms with a fraction; NaN for anything else, such as a time without a zone or a date of digits alone.
 */
export function readTimestamp(text: string): number {
  const time = parseTimestamp(text);
  if (!Number.isNaN(time)) return time;
  const plain = asTimestamp(text);
  return plain === undefined ? Number.NaN : parseTimestamp(plain);
}

/** Rewrites such a time as RFC 3339, with all digits of its second; undefined for any other text. */
export function asTimestamp(text: string): string | undefined {
  if (text.length > LONGEST || !DIGIT.test(text)) return undefined;
  for (const form of FORMS) {
    const found = form.exec(text)?.groups;
    const written = found === undefined ? undefined : timestampOf(found);
    if (written !== undefined) return written;
  }
  return undefined;
}

const LONGEST = 200;
const DIGIT = /^[A-Za-z0-9]/;

/** An offset with or without its name, or one of the names of UTC. */
const ZONE = '(?<zone>Z|(?:UTC?|GMT)?[+-]\\d\\d(?::?\\d\\d)?|UTC?|GMT)';
const CLOCK = '(?<hour>\\d\\d):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?)?';
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const WEEKDAY = `(?<weekday>${WEEKDAYS.join('|')})`;
const LONG_WEEKDAY = '(?<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)';
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = `(?<name>${MONTHS.join('|')})`;

const FORMS: readonly RegExp[] = [
  // 2026-03-01T09:30:00+0000, 2026-03-01 09:30 UTC, 2026-03-01T09:30:00,123Z, 2026-03-01T09:30:00+01:00[Europe/Berlin]
  form(`(?<year>\\d{4})-(?<month>\\d\\d)-(?<day>\\d\\d)(?:T| )${CLOCK} ?${ZONE}(?:\\[[\\w/+-]{1,64}\\])?`),
  // 20260301T093000Z
  form(
    `(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)T(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)(?:[.,](?<fraction>\\d+))?${ZONE}`,
  ),
  // Sun, 01 Mar 2026 09:30:00 GMT
  form(`(?:${WEEKDAY}, ?)?(?<day>\\d{1,2}) ${MONTH} (?<year>\\d{4}) ${CLOCK} ${ZONE}`),
  // Sunday, 01-Mar-26 09:30:00 GMT
  form(
    `(?:${LONG_WEEKDAY}|${WEEKDAY.replace('weekday', 'short')}), (?<day>\\d\\d)-${MONTH}-(?<year>\\d{4}|\\d\\d) ${CLOCK} ${ZONE}`,
  ),
  // Sun Mar  1 09:30:00 GMT 2026
  form(`${WEEKDAY} ${MONTH} (?<day>[ \\d]?\\d) ${CLOCK} ${ZONE} (?<year>\\d{4})`),
  // Sun Mar  1 09:30:00 2026 GMT
  form(`${WEEKDAY} ${MONTH} (?<day>[ \\d]?\\d) ${CLOCK} (?<year>\\d{4}) ${ZONE}`),
  // Sun Mar 01 2026 09:30:00 GMT+0000 (Coordinated Universal Time)
  form(`${WEEKDAY} ${MONTH} (?<day>[ \\d]?\\d) (?<year>\\d{4}) ${CLOCK} ${ZONE}(?: \\([^()]{1,64}\\))?`),
];

function form(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'i');
}

function timestampOf(parts: Readonly<Record<string, string | undefined>>): string | undefined {
  const { hour, minute, second = '00', fraction, weekday = parts.short } = parts;
  const year = fullYear(parts.year ?? '');
  const month = parts.month ?? String(MONTHS.indexOf((parts.name ?? '').toLowerCase()) + 1).padStart(2, '0');
  const day = (parts.day ?? '').trim().padStart(2, '0');
  const number = dayNumber(Number(year), Number(month), Number(day));
  // A date with a wrong weekday is invalid.
  if (number === undefined || (weekday !== undefined && !isWeekday(number, weekday))) return undefined;
  const digits = fraction === undefined ? '' : `.${fraction}`;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${digits}${offsetOf(parts.zone ?? '')}`;
}

/** Two digits follow POSIX: 69 to 99 are in the last century. */
function fullYear(year: string): string {
  if (year.length === 4) return year;
  return Number(year) >= 69 ? `19${year}` : `20${year}`;
}

function isWeekday(dayOfEpoch: number, name: string): boolean {
  return WEEKDAYS[weekdayOf(dayOfEpoch)] === name.slice(0, 3).toLowerCase();
}

function offsetOf(zone: string): string {
  const offset = /([+-])(\d\d):?(\d\d)?$/.exec(zone);
  return offset === null ? 'Z' : `${offset[1]}${offset[2]}:${offset[3] ?? '00'}`;
}
