import type { AuditEvent, Person } from '../event.js';
import { safeJson } from '../json/escape.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { addressOf, affectedOf, countryOf, eventObject, filled, instantOf, isPerson, orgIdOf } from './about.js';
import { countedSchema } from './counted.js';
import { privilegesOf } from './privileges.js';
import type { Schema } from './schema.js';
import type { ClassUid, Meaning } from './verbs.js';

/**
 * Events of the Elastic Common Schema (elastic.co/docs/reference/ecs), nested for Elasticsearch. `event.original` is the entry's own text,
 * `event.id` its id. `labels` has what ECS has no field for, such as the type of a resource.
 */
export function openEcs(provider: Provider, version: string): Schema {
  return countedSchema({ name: 'ecs', version, isJson: true }, provider, (event, meaning, org) => {
    const time = instantOf(event);
    const affected = affectedOf(event, meaning);
    const roles = meaning.class === 3005 ? privilegesOf(event, meaning).map(({ name }) => name) : [];
    return safeJson({
      '@timestamp': time === undefined ? undefined : new Date(time).toISOString(),
      ecs: { version },
      event: {
        id: event.id,
        kind: 'event',
        ...categorized(event, meaning),
        action: event.action === '' ? undefined : event.action,
        outcome: meaning.failed === true ? 'failure' : 'unknown',
        module: provider.name,
        dataset: `${provider.name}.audit`,
        provider: provider.title,
        original: event.entry.raw.toString('utf8'),
      },
      message: actionWord(provider, event.action).label,
      user: filled({
        ...userOf(meaning.class === 3002 ? affected : event.actor),
        target: meaning.class === 3002 ? undefined : userOf(affected),
        changes: roles.length === 0 ? undefined : { roles },
      }),
      group: meaning.class === 3006 ? filled({ id: event.resource?.id, name: event.resource?.name }) : undefined,
      source: sourceOf(event),
      user_agent: filled({ original: event.userAgent }),
      organization: filled({ id: orgIdOf(event, provider, org), name: event.org?.name }),
      related: relatedOf(event, affected),
      labels: labelsOf(event, meaning),
    });
  });
}

/** By class: the category, the types of all its events, and a type by activity. */
const KINDS: Readonly<Record<ClassUid, EcsClass>> = {
  3001: { category: 'iam', always: ['user'], types: { 1: 'creation', 6: 'deletion' } },
  3002: { category: 'authentication', always: [], types: { 1: 'start', 2: 'end' } },
  3004: { category: 'configuration', always: [], types: { 1: 'creation', 2: 'access', 4: 'deletion', 99: 'info' } },
  3005: { category: 'iam', always: ['user'], types: {} },
  3006: { category: 'iam', always: ['group'], types: { 5: 'deletion', 6: 'creation' } },
};

interface EcsClass {
  readonly category: string;
  readonly always: readonly string[];
  readonly types: Readonly<Record<number, string>>;
}

/** `event.category` and `event.type`, from the values that ECS allows together. */
function categorized(event: AuditEvent, meaning: Meaning): object {
  const { category, always, types } = KINDS[meaning.class];
  const type = types[meaning.activity] ?? 'change';
  // A change of a person's account is not configuration, whatever its class.
  if (meaning.class === 3004 && type !== 'access' && isPerson(eventObject(event, meaning)))
    return { category: ['iam'], type: ['user', type] };
  return { category: [category], type: [...always, type] };
}

function userOf(person: Person | undefined): object | undefined {
  return person && filled({ id: person.id, full_name: person.name, email: person.email });
}

/** `ip` must be valid, or Elasticsearch rejects the document; `address` takes any text. */
function sourceOf(event: AuditEvent): object | undefined {
  return filled({
    address: event.ip,
    ip: addressOf(event),
    geo: filled({ country_iso_code: countryOf(event) }),
  });
}

function relatedOf(event: AuditEvent, affected: Person | undefined): object | undefined {
  const texts = [event.actor, event.target, affected].flatMap((person) => [person?.id, person?.name, person?.email]);
  const users = [...new Set(texts.filter((text) => text !== undefined))];
  const ip = addressOf(event);
  return filled({ ip: ip === undefined ? undefined : [ip], user: users.length === 0 ? undefined : users });
}

function labelsOf(event: AuditEvent, meaning: Meaning): object | undefined {
  const { type, id, name } = eventObject(event, meaning);
  return filled({ resource_type: type, resource_id: id, resource_name: name, source: event.source });
}
