/** Times as vendors, users and the program write them: the only entry to the files of `time/`. */
export { addDays, DAY_MS, dayStart, daysBetween, FIRST_DAY, isDay, LAST_DAY, utcDay, weekdayOf } from './time/day.js';
export { parseDuration } from './time/duration.js';
export { describeHours, type Hours, hoursMatcher, localTimes, parseHours } from './time/hours.js';
export { formatInstant, isUtcTimestamp, parseTimestamp, relativeTime } from './time/instant.js';
export {
  describeRange,
  parseAround,
  parsePeriod,
  parseRange,
  parseWhen,
  type Range,
  type WhenOptions,
} from './time/when.js';
export { asTimestamp, readTimestamp } from './time/written.js';
export { openZone, UTC, type Zone, zoneHint } from './time/zone.js';
