import { isIP } from 'node:net';
import type { AuditEvent, Person } from '../event.js';
import { members, textOf } from '../json/tokens.js';
import { listOf } from '../providers/event/normalize.js';
import type { PersonField, Provider } from '../providers/provider.js';
import { isJoined, pathList } from '../providers/value.js';
import type { PersonalKind } from './key.js';

/** The paths of a vendor's personal values. */
export type PersonalPaths = ReadonlyMap<string, PersonalKind>;

/** The paths that the vendor's file names for people, their addresses and their user agents. */
export function personalPaths({ fields, access }: Provider): PersonalPaths {
  const inRules = (access?.rules ?? []).flatMap(({ person }) => (typeof person === 'object' ? listOf(person) : []));
  const people: readonly PersonField[] = [...listOf(fields.actor), ...listOf(fields.target), ...inRules];
  const found: (readonly [string, PersonalKind])[] = [];
  const add = (paths: Parameters<typeof pathList>[0], kind: PersonalKind) => {
    for (const path of isJoined(paths) ? [] : pathList(paths)) found.push([path, kind]);
  };
  for (const { id, name, email } of people) {
    add(id, 'id');
    add(name, 'name');
    add(email, 'email');
  }
  add(fields.ip, 'ip');
  add(fields.userAgent, 'agent');
  return new Map(found);
}

/** The personal values of an event as the vendor's file reads them, including lookups. A resource that is a person counts. */
export function valuesOf({ actor, target, resource, ip, userAgent }: AuditEvent): (readonly [string, PersonalKind])[] {
  const people: (Person | undefined)[] = [actor, target];
  if (resource?.type !== undefined && isPersonType(resource.type)) people.push(resource);
  return [
    ...people.flatMap((person) => [
      [person?.id, 'id'] as const,
      [person?.name, 'name'] as const,
      [person?.email, 'email'] as const,
    ]),
    [ip, 'ip'] as const,
    [userAgent, 'agent'] as const,
  ].flatMap(([value, kind]) => (value === undefined ? [] : [[value, kind] as const]));
}

export function isPersonType(type: string): boolean {
  return PERSON_TYPE.test(type);
}

const PERSON_TYPE = /member|user|person|people|employee|invit|contact|customer|admin|owner|collaborator|seat/i;

/** Where a value is: the names of its member and of what that is in. */
export interface MemberPlace {
  readonly key: string;
  readonly parent: string;
  /** It is in an object that has an email. */
  readonly isInPerson: boolean;
}

/** The kind of value that a member of an object has by its name, and by that of what it is in. */
export function kindOfKey({ key, parent, isInPerson }: MemberPlace, text: string): PersonalKind | undefined {
  const name = plainName(key);
  if (/(?:e?mail|emailaddress)$/.test(name)) return 'email';
  if (/^(?:ip|ipaddress|ipaddr|remoteaddr|remoteip|clientip|sourceip)$/.test(name)) return 'ip';
  if (/useragent$/.test(name)) return 'agent';
  if (
    /^(?:full|first|last|given|family|nick|user|middle)names?$|^(?:surname|login|handle|phone|phonenumber)$/.test(name)
  )
    return 'name';
  // Of `owner: { from, to }` each side is the owner.
  if (PERSON_KEY.test(name) || (SIDE_KEY.test(name) && PERSON_KEY.test(plainName(parent)))) return bareKind(text);
  const [, whose = '', what] = /^(.*?)(displayname|name|id|uid|uuid)s?$/.exec(name) ?? [];
  if (what === undefined) return undefined;
  const isPerson = PERSON_KEY.test(whose) || (whose === '' && (isInPerson || PERSON_KEY.test(plainName(parent))));
  if (!isPerson) return undefined;
  return what.endsWith('name') ? 'name' : 'id';
}

function plainName(key: string): string {
  return key.replace(/[_\s-]/g, '').toLowerCase();
}

/** What stands for a person where no name of a member says it: a text, or a number of many digits; others are counts. */
function bareKind(text: string): PersonalKind | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return text.length >= 6 ? 'id' : undefined;
  return /^\S*[\d_:]\S*$/.test(text) ? 'id' : 'name';
}

/** What a key calls a person, or several. */
const PERSON_KEY =
  /^(?:.*(?:actor|user|member|person|owner|invitee|inviter|assignee|author|sender|recipient|employee|contact|creator|customer|approver|reviewer|manager)s?|.*(?:invited|created|updated|deleted|performed|approved|requested|changed|removed|added|assigned|reviewed|modified|granted|revoked)by|by|people)$/;
/** What a key calls one side of a change. */
const SIDE_KEY = /^(?:from|to|old|new|before|after|previous|current|value|oldvalue|newvalue)$/;

/** Whether an object is a person, because one of its members is an email. */
export function isPersonal(object: string): boolean {
  return members(object).some(({ token }) => token.startsWith('"') && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(textOf(token)));
}

/**
 * Whether a value is searched in all texts: not if it is so short, or so common a word, that it probably means something else there. Its own field is
 * replaced anyway, unless the value is such a word.
 */
export function isDistinct(value: string, kind: PersonalKind): boolean {
  const text = value.trim();
  if (kind === 'ip') return isIP(text) !== 0;
  if (/[^\u0000-\u024f]/.test(text)) return text.length >= 2;
  return /^\d+$/.test(text) ? text.length >= 6 : text.length >= 3 && !isRole(text);
}

/** Names that are roles or machines, not people. */
export function isRole(value: string): boolean {
  return ROLES.has(value.trim().toLowerCase());
}

const ROLES: ReadonlySet<string> = new Set(
  `system admin administrator user member owner viewer editor developer support unknown anonymous service api app web root test guest bot
  none null true false automation import scheduler internal`.split(/\s+/),
);
