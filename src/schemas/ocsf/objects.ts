import type { AuditEvent, Person } from '../../event.js';
import type { Provider } from '../../providers/provider.js';
import { affectedOf, type EventObject, eventObject, filled, isPerson, isTold, UNKNOWN } from '../about.js';
import { privilegesOf } from '../privileges.js';
import { type ClassUid, GROUPS, type Meaning, ORGS } from '../verbs.js';

export function userOf(person: Person | undefined, org?: AuditEvent['org']): object | undefined {
  if (!isTold(person)) return undefined;
  const { id, name, email } = person;
  return {
    uid: id,
    name: name ?? email,
    email_addr: email !== undefined && email.length <= LONGEST_EMAIL && EMAIL.test(email) ? email : undefined,
    org: org && orgOf(org),
  };
}

/** In characters: the limit of mail servers. Longer texts would be too slow to match. */
const LONGEST_EMAIL = 320;
/** A little stricter than OCSF. */
const EMAIL = /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;

function orgOf({ id, name }: NonNullable<AuditEvent['org']>): object | undefined {
  return filled({ uid: id, name });
}

/** Attributes that exist only in one class. */
export const OBJECTS: Readonly<Record<ClassUid, (event: AuditEvent, meaning: Meaning, provider: Provider) => object>> =
  {
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

/** Users, groups and organizations have OCSF types; others keep the vendor's type. */
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
