import { formatInstant } from '../time.js';
import { type Diagnosis, fine, skipped, warning } from './diagnosis.js';

/** How far apart the two clocks may be before it matters, ms. */
const SKEW = 300_000;

/** Whether the clocks agree. `skew`: the server's clock minus ours, ms; undefined if the server does not send its time. `now`: our clock, epoch ms. */
export function judgeClock(name: string, skew: number | undefined, now: number): Diagnosis {
  if (skew === undefined) return skipped(name, 'the server does not tell the time');
  const seconds = Math.round(Math.abs(skew) / 1000);
  // The server's time is in whole seconds.
  if (seconds < 2) return fine(name, "the server's and ours agree");
  const fact = `the server's is ${inWords(seconds)} ${skew < 0 ? 'behind' : 'ahead of'} ours`;
  if (Math.abs(skew) <= SKEW) return fine(name, fact);
  const fix = `This machine says ${formatInstant(Math.floor(now / 1000) * 1000)}: set its clock if that is wrong. Times such as 2h or today go by the server's clock`;
  return warning(name, fact, fix);
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
