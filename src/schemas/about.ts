import { isIP } from 'node:net';
import type { AuditEvent, Person } from '../event.js';
import type { Provider } from '../providers/provider.js';
import { readScalar } from '../providers/value.js';
import { type Meaning, ORGS, PERSONS } from './verbs.js';

/** The value of a required field that the entry does not have. */
export const UNKNOWN = 'Unknown';

/** The thing that an event affected. */
export interface EventObject {
  readonly type: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** Returns the thing that an event affected. A part of a resource has the resource's id and a type of its own: `app.settings`, `repo.hook`. */
export function eventObject(event: AuditEvent, { part, entity, whole }: Meaning): EventObject {
  const { resource, action, value, org } = event;
  if (entity !== undefined) {
    return { type: entity.type, id: readScalar(value, entity.id), name: readScalar(value, entity.name) };
  }
  const area = action.slice(0, Math.max(action.lastIndexOf('.'), 0));
  const type = resource?.type ?? area;
  if (whole === true) return { ...resource, type: type || UNKNOWN };
  if (ORGS.has(area.toLowerCase()) && (resource === undefined || !isSame(type, area))) {
    return { ...org, type: typeOf(area, part, false) };
  }
  const base = isSame(type, area) ? (area.startsWith(`${type}.`) ? area : type) : `${type}.${area}`;
  return { ...resource, type: typeOf(base, part, area === '') || UNKNOWN };
}

/** Whether two types are the same: `app` and `application`, `sso.profile` and `sso.profile.sessions`. */
function isSame(type: string, area: string): boolean {
  const folded = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}.]/gu, '');
  const [one, other] = [folded(type), folded(area)];
  return one.startsWith(other) || other.startsWith(one);
}

function typeOf(base: string, part: string | undefined, isFlat: boolean): string {
  if (part === undefined) return base;
  if (base === '') return part;
  // In `public_channel_created` the words before the verb are the whole type.
  if (isFlat && (part === base || part.endsWith(`_${base}`))) return base;
  return isFlat && part.startsWith(`${base}_`) ? part : `${base}.${part}`;
}

/** Whether it is a person's account. */
export function isPerson({ type }: EventObject): boolean {
  return PERSONS.has(type.toLowerCase());
}

/** The person whom an event affected; undefined if the entry names none. */
export function affectedOf(event: AuditEvent, meaning: Meaning): Person | undefined {
  const { actor, target, resource } = event;
  if (meaning.class === 3002) return [actor, target].find(isTold);
  if (isTold(target)) return target;
  if (resource?.type !== undefined && isPerson({ type: resource.type }) && isTold(resource)) return resource;
  return meaning.own === true && isTold(actor) ? actor : undefined;
}

export function isTold(person: Person | undefined): person is Person {
  return person !== undefined && [person.id, person.name, person.email].some((text) => text !== undefined);
}

/** The address if it is valid; without a zone (`%eth0`), which only means something on its host. */
export function addressOf({ ip }: AuditEvent): string | undefined {
  return ip !== undefined && ip.length <= 40 && !ip.includes('%') && isIP(ip) > 0 ? ip : undefined;
}

/** The country as two capital letters; undefined if it is not a code. */
export function countryOf({ country }: AuditEvent): string | undefined {
  return country !== undefined && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : undefined;
}

/** Years 0 to 9999, which every system supports. */
const FIRST = -62_167_219_200_000;
const LAST = 253_402_300_799_999;

/** In whole epoch ms; undefined if the entry has no valid time. */
export function instantOf({ time }: AuditEvent): number | undefined {
  const ms = Math.floor(time);
  return ms >= FIRST && ms <= LAST ? ms : undefined;
}

/** The object; undefined if all its members are. */
export function filled<Value extends object>(object: Value): Value | undefined {
  return Object.values(object).some((value) => value !== undefined) ? object : undefined;
}

/** The id of an event's org, or the requested one, unless that is the vendor's alias for the key's own org. */
export function orgIdOf({ org }: AuditEvent, { defaultOrg }: Provider, asked: string | undefined): string | undefined {
  return org?.id ?? (asked === defaultOrg ? undefined : asked);
}
