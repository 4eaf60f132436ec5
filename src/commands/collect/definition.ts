import { resolve } from 'node:path';
import type { Definition } from '../../collect/definition.js';
import type { Context } from '../../context.js';
import { schemeOf } from '../../destinations/index.js';
import { usageError } from '../../errors.js';
import { settledZone } from '../../profile/local.js';
import { looksLikeFile } from '../../profile/provider.js';
import { type Connection, type ConnectionChoice, connect, DEFAULT_PROFILE } from '../../profile.js';
import { usualDays } from '../../providers/dates.js';
import type { Query } from '../../query.js';
import { openZone } from '../../time.js';
import { readInterval } from '../flags/interval.js';
import type { WrittenQuery } from '../flags/query.js';
import { toSchema } from '../flags/schema.js';
import type { Times } from '../flags/times.js';
import { toQuery } from '../job/query.js';
import { savedFilters, type WrittenCollector } from './flags.js';

/** The question of a definition, and the vendor to ask. */
export interface Connected {
  readonly connection: Connection;
  readonly query: Query;
  readonly warnings: readonly string[];
}

/** Resolves a definition without a request. Rejects with a usage error if it is impossible. `made`: epoch ms, the time that `7d` counts from. */
export async function toDefinition(
  ctx: Context,
  name: string,
  written: WrittenCollector,
  made: number,
): Promise<Definition> {
  const { where, query: asked, dest, interval } = written;
  rejectEnd(asked.times);
  const schema = toSchema(written.schema);
  const { connection, query } = await connectAt(ctx, where, asked, made);
  try {
    const { provider, base, direct, profile, orgs, zone, vars = [], tokenUrl } = connection;
    const { from } = asked.times;
    if (usualDays(provider.dates) !== undefined && query.from === undefined)
      throw usageError(
        `missing --from: without it ${provider.title} starts in the middle of a day`,
        'Example: --from 2026-03-01',
      );
    if (interval !== undefined) readInterval(interval);
    return {
      name,
      created: made,
      connection: {
        provider: providerFile(ctx, where) ?? provider.name,
        baseUrl: direct === true ? null : base.href,
        orgs,
        profile: direct === true ? null : (profile ?? DEFAULT_PROFILE),
        tz: zone,
        rate: where.rate ?? null,
        maxWait: where.maxWait ?? null,
        ...(where.timeout === undefined ? {} : { timeout: where.timeout }),
        ...(vars.length === 0 ? {} : { vars }),
        ...(tokenUrl === undefined ? {} : { tokenUrl }),
      },
      filters: savedFilters(asked),
      from: from === undefined || query.from === undefined ? null : { written: from, at: query.from },
      dest: absoluteDest(ctx, dest ?? `auditlog-${name}`),
      schema: schema === undefined ? null : { name: schema.name, version: schema.version },
      interval: interval ?? null,
    };
  } finally {
    await connection.close();
  }
}

/** The rate flags of a run, as written; they override the definition. */
export type Speed = Pick<ConnectionChoice, 'rate' | 'maxWait' | 'timeout'>;

/** Connects as a definition says. The caller closes the connection. */
export async function connectAs(ctx: Context, definition: Definition, speed: Speed): Promise<Connected> {
  const { where, query } = writtenOf(definition);
  const connected = await connectAt(ctx, { ...where, ...speed }, query, definition.created);
  // 7d counts from the time when the collector was made.
  return { ...connected, query: { ...connected.query, from: definition.from?.at, before: undefined } };
}

/** The command that would make this definition again. */
export function writtenOf({ connection, filters, from, dest, schema }: Definition): WrittenCollector {
  const { provider, baseUrl, orgs, profile, tz, rate, maxWait, timeout, vars, tokenUrl } = connection;
  const { outside, weekdays, search, ...others } = filters;
  return {
    where: {
      provider,
      ...(orgs.every((org) => org === '') ? {} : { org: orgs }),
      tz,
      ...(baseUrl === null ? { demo: true } : { baseUrl, ...(profile === null ? {} : { profile }) }),
      ...(rate === null ? {} : { rate }),
      ...(maxWait === null ? {} : { maxWait }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(vars === undefined ? {} : { vars }),
      ...(tokenUrl === undefined ? {} : { tokenUrl }),
    },
    query: {
      filters: { ...others, ...(search === undefined ? {} : { search: [search].flat() }) },
      times: { from: from?.written, outside, weekdays },
    },
    schema: {
      ...(schema === null ? {} : { schema: schema.name }),
      ...(schema?.name === 'ocsf' && schema.version !== null ? { ocsfVersion: schema.version } : {}),
    },
    dest,
    interval: undefined,
  };
}

async function connectAt(ctx: Context, where: ConnectionChoice, query: WrittenQuery, now: number): Promise<Connected> {
  // The demo's history ends when it is opened: a collector keeps the history of the moment it was made.
  const world = where.demo === true ? { ...ctx, clock: { ...ctx.clock, now: () => now } } : ctx;
  const connection = await connect(world, where);
  try {
    const doubts: string[] = [];
    const zone = await openZone(await settledZone(ctx, connection.zone, (text) => doubts.push(text)));
    const { warnings, ...asked } = toQuery(query, { provider: connection.provider, zone, now });
    return { connection, ...asked, warnings: [...doubts.map((text) => text.replace(/^warning: /, '')), ...warnings] };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function rejectEnd({ in: period, to, around }: Times): void {
  if (period !== undefined)
    throw usageError('--in does not apply to collectors: they have no end', 'Start with --from');
  if (to !== undefined) throw usageError('--to does not apply to collectors: they have no end');
  if (around !== undefined)
    throw usageError('--around does not apply to collectors: they have no end', 'Start with --from');
}

/** The absolute path of a provider file, so that runs in any folder find it. */
function providerFile({ env, cwd }: Context, { provider, demo }: ConnectionChoice): string | undefined {
  const text = provider ?? (demo === true ? undefined : env.AUDITLOG_PROVIDER || undefined);
  return text !== undefined && looksLikeFile(text) ? resolve(cwd, text) : undefined;
}

function absoluteDest({ cwd }: Context, dest: string): string {
  return schemeOf(dest) === '' ? resolve(cwd, dest) : dest;
}
