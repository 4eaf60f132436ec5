import { parseTimestamp } from '../time.js';
import type { TimeFormat } from './provider.js';

/** Reads the text of an entry's time as epoch ms, with a fraction where it is finer; NaN for what is no time in that format. */
export function timeReader(format: TimeFormat = 'rfc3339'): (text: string) => number {
  return READERS[format];
}

const READERS: Readonly<Record<TimeFormat, (text: string) => number>> = {
  rfc3339: parseTimestamp,
  'epoch-ms': (text) => epoch(text, 1),
  'epoch-s': (text) => epoch(text, 1000),
};

/** The last ms of the year 9999. */
const LAST = 253_402_300_799_999;

function epoch(text: string, unit: number): number {
  if (!/^-?\d{1,15}(?:\.\d+)?$/.test(text)) return Number.NaN;
  const time = Number(text) * unit;
  return Math.abs(time) <= LAST ? time : Number.NaN;
}
