import type { Definition } from '../../collect/definition.js';
import type { Context } from '../../context.js';
import { usageError } from '../../errors.js';
import { DEFAULT_PROFILE } from '../../profile.js';
import { only } from '../flags/flag.js';
import { toDefinition, writtenOf } from './definition.js';
import type { WrittenCollector } from './flags.js';

/** What a definition says, part by part, for people. */
export function partsOf({ connection, filters, from, dest, schema }: Definition): Readonly<Record<string, string>> {
  const { provider, baseUrl, tokenUrl, vars, orgs, profile, tz } = connection;
  const words = Object.entries(filters).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    Array.isArray(value) ? wordsOf(name, value) : String(value),
  ]);
  return {
    provider,
    address: baseUrl ?? 'the demo',
    ...(tokenUrl === undefined ? {} : { tokens: tokenUrl }),
    ...(vars === undefined ? {} : { variables: vars.join(', ') }),
    ...(orgs.some((org) => org !== '') ? { orgs: orgs.join(', ') } : {}),
    ...(profile === null || profile === DEFAULT_PROFILE ? {} : { profile }),
    ...Object.fromEntries(words),
    from: from?.written ?? 'the beginning',
    ...(tz === 'UTC' ? {} : { 'time zone': tz }),
    destination: dest,
    ...(schema === null ? {} : { schema: [schema.name, schema.version ?? ''].join(' ').trim() }),
  };
}

function wordsOf(name: string, values: readonly string[]): string {
  if (name === 'search' || name === 'notSearch')
    return values
      .map((text) => JSON.stringify(text))
      .sort()
      .join(', ');
  const words = values.flatMap((one) => one.split(',')).map((one) => one.trim());
  return words.sort().join(', ');
}

/** Rejects with a usage error if a run's flags contradict the definition. */
export async function rejectChange(ctx: Context, definition: Definition, given: WrittenCollector): Promise<void> {
  const where = only(given.where, ['profile', 'provider', 'baseUrl', 'tokenUrl', 'vars', 'org', 'demo', 'tz']);
  const times = only(given.query.times, ['in', 'from', 'to', 'around', 'window', 'outside', 'weekdays']);
  const { filters } = given.query;
  const said = [where, times, filters, given.schema].flatMap((part) => Object.keys(part));
  if (said.length === 0 && given.dest === undefined) return;
  const made = writtenOf(definition);
  const now = await toDefinition(
    ctx,
    definition.name,
    {
      where: { ...made.where, ...where, vars: [...(where.vars ?? []), ...(made.where.vars ?? [])] },
      query: { filters: { ...made.query.filters, ...filters }, times: { ...made.query.times, ...times } },
      schema: { ...made.schema, ...given.schema },
      dest: given.dest ?? made.dest,
      interval: undefined,
    },
    definition.created,
  );
  const [there, here] = [partsOf(definition), partsOf(now)];
  const lines = [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((part) => there[part] !== here[part])
    .map((part) => `  ${part}: ${there[part] ?? 'none'}, and ${here[part] ?? 'none'} now`);
  if (lines.length === 0) return;
  throw usageError(
    `${definition.name} was made for something else:\n${lines.join('\n')}`,
    `Leave these flags out, or make another collector: auditlog collect OTHER --create ...`,
  );
}
