import type { AuditEvent } from '../../event.js';
import { formatInstant, relativeTime, type Zone } from '../../time.js';

/** The styles of `--time`. */
export const TIME_STYLES = ['relative', 'local', 'iso'] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

export interface TimeLook {
  readonly isTTY: boolean;
  readonly live?: boolean | undefined;
  /** For `local`, the zone of this machine. */
  readonly zone: Zone;
  /** The time from which ages are counted, epoch ms. */
  readonly now: number;
  /** Undefined: on a terminal by the clock, relative within the last hour; elsewhere `iso`. */
  readonly time?: TimeStyle | undefined;
  readonly seconds?: boolean | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time of an event as a table shows it; the vendor's own text if the time is not valid. */
export function timeText({ time, timeText: told }: AuditEvent, look: TimeLook): string {
  const { isTTY, live, zone, now, time: style, seconds } = look;
  const iso = formatInstant(time, zone);
  if (iso === '') return told;
  if (style === 'relative') return age(time, now);
  if (style === 'iso' || !isTTY) return iso;
  const passed = now - time;
  // Ages would be hard to compare beside seconds, or on a screen that does not refresh.
  const mayAge = style === undefined && live !== true && seconds !== true;
  if (mayAge && passed > -MINUTE_MS && passed < HOUR_MS) return age(time, now);
  return clockText(iso, { year: formatInstant(now, zone).slice(0, 4), seconds: live === true || seconds === true });
}

function age(time: number, now: number): string {
  return Math.abs(now - time) < MINUTE_MS ? 'just now' : relativeTime(time, now);
}

/** `Nov 21 02:20`, with the year if it is not this year. */
function clockText(iso: string, { year, seconds }: { readonly year: string; readonly seconds: boolean }): string {
  const own = iso.slice(0, 4);
  const day = `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(8, 10)}`;
  return `${day}${own === year ? '' : ` ${own}`} ${iso.slice(11, seconds ? 19 : 16)}`;
}

/** The zone as a heading names it: `UTC`, `local`, or the city. */
export function zoneWord({ zone, time }: Pick<TimeLook, 'zone' | 'time'>): string {
  if (time === 'local') return 'local';
  return zone.name.slice(zone.name.lastIndexOf('/') + 1).replaceAll('_', ' ');
}
