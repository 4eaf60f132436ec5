import type { Provider } from '../../providers/provider.js';
import { readPath } from '../../providers/value.js';

/** A time as a vendor writes it, and the instant that remains after rounding, epoch ms. */
export interface WrittenTime {
  readonly value: unknown;
  readonly time: number;
}

export type WriteTime = (time: number) => WrittenTime;

/** Writes times as `timeFormat` says, in the form of the example: its separator, its digits, its zone. */
export function timeWriter({ timeFormat = 'rfc3339', timeZone }: Provider, example: unknown): WriteTime {
  const counts = COUNTS[timeFormat];
  if (counts !== undefined) {
    const isText = typeof example === 'string';
    return (time) => {
      const whole = Math.floor(time / counts.ms) * counts.ms;
      const text = `${Math.floor(whole / Math.max(1, counts.ms))}${counts.zeros}`;
      return { value: isText || !Number.isSafeInteger(Number(text)) ? text : Number(text), time: whole };
    };
  }
  if (timeFormat === 'epoch-parts') return (time) => ({ value: parts(time, example), time });
  const written = typeof example === 'string' ? example : '';
  if (timeFormat === 'rfc1123' || /^[A-Z][a-z]{2},/.test(written))
    return (time) => {
      const whole = seconds(time);
      const text = new Date(whole).toUTCString();
      return { value: written.endsWith('GMT') || written === '' ? text : text.replace('GMT', '-0000'), time: whole };
    };
  return clockWriter(written, timeZone);
}

/** `ms` of a unit; `zeros`: the digits behind the milliseconds in a finer unit. */
const COUNTS: Readonly<Partial<Record<NonNullable<Provider['timeFormat']>, { ms: number; zeros: string }>>> = {
  'epoch-s': { ms: 1000, zeros: '' },
  'epoch-ms': { ms: 1, zeros: '' },
  'epoch-us': { ms: 1, zeros: '000' },
  'epoch-ns': { ms: 1, zeros: '000000' },
};

function parts(time: number, example: unknown): object {
  const second = readPath(example, 'epochSecond') === undefined ? 'seconds' : 'epochSecond';
  const rest = readPath(example, 'nano') === undefined ? 'nanos' : 'nano';
  return { [second]: Math.floor(time / 1000), [rest]: (time % 1000) * 1_000_000 };
}

const CLOCK = /^\d{4}-\d\d-\d\d([T ])\d\d:\d\d(?::\d\d(?:\.(\d+))?)?\s?(.*)$/;

function clockWriter(example: string, timeZone: string | undefined): WriteTime {
  const [, separator = 'T', digits, zone] = CLOCK.exec(example) ?? [];
  const places = example === '' ? 3 : (digits?.length ?? 0);
  const hasZone = zone === undefined ? timeZone === undefined : zone !== '' || timeZone === undefined;
  const offset = hasZone ? offsetOf(zone ?? 'Z') : offsetOf(timeZone ?? 'UTC');
  const shown = hasZone ? zone || 'Z' : '';
  return (time) => {
    const whole =
      places >= 3 ? time : places === 0 ? seconds(time) : Math.floor(time / 10 ** (3 - places)) * 10 ** (3 - places);
    const text = new Date(whole + offset).toISOString();
    const fraction = places === 0 ? '' : `.${text.slice(20, 23).padEnd(places, '0').slice(0, places)}`;
    return { value: `${text.slice(0, 10)}${separator}${text.slice(11, 19)}${fraction}${shown}`, time: whole };
  };
}

/** ms east of UTC. */
function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function seconds(time: number): number {
  return Math.floor(time / 1000) * 1000;
}
