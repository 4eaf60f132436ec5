import type { AuditEvent } from '../event.js';
import { textOf, tokenAt } from '../json.js';
import { formatInstant, parseTimestamp } from '../time.js';
import type { Column, ColumnName } from './columns.js';

/**
 * What an event has in a column, as text that is not yet safe for anything; '' for what is missing or null. Strings
 * are given as they are, anything else in the vendor's own tokens. `extra` depends on the other columns: see `openExtra`.
 */
export function cellText(event: AuditEvent, { field, places }: Column): string {
  if (field === 'metadata') return tokenOf(event, places) ?? '';
  if (field !== undefined) return FIELDS[field](event) ?? '';
  const token = tokenOf(event, places);
  return token === undefined ? '' : textOf(token);
}

type Field = (event: AuditEvent) => string | undefined;

const FIELDS: Readonly<Record<Exclude<ColumnName, 'metadata'>, Field>> = {
  id: ({ id }) => id,
  time: utcTime,
  action: ({ action }) => action,
  'actor.id': ({ actor }) => actor?.id,
  'actor.name': ({ actor }) => actor?.name,
  'actor.email': ({ actor }) => actor?.email,
  'target.id': ({ target }) => target?.id,
  'target.email': ({ target }) => target?.email,
  'resource.type': ({ resource }) => resource?.type,
  'resource.id': ({ resource }) => resource?.id,
  'resource.name': ({ resource }) => resource?.name,
  source: ({ source }) => source,
  ip: ({ ip }) => ip,
  country: ({ country }) => country,
  user_agent: ({ userAgent }) => userAgent,
  'org.id': ({ org }) => org?.id,
  'org.name': ({ org }) => org?.name,
  extra: () => undefined,
};

/** The tokens at the first place that has more than null. */
function tokenOf(event: AuditEvent, places: readonly string[]): string | undefined {
  const text = event.entry.raw.toString('utf8');
  for (const place of places) {
    const token = tokenAt(text, place);
    if (token !== undefined && token !== 'null') return token;
  }
  return undefined;
}

/** The time as RFC 3339 in UTC with all its digits; the vendor's own text where that cannot say the same. */
function utcTime({ timeText }: AuditEvent): string {
  const time = parseTimestamp(timeText);
  // A leap second has no other name in UTC than its own.
  if (Number.isNaN(time) || timeText.slice(17, 19) === '60') return timeText;
  const whole = formatInstant(Math.floor(time / 1000) * 1000);
  const fraction = /\.\d+/.exec(timeText)?.[0] ?? '';
  return whole === '' ? timeText : whole.replace('Z', `${fraction}Z`);
}
