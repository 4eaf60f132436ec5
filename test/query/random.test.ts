import { describe, expect, test } from 'vitest';
import { toQuery } from '../../src/commands/job/query.js';
import { demoEntries } from '../../src/demo/entry.js';
import { demoOrganization } from '../../src/demo/organization.js';
import { type Random, randomFrom } from '../../src/demo/random.js';
import { happeningOf } from '../../src/demo/vendors/happening.js';
import { TRANSLATIONS } from '../../src/demo/vendors/index.js';
import { filteredBy } from '../../src/demo/vendors/values.js';
import type { AuditEvent, Person } from '../../src/event.js';
import { FILTERS } from '../../src/filters.js';
import { actionWord } from '../../src/providers/actions.js';
import { readPeople } from '../../src/providers/event/normalize.js';
import { PROVIDERS } from '../../src/providers/index.js';
import type { Provider, WireFilter } from '../../src/providers/provider.js';
import { readScalar } from '../../src/providers/value.js';
import { splitQuery } from '../../src/query/split.js';
import { UTC } from '../../src/time.js';
import { NOW } from '../helpers/world.js';
import { eventOf } from '../providers/reading.js';

const QUERIES = Number(process.env.AUDITLOG_TEST_QUERIES ?? 150);

/** The newest events of the demo, as the vendor tells them. */
function eventsOf(provider: Provider): readonly AuditEvent[] {
  const organization = demoOrganization(NOW);
  const entry = demoEntries(organization);
  const translate = TRANSLATIONS[provider.name] ?? ((happening: { readonly id: string }) => happening);
  return Array.from({ length: 100 }, (_, n) => {
    const own = entry(organization.size - 1 - n * 5);
    return eventOf(provider, provider.name === 'invent' ? own : translate(happeningOf(own)));
  });
}

type Predicate = (event: AuditEvent, value: string, provider: Provider) => boolean;

const like = (pattern: string, text: string | undefined): boolean =>
  text !== undefined &&
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'isu').test(text);

function isPerson({ id, email, name }: Person, who: string): boolean {
  if (who.includes('*')) return [id, email, name].some((text) => like(who, text));
  if (id === undefined && email === undefined) return name === who;
  return id === who || email?.toLowerCase() === who.toLowerCase();
}

const isBy: Predicate = ({ actor, value, action }, who, { fields }) =>
  [actor ?? [], readPeople(fields.actor, value, action)].flat().some((person) => isPerson(person, who));
const isOn: Predicate = ({ target }, who) => target !== undefined && isPerson(target, who);
/** A resource whose type says person, or whose name is an email; any other only by its id. */
const isThePerson = ({ resource: { id, name, type } = {} }: AuditEvent, who: string): boolean => {
  if (id !== undefined && id === who) return true;
  if (name?.includes('@')) return isPerson({ ...(id && { id }), email: name }, who);
  return (
    /(?:user|member|person|guest)$/i.test(type ?? '') && isPerson({ ...(id && { id }), ...(name && { name }) }, who)
  );
};
const hasId =
  (field: 'assistant' | 'workflow' | 'connection' | 'account' | 'tenant'): Predicate =>
  ({ value }, id, { fields }) =>
    readScalar(value, fields[field]) === id;

/** What each filter means for one of its values, as plainly as can be. */
const MEANINGS: Readonly<Record<string, Predicate>> = {
  action: ({ action }, pattern) => (pattern.includes('*') ? like(pattern, action) : action === pattern),
  // All words of the value are among those of the category: "bots" is also "Bot Settings".
  category: ({ action }, name, provider) => {
    const words = (text: string) =>
      text
        .toLowerCase()
        .split(' ')
        .map((word) => word.replace(/s$/, ''));
    return words(name).every((word) => words(actionWord(provider, action).category).includes(word));
  },
  kind: ({ action }, kind, provider) => actionWord(provider, action).kind === kind,
  user: isBy,
  target: isOn,
  about: (event, who, provider) => isBy(event, who, provider) || isOn(event, who, provider) || isThePerson(event, who),
  resource: ({ resource }, text) => {
    const [written = '', id] = text.split(':');
    const type = written.toLowerCase();
    const own = resource?.type?.toLowerCase() ?? '';
    return (own === type || own.startsWith(`${type}.`)) && (id === undefined || id === resource?.id);
  },
  assistant: hasId('assistant'),
  workflow: hasId('workflow'),
  connection: hasId('connection'),
  account: hasId('account'),
  tenant: hasId('tenant'),
  source: ({ source }, name) => source?.toLowerCase() === name.toLowerCase(),
  country: ({ country }, code) => country?.toLowerCase() === code.toLowerCase(),
  ip: ({ ip }, network) =>
    ip === network || (network.endsWith('.0/24') && ip?.startsWith(network.slice(0, -4)) === true),
  search: ({ value }, text) => {
    const texts: string[] = [];
    JSON.stringify(value, (_, inner) => {
      if (inner !== null && typeof inner !== 'object') texts.push(String(inner).toLowerCase());
      return inner;
    });
    return texts.some((one) => one.includes(text.toLowerCase()));
  },
};

