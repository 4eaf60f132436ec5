import type { Progress } from '../../engine/source.js';
import { count, duration } from './numbers.js';

/** The progress of a reading at a time, in ms from any fixed point. */
export interface SpeedSample {
  readonly at: number;
  readonly arrived: number;
}

/** The current speed is that of the last half minute, because the first burst is faster. */
const WINDOW = 30_000;

/** Requests that the rate allows at once at the start. */
const BURST = 60;

/** The recent samples, oldest first, with the new one at the end. */
export function withSample(samples: readonly SpeedSample[], sample: SpeedSample): readonly SpeedSample[] {
  const recent = samples.filter(({ at }) => sample.at - at <= WINDOW);
  return [...recent, sample];
}

/**
 * One line on the progress of a reading: `4,200 of 12,204 events, 34 %, 310/s, about 26s left`. `rate`: requests a minute; `now`: epoch ms, as in
 * `progress.waiting`.
 */
export function paceLine(
  progress: Progress,
  samples: readonly SpeedSample[],
  rate: number | undefined,
  now: number,
): string {
  const { expected, waiting } = progress;
  // Entries that are read again to confirm them are not counted as progress.
  const arrived = Math.min(progress.arrived, expected ?? progress.arrived);
  const speed = speedOf(samples);
  const parts = [
    expected === undefined ? `${count(arrived)} events` : `${count(arrived)} of ${count(expected)} events`,
    expected === undefined || expected === 0 ? '' : `${Math.floor((100 * arrived) / expected)} %`,
    speed < 1 ? '' : `${count(Math.round(speed))}/s`,
    waiting === undefined
      ? timeLeft(progress, speed, rate)
      : `${waiting.why}, waiting ${duration(waiting.until - now)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Events a second; 0 if unknown. */
function speedOf(samples: readonly SpeedSample[]): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < 1000) return 0;
  return (1000 * (last.arrived - first.arrived)) / (last.at - first.at);
}

/** At least the time that the rate needs for the remaining requests, estimated from those so far. */
function timeLeft({ arrived, expected, requests }: Progress, speed: number, rate: number | undefined): string {
  if (expected === undefined || arrived === 0) return '';
  if (arrived >= expected) return 'checking';
  const left = expected - arrived;
  const requestsLeft = (left * requests) / arrived;
  const bySpeed = speed > 0 ? left / speed : 0;
  const held = requestsLeft - Math.max(0, BURST - requests);
  const byRate = rate === undefined ? 0 : (60 * Math.max(0, held)) / rate;
  const longest = Math.max(bySpeed, byRate);
  return longest === 0 ? '' : `about ${duration(longest * 1000)} left`;
}
