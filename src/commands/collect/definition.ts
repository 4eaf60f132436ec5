import { resolve } from 'node:path';
import type { Definition, Filters } from '../../collect/definition.js';
import type { Context } from '../../context.js';
import { schemeOf } from '../../destinations/index.js';
import { usageError } from '../../errors.js';
import { type Connection, DEFAULT_PROFILE } from '../../profile.js';
import { usualDays } from '../../providers/dates.js';
import type { Query } from '../../query.js';
import { type ConnectionFlags, readConnection } from '../flags/connection.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { readInterval } from '../flags/interval.js';
import { type QueryFlags, readQuery, SAVED_FLAGS, toQuery } from '../flags/query.js';
import { type SchemaFlags, toSchema } from '../flags/schema.js';

export type CollectFlags = ConnectionFlags &
  QueryFlags &
  SchemaFlags &
  GlobalFlags & {
    readonly create?: boolean;
    readonly delete?: boolean;
    readonly deep?: boolean;
    readonly dest?: string;
    readonly interval?: string;
  };

/** What a collector asks, by the flags of its definition. */
export interface Connected {
  readonly connection: Connection;
  readonly query: Query;
  readonly warnings: readonly string[];
}

/**
 * Makes a definition of the flags; asks nobody. Rejects with a usage error for what no collector can be. `made`: when the collector was made,
 * which is what words such as `7d` are counted from.
 */
export async function toDefinition(ctx: Context, name: string, flags: CollectFlags, made: number): Promise<Definition> {
  refuseEnd(flags);
  const schema = toSchema(flags);
  const { connection, query } = await connectFor(ctx, flags, made);
  try {
    const { provider, base, direct, profile, orgs, zone } = connection;
    const written = flags.from ?? flags.since;
    if (usualDays(provider.dates) !== undefined && query.from === undefined)
      throw usageError(
        `without --from ${provider.title} begins in the middle of a day`,
        'Say where to begin: --from 2026-03-01.',
      );
    if (flags.interval !== undefined) await readInterval(flags.interval);
    return {
      name,
      created: made,
      connection: {
        provider: providerChoice(ctx, flags) ?? provider.name,
        baseUrl: direct === true ? null : base.href,
        orgs,
        profile: direct === true ? null : (profile ?? DEFAULT_PROFILE),
        tz: zone,
        rate: flags.rate ?? null,
        maxWait: flags.maxWait ?? null,
      },
      filters: Object.fromEntries(
        SAVED_FLAGS.flatMap((one) => (flags[one] === undefined ? [] : [[one, flags[one]]])),
      ) as Filters,
      from: written === undefined || query.from === undefined ? null : { written, at: query.from },
      dest: placeOf(ctx, flags.dest ?? `auditlog-${name}`),
      schema: schema === undefined ? null : { name: schema.name, version: schema.version },
      interval: flags.interval ?? null,
    };
  } finally {
    await connection.close();
  }
}

/** Connects as a definition says. The caller closes the connection. */
export async function connectAs(ctx: Context, definition: Definition, speed: Speed): Promise<Connected> {
  const asked = await connectFor(ctx, { ...flagsOf(definition), ...speed }, definition.created);
  // What 7d meant when the collector was made is where it begins for ever.
  return { ...asked, query: { ...asked.query, from: definition.from?.at, before: undefined } };
}

/** Rejects with a usage error when the flags of a later run say anything else than the definition does. */
export async function refuseOther(ctx: Context, definition: Definition, flags: CollectFlags): Promise<void> {
  const given = Object.entries(flags).filter(([name, value]) => FIXED.has(name) && value !== undefined);
  if (given.length === 0) return;
  const made = flagsOf(definition);
  const begun = flags.from === undefined && flags.since === undefined ? {} : { from: undefined };
  const now = await toDefinition(
    ctx,
    definition.name,
    { ...made, ...begun, ...(Object.fromEntries(given) as object), argv: flags.argv } as CollectFlags,
    definition.created,
  );
  const [there, here] = [partsOf(definition), partsOf(now)];
  const names = [...new Set([...Object.keys(there), ...Object.keys(here)])].filter(
    (part) => there[part] !== here[part],
  );
  if (names.length === 0) return;
  const lines = names.map((part) => `  ${part}: ${there[part] ?? 'none'}, and ${here[part] ?? 'none'} now`);
  throw usageError(
    `${definition.name} was made for something else:\n${lines.join('\n')}`,
    `Leave these flags out. For another question, make another collector: auditlog collect OTHER --create ...`,
  );
}

