import { usageError } from '../errors.js';
import { suggest } from '../suggest.js';

/** A time zone. A local time is the epoch ms that it would be in UTC. */
export interface Zone {
  /** `UTC` or an IANA name: `local` is resolved. */
  readonly name: string;
  /** The offset from UTC at an instant, in ms. */
  offsetAt(ms: number): number;
  /** The instant of a local time, the first if there are two; undefined for a time that clocks skip. */
  instantOf(localMs: number): number | undefined;
  /** The first instant of the local day that begins at `localMs`, also if clocks skip its midnight. */
  startOfDay(localMs: number): number;
}

export const UTC: Zone = {
  name: 'UTC',
  offsetAt: () => 0,
  instantOf: (localMs) => localMs,
  startOfDay: (localMs) => localMs,
};

/** Opens `UTC`, `local` (this machine's zone), or an IANA name. Throws a usage error for any other name. */
export async function openZone(name: string): Promise<Zone> {
  if (name.toUpperCase() === 'UTC') return UTC;
  const wanted = name === 'local' ? (new Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC') : name;
  if (wanted === 'UTC') return UTC;
  if (!isZoneName(wanted)) throw unknownZone(name);
  const { Temporal } = await import('temporal-polyfill');
  const plain = (localMs: number) => Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC');
  return {
    name: wanted,
    offsetAt: (ms) => {
      const whole = Temporal.Instant.fromEpochMilliseconds(Math.floor(ms));
      return whole.toZonedDateTimeISO(wanted).offsetNanoseconds / 1e6;
    },
    instantOf: (localMs) => {
      const local = plain(localMs).toPlainDateTime();
      const found = local.toZonedDateTime(wanted, { disambiguation: 'earlier' });
      return found.toPlainDateTime().equals(local) ? found.epochMilliseconds : undefined;
    },
    startOfDay: (localMs) => plain(localMs).toPlainDate().toZonedDateTime(wanted).epochMilliseconds,
  };
}

/** Offsets such as `+02:00` are rejected: they belong in the time itself. */
function isZoneName(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function unknownZone(name: string): Error {
  return usageError(`unknown time zone "${name}"`, zoneHint(name));
}

/** What a misspelt zone may mean: a city's zone for its name, else the nearest name. */
export function zoneHint(name: string): string {
  const zones = Intl.supportedValuesOf('timeZone');
  const city = name.toLowerCase().replaceAll(' ', '_');
  const ofCity = zones.find((zone) => zone.toLowerCase().endsWith(`/${city}`));
  const near = ofCity ?? suggest(name, ['UTC', 'local', ...zones]);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return `${meant}Use UTC, local, or a name such as Europe/Paris`;
}
