/** Times as vendors, users and the program itself write them: the one door to the files of `time/`. */
export { addDays, DAY_MS, dayStart, daysBetween, FIRST_DAY, isDay, LAST_DAY, utcDay } from './time/day.js';
export { formatInstant, parseTimestamp, relativeTime } from './time/instant.js';
export {
  describeRange,
  parseDuration,
  parseRange,
  parseWhen,
  type Range,
  WHEN_EXAMPLES,
  type WhenOptions,
} from './time/when.js';
export { openZone, UTC, type Zone } from './time/zone.js';