/** What a definition says, part by part, in words for people. */
export function partsOf({ connection, filters, from, dest, schema }: Definition): Readonly<Record<string, string>> {
  const { provider, baseUrl, orgs, profile, tz } = connection;
  const words = Object.entries(filters).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    Array.isArray(value)
      ? [...value.flatMap((one: string) => one.split(','))]
          .map((one) => one.trim())
          .sort()
          .join(', ')
      : String(value),
  ]);
  return {
    provider,
    address: baseUrl ?? 'the demo',
    ...(orgs.some((org) => org !== '') ? { orgs: orgs.join(', ') } : {}),
    ...(profile === null || profile === DEFAULT_PROFILE ? {} : { profile }),
    ...Object.fromEntries(words),
    from: from?.written ?? 'the beginning',
    ...(tz === 'UTC' ? {} : { 'time zone': tz }),
    destination: dest,
    ...(schema === null ? {} : { schema: [schema.name, schema.version ?? ''].join(' ').trim() }),
  };
}

const FIXED: ReadonlySet<string> = new Set([
  ...SAVED_FLAGS,
  'from',
  'since',
  'to',
  'until',
  'around',
  'window',
  'profile',
  'provider',
  'baseUrl',
  'org',
  'demo',
  'tz',
  'dest',
  'schema',
  'ocsfVersion',
]);

/** The flags that would make the definition again. */
function flagsOf({ connection, filters, from, dest, schema }: Definition): CollectFlags {
  const { provider, baseUrl, orgs, profile, tz, rate, maxWait } = connection;
  return {
    ...filters,
    argv: [],
    provider,
    ...(orgs.every((org) => org === '') ? {} : { org: [...orgs] }),
    tz,
    ...(baseUrl === null ? { demo: true } : { baseUrl, ...(profile === null ? {} : { profile }) }),
    ...readSpeed({ rate, maxWait }),
    ...(from === null ? {} : { from: from.written }),
    dest,
    ...(schema === null ? {} : { schema: schema.name as NonNullable<SchemaFlags['schema']> }),
    ...(schema?.name === 'ocsf' && schema.version !== null ? { ocsfVersion: schema.version } : {}),
  };
}

/** How fast a run may ask, as written: it wins over what its collector was made with. */
export type Speed = Pick<ConnectionFlags, 'rate' | 'maxWait'>;

export function readSpeed({
  rate,
  maxWait,
}: {
  readonly rate?: string | null;
  readonly maxWait?: string | null;
}): Speed {
  return { ...(rate == null ? {} : { rate }), ...(maxWait == null ? {} : { maxWait }) };
}

async function connectFor(ctx: Context, flags: CollectFlags, made: number): Promise<Connected> {
  const [{ connect }, { openZone }] = await Promise.all([import('../../profile.js'), import('../../time.js')]);
  // The demo's story ends when it is opened. A collector's demo is always that of the moment that it was made.
  const world = flags.demo === true ? { ...ctx, clock: { ...ctx.clock, now: () => made } } : ctx;
  const connection = await connect(world, readConnection(flags));
  try {
    const zone = await openZone(connection.zone);
    return { connection, ...(await toQuery(readQuery(flags), { provider: connection.provider, zone, now: made })) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function refuseEnd({ to, until, around }: CollectFlags): void {
  if (to !== undefined || until !== undefined) throw usageError('a collector has no end: leave --to out');
  if (around !== undefined) throw usageError('a collector has no end: --around is a range', 'Begin with --from.');
}

/** The file that was named as a provider, wherever a later run is started. */
function providerChoice({ env, cwd }: Context, { provider, demo }: CollectFlags): string | undefined {
  const text = provider ?? (demo === true ? undefined : env.AUDITLOG_PROVIDER || undefined);
  return text !== undefined && (/[/\\]/.test(text) || text.endsWith('.json')) ? resolve(cwd, text) : undefined;
}

function placeOf({ cwd }: Context, dest: string): string {
  return schemeOf(dest) === '' ? resolve(cwd, dest) : dest;
}
