import type { AuditEvent, Person } from '../event.js';
import { escapeJsonText } from '../json.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { addressOf, affectedOf, countryOf, filled, instantOf, isPerson, privilegesOf, thingOf } from './about.js';
import { openCounts } from './counts.js';
import { type Meaning, openMeanings } from './meaning.js';
import type { Schema } from './schema.js';

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
      return escapeJsonText(
        JSON.stringify({
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
        }),
      );
    },
    unmapped: counts.unmapped,
    undated: counts.undated,
  };
}

/** `event.category` and `event.type`, from the values that ECS allows together. */
function categorized(event: AuditEvent, meaning: Meaning): object {
  const { class: uid, activity } = meaning;
  if (uid === 3002) return { category: ['authentication'], type: [activity === 1 ? 'start' : 'end'] };
  if (uid === 3001)
    return { category: ['iam'], type: ['user', ({ 1: 'creation', 6: 'deletion' } as Types)[activity] ?? 'change'] };
  if (uid === 3005) return { category: ['iam'], type: ['user', 'change'] };
  if (uid === 3006)
    return { category: ['iam'], type: ['group', ({ 5: 'deletion', 6: 'creation' } as Types)[activity] ?? 'change'] };
  const type = ({ 1: 'creation', 2: 'access', 4: 'deletion', 99: 'info' } as Types)[activity] ?? 'change';
  if (isPerson(thingOf(event, meaning)) && type !== 'access') return { category: ['iam'], type: ['user', type] };
  return { category: ['configuration'], type: [type] };
}

type Types = Readonly<Record<number, string | undefined>>;

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
  const { type, id, name } = thingOf(event, meaning);
  return filled({ resource_type: type, resource_id: id, resource_name: name, source: event.source });
}