/** A value that some event has, or one like it; undefined where this event has none. */
const VALUES: Readonly<Record<string, (event: AuditEvent, random: Random, provider: Provider) => string | undefined>> =
  {
    action: ({ action }, random) => random.pick([action, `${action.split('.')[0]}.*`, `*${action.slice(-4)}`]),
    category: ({ action }, _, provider) => actionWord(provider, action).category,
    kind: ({ action }, _, provider) => actionWord(provider, action).kind,
    user: ({ actor }, random) => whoOf(actor, random),
    target: ({ target }, random) => whoOf(target, random),
    about: ({ actor, target }, random) => whoOf(random.percent(50) ? actor : target, random),
    resource: ({ resource }, random) =>
      resource?.type === undefined
        ? undefined
        : random.percent(30) && resource.id !== undefined
          ? `${resource.type}:${resource.id}`
          : resource.type.split('.')[0],
    source: ({ source }) => source,
    country: ({ country }) => country,
    ip: ({ ip }, random) => (random.percent(50) && ip?.includes('.') ? ip.replace(/\d+$/, '0/24') : ip),
    search: ({ action, actor, ip }, random) => random.pick([action.slice(0, 6), actor?.name?.slice(0, 4), ip, 'lumen']),
  };

function whoOf(person: Person | undefined, random: Random): string | undefined {
  if (person === undefined) return undefined;
  const { id, email, name } = person;
  return random.pick([id ?? name, email ?? name, name && `*${name.slice(1, 4).toUpperCase()}*`]);
}

function randomFilters(
  events: readonly AuditEvent[],
  provider: Provider,
  random: Random,
): Readonly<Record<string, readonly string[]>> {
  const written: Record<string, string[]> = {};
  for (let wanted = 1 + random.below(3); wanted > 0; wanted -= 1) {
    const row = random.pick(FILTERS);
    const plain = row.name.startsWith('not') ? `${row.name.charAt(3).toLowerCase()}${row.name.slice(4)}` : row.name;
    const id = ({ value }: AuditEvent) => readScalar(value, provider.fields[plain as 'assistant']);
    const make = VALUES[plain] ?? id;
    const values = Array.from({ length: 1 + random.below(2) }, () => make(random.pick(events), random, provider));
    const told = values.filter((value) => value !== undefined && value !== '' && !value.includes(','));
    if (told.length > 0) written[row.name] = [...new Set(told as string[])];
  }
  return written;
}

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))('%s', (_, provider) => {
  test(`${QUERIES} random queries find what a naive filter finds, whoever filters`, () => {
    const seed = Number(process.env.AUDITLOG_TEST_SEED ?? Date.now() % 1_000_000);
    const random = randomFrom(seed);
    const events = eventsOf(provider);
    let tried = 0;
    let found = 0;
    for (let run = 0; run < QUERIES; run += 1) {
      const filters = randomFilters(events, provider, random);
      const naive = events.filter((event) =>
        Object.entries(filters).every(([name, values]) => {
          const isNot = name.startsWith('not');
          const plain = isNot ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : name;
          const results = values.map((value) => MEANINGS[plain]!(event, value, provider));
          if (isNot) return !results.includes(true);
          return plain === 'search' ? !results.includes(false) : results.includes(true);
        }),
      );
      const split = splitOf(provider, filters);
      if (split === undefined) continue;
      tried += 1;
      found += naive.length;
      for (const plan of split.actionsExact === undefined
        ? (['unfiltered'] as const)
        : (['unfiltered', 'per-action'] as const)) {
        const local = split.localFor(plan) ?? (() => true);
        const streams = split
          .wiresFor(plan)
          .map((wire) =>
            events.filter((event) =>
              Object.entries(wire.filters).every(
                ([filter, value]) => filteredBy(provider, event.value, filter as WireFilter) === value,
              ),
            ),
          );
        const kept = new Set(streams.flat().filter(local));
        expect(
          numbersOf(events, (event) => kept.has(event)),
          `seed ${seed}, run ${run}, ${plan}: ${JSON.stringify(filters)}`,
        ).toEqual(numbersOf(events, (event) => naive.includes(event)));
        for (const wire of split.wiresFor(plan))
          for (const event of naive.filter((one) => streams[split.wiresFor(plan).indexOf(wire)]?.includes(one)))
            expect(split.claim(wire)?.(event) ?? true, `seed ${seed}, run ${run}`).toBe(true);
      }
    }
    expect(tried).toBeGreaterThan(QUERIES / 3);
    expect(found).toBeGreaterThan(QUERIES);
  });
});

function numbersOf(events: readonly AuditEvent[], isWanted: (event: AuditEvent) => boolean): readonly number[] {
  return events.flatMap((event, at) => (isWanted(event) ? [at] : []));
}

/** Undefined for a query that the vendor cannot answer, or that wants nothing. */
function splitOf(provider: Provider, filters: Readonly<Record<string, readonly string[]>>) {
  try {
    const { query } = toQuery({ filters, times: {} }, { provider, zone: UTC, now: NOW });
    return splitQuery(provider, query);
  } catch (error) {
    expect((error as Error).message).toMatch(/both wanted|leaves nothing|excludes every|tell no|cannot be answered/);
    return undefined;
  }
}
