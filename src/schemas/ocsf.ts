import type { AuditEvent, Person } from '../event.js';
import { safeJson } from '../json/escape.js';
import { members, tokenIn } from '../json/tokens.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { pathList } from '../providers/value.js';
import {
  addressOf,
  affectedOf,
  countryOf,
  type EventObject,
  eventObject,
  filled,
  instantOf,
  isPerson,
  isTold,
  UNKNOWN,
} from './about.js';
import { openCounts } from './counts.js';
import { openMeanings } from './meaning.js';
import { CATEGORY, CLASSES } from './ocsf/classes.js';
import { privilegesOf } from './privileges.js';
import type { Schema } from './schema.js';
import type { ClassUid, Meaning } from './verbs.js';
import { GROUPS, ORGS } from './verbs.js';

/**
 * Events of the Open Cybersecurity Schema Framework (schema.ocsf.io), in the category Identity & Access Management. Whatever is required is
 * there in every event, as `Unknown` where the entry does not tell it; only an event without a valid time has no `time`,
 * since none is ever made up. `raw_data` is the entry's own text, `metadata.uid` its id.
 */
export function openOcsf(provider: Provider, version: string): Schema {
  const meaningOf = openMeanings(provider);
  const counts = openCounts();
  return {
    name: 'ocsf',
    version,
    isJson: true,
    line: (event, org) => {
      const meaning = meaningOf(event.action);
      counts.add(event, meaning);
      const head = {
        time: instantOf(event),
        ...classified(event, meaning),
        severity_id: 1,
        severity: 'Informational',
        message: actionWord(provider, event.action).label,
        ...(meaning.failed === true ? { status_id: 2, status: 'Failure' } : {}),
        metadata: metadataOf(event, provider, version, org),
        actor: actorOf(event, provider),
        ...OBJECTS[meaning.class](event, meaning, provider),
        src_endpoint: endpointOf(event),
        http_request: filled({ user_agent: event.userAgent }),
      };
      const raw = event.entry.raw.toString('utf8');
      const rest = unmappedOf(event, provider, raw);
      const unmapped = rest === '' ? '' : `,"unmapped":{${rest}}`;
      return `${safeJson(head).slice(0, -1)}${unmapped},"raw_data":${JSON.stringify(raw)}}`;
    },
    unmapped: counts.unmapped,
    undated: counts.undated,
  };
}

function classified({ action }: AuditEvent, { class: uid, activity }: Meaning): object {
  const { caption, activities } = CLASSES[uid];
  const name = activities.get(activity);
  return {
    category_uid: CATEGORY.uid,
    category_name: CATEGORY.caption,
    class_uid: uid,
    class_name: caption,
    activity_id: activity,
    activity_name: name ?? (action.slice(action.lastIndexOf('.') + 1) || 'Other'),
    type_uid: uid * 100 + activity,
    type_name: `${caption}: ${name ?? 'Other'}`,
  };
}

function metadataOf(event: AuditEvent, { title, defaultOrg }: Provider, version: string, asked?: string): object {
  // An alias of the vendor's, which stands for the key's own organization, would say nothing.
  const org = event.org?.id ?? (asked === defaultOrg ? undefined : asked);
  return {
    version,
    uid: event.id,
    event_code: event.action === '' ? undefined : event.action,
    log_name: 'audit',
    original_time: event.timeText === '' ? undefined : event.timeText,
    tenant_uid: org,
    product: { name: title, vendor_name: title },
  };
}

/** Who did it; of an automated event, what did. */
function actorOf(event: AuditEvent, { title }: Provider): object {
  const user = userOf(event.actor, event.org);
  return { user, app_name: event.source ?? (user === undefined ? title : undefined) };
}

function userOf(person: Person | undefined, org?: AuditEvent['org']): object | undefined {
  if (!isTold(person)) return undefined;
  const { id, name, email } = person;
  return {
    uid: id,
    name: name ?? email,
    email_addr: email !== undefined && email.length <= LONGEST_EMAIL && EMAIL.test(email) ? email : undefined,
    org: org && orgOf(org),
  };
}

/** In characters, as mail servers take it. A larger text would be too much for the pattern. */
const LONGEST_EMAIL = 320;
/** What OCSF takes for an address, and a little stricter. */
const EMAIL = /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;

function orgOf({ id, name }: NonNullable<AuditEvent['org']>): object | undefined {
  return filled({ uid: id, name });
}

/** What else the events of a class must tell. */
const OBJECTS: Readonly<Record<ClassUid, (event: AuditEvent, meaning: Meaning, provider: Provider) => object>> = {
  3001: (event, meaning) => ({ user: affected(event, meaning) }),
  3002: (event, meaning, { title }) => ({ user: affected(event, meaning), service: { name: title } }),
  3004: (event, meaning) => ({ entity: entityOf(event, meaning, eventObject(event, meaning)) }),
  3005: (event, meaning) => {
    const privileges = privilegesOf(event, meaning).map(({ kind, name }) => `${kind}:${name}`);
    return { user: affected(event, meaning), privileges: privileges.length === 0 ? [UNKNOWN] : privileges };
  },
  3006: (event, meaning) => ({ group: groupOf(event), user: userOf(affectedOf(event, meaning)) }),
};

function affected(event: AuditEvent, meaning: Meaning): object {
  return userOf(affectedOf(event, meaning)) ?? { name: UNKNOWN };
}

function groupOf({ resource }: AuditEvent): object {
  if (resource === undefined || (resource.type !== undefined && isPerson({ type: resource.type }))) {
    return { name: UNKNOWN };
  }
  return { ...identified(resource), type: resource.type };
}

/** OCSF's own kinds of entities say more of themselves; any other thing has the type that the vendor gives it. */
function entityOf(event: AuditEvent, meaning: Meaning, thing: EventObject): object {
  const type = thing.type.toLowerCase();
  if (isPerson(thing)) {
    const person = affectedOf(event, meaning);
    return { type_id: 2, type: 'User', ...identified(person ?? thing), user: userOf(person) };
  }
  if (GROUPS.has(type)) return { type_id: 3, type: 'Group', ...identified(thing), group: identified(thing) };
  if (ORGS.has(type)) return { type_id: 4, type: 'Organization', ...identified(thing), org: identified(thing) };
  return { type_id: 99, type: thing.type, ...identified(thing) };
}

function identified({ id, name }: Omit<EventObject, 'type'>): object {
  return filled({ uid: id, name }) ?? { name: UNKNOWN };
}

/** Nothing is told of a place without an address. */
function endpointOf(event: AuditEvent): object | undefined {
  const ip = addressOf(event);
  return ip === undefined ? undefined : { ip, location: filled({ country: countryOf(event) }) };
}

/** The members of `unmapped`, as JSON: what no attribute carries. The metadata is in its own tokens, so that no number changes. */
function unmappedOf(event: AuditEvent, { fields }: Provider, raw: string): string {
  const { source, ip, country } = event;
  const address = addressOf(event);
  const texts = [
    ['source', source],
    ['ip', address === undefined ? ip : undefined],
    ['country', address === undefined || countryOf(event) === undefined ? country : undefined],
  ] as const;
  const told = texts.filter(([, text]) => text !== undefined).map(([name, text]) => `"${name}":${safeJson(text)}`);
  const inside = members(raw);
  const metadata = pathList(fields.metadata)
    .map((path) => tokenIn(inside, path))
    .find((token) => token !== undefined && token !== 'null');
  return [...told, ...(metadata === undefined ? [] : [`"metadata":${metadata}`])].join(',');
}
