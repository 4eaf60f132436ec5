import type { AuditEvent, Person } from '../event.js';
import { safeJson } from '../json/escape.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { addressOf, affectedOf, countryOf, eventObject, filled, instantOf, isPerson } from './about.js';
import { openCounts } from './counts.js';
import { openMeanings } from './meaning.js';
import { privilegesOf } from './privileges.js';
import type { Schema } from './schema.js';
import type { ClassUid, Meaning } from './verbs.js';

/**
 * Events of the Elastic Common Schema (elastic.co/docs/reference/ecs), nested as Elasticsearch takes them. `event.original` is the
 * entry's own text, `event.id` its id. What ECS has no field for, such as the type of a resource, stands in `labels`.
 */
export function openEcs(provider: Provider, version: string): Schema {
  const meaningOf = openMeanings(provider);
  const counts = openCounts();
  return {
    name: 'ecs',
    version,
    isJson: true,
    line: (event, org) => {
      const meaning = meaningOf(event.action);
      counts.add(event, meaning);
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
        organization: organizationOf(event, provider, org),
        related: relatedOf(event, affected),
        labels: labelsOf(event, meaning),
      });
    },
    unmapped: counts.unmapped,
    undated: counts.undated,
  };
}

/** What ECS calls the events of each class: a category, a type that all of them have, and one by activity. */
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
  // To change a person's account is no matter of configuration, whichever class it is of.
  if (meaning.class === 3004 && type !== 'access' && isPerson(eventObject(event, meaning)))
    return { category: ['iam'], type: ['user', type] };
  return { category: [category], type: [...always, type] };
}

function userOf(person: Person | undefined): object | undefined {
  return person && filled({ id: person.id, full_name: person.name, email: person.email });
}

/** An address that is none would make Elasticsearch refuse the document: it stands where any text may. */
function sourceOf(event: AuditEvent): object | undefined {
  return filled({
    address: event.ip,
    ip: addressOf(event),
    geo: filled({ country_iso_code: countryOf(event) }),
  });
}

function organizationOf({ org }: AuditEvent, { defaultOrg }: Provider, asked: string | undefined): object | undefined {
  return filled({ id: org?.id ?? (asked === defaultOrg ? undefined : asked), name: org?.name });
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
