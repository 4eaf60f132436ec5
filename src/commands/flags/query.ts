import type { Command } from 'commander';
import { usageError } from '../../errors.js';
import type { Provider } from '../../providers/provider.js';
import type { Query } from '../../query.js';
import type { Zone } from '../../time.js';
import { flag, list, only } from './flag.js';
import { readTimes, type Times, timesOf, USUAL_WINDOW, type WhenFlags } from './times.js';

/** What is asked. Repeatable flags hold their values as typed, commas and all. */
export interface QueryFlags extends WhenFlags {
  readonly action?: string[];
  readonly notAction?: string[];
  readonly category?: string[];
  readonly kind?: string[];
  readonly user?: string[];
  readonly notUser?: string[];
  readonly target?: string[];
  readonly resource?: string[];
  readonly assistant?: string[];
  readonly workflow?: string[];
  readonly connection?: string[];
  readonly account?: string[];
  readonly tenant?: string[];
  readonly source?: string[];
  readonly country?: string[];
  readonly ip?: string[];
  readonly search?: string;
}

export function addQueryFlags(command: Command): void {
  command.optionsGroup('Which events (repeat a flag or use commas for several values):');
  for (const option of [
    list('--action <pattern>', "actions, such as member.joined, 'member.*' or all"),
    list('--not-action <pattern>', 'all but these actions'),
    list('--category <name>', 'actions of these groups, such as members; auditlog actions shows them'),
    list('--kind <kind>', 'what was done: create, update, delete, other'),
    flag('--from <when>', 'since then: 2026-03-01, 2026-03-01T09:30, yesterday, 2h, 7d (also --since)'),
    flag('--to <when>', 'until then; a day is included whole (also --until)'),
    flag('--since <when>', 'the same as --from').conflicts('from').hideHelp(),
    flag('--until <when>', 'the same as --to').conflicts('to').hideHelp(),
    flag('--tz <zone>', 'where days begin: UTC (default), local, or such as Europe/Paris'),
    flag('--around <when>', 'around a moment or a day').conflicts(['from', 'since', 'to', 'until']),
    flag('--window <duration>', `how long before and after it (default: ${USUAL_WINDOW})`),
    flag('--outside <hours>', 'at other hours of the day than, for example, 09:00-18:00'),
    flag('--weekdays', 'those hours are on Monday to Friday only: all of a weekend is outside'),
    list('--user <who>', 'who did it: ids or emails'),
    list('--not-user <who>', 'but not these'),
    list('--target <who>', 'who was affected: ids or emails'),
    list('--resource <type[:id]>', 'what was affected: assistant, or member:mem_1'),
    list('--assistant <id>', 'the affected assistant'),
    list('--workflow <id>', 'the affected workflow'),
    list('--connection <id>', 'the affected connection'),
    list('--account <id>', 'in this account'),
    list('--tenant <id>', 'in this tenant'),
    list('--source <name>', 'where it was done from: app, admin, api, system'),
    list('--country <code>', 'from which country: DE'),
    list('--ip <ip>', 'from which address'),
    flag('--search <text>', 'text anywhere in the entry'),
  ])
    command.addOption(option);
}

const FILTER_NAMES = [
  'action',
  'notAction',
  'category',
  'kind',
  'user',
  'notUser',
  'target',
  'resource',
  'assistant',
  'workflow',
  'connection',
  'account',
  'tenant',
  'source',
  'country',
  'ip',
  'search',
] as const satisfies readonly Exclude<keyof QueryFlags, keyof WhenFlags>[];

/** Which events are asked for, as it was written: before the vendor, its time zone and the time are known. */
export interface Wanted {
  readonly filters: Pick<QueryFlags, (typeof FILTER_NAMES)[number]>;
  readonly times: Times;
}

export function readWanted(flags: QueryFlags): Wanted {
  return { filters: only(flags, FILTER_NAMES), times: readTimes(flags) };
}

/** The query that was written, and what to tell on the way. Throws a usage error for what makes no sense. */
export async function toQuery(
  { filters, times }: Wanted,
  { provider, zone, now }: { readonly provider: Provider; readonly zone: Zone; readonly now: number },
): Promise<{ readonly query: Query; readonly warnings: readonly string[] }> {
  const [
    { checkActions, checkCategories, splitList },
    { peopleWarnings },
    { resourceWarnings },
    { parseKind, parseResource },
  ] = await Promise.all([
    import('../../providers/actions.js'),
    import('../../providers/people.js'),
    import('../../providers/resources.js'),
    import('../../query.js'),
  ]);
  const wanted = checkActions(provider, filters.action ?? [], '--action');
  const unwanted = checkActions(provider, filters.notAction ?? [], '--not-action');
  if (filters.notAction !== undefined && unwanted.patterns.length === 0)
    throw usageError('--not-action all leaves nothing', 'Name the actions that you do not want.');
  const both = wanted.patterns.find((pattern) => unwanted.patterns.includes(pattern));
  if (both !== undefined) throw usageError(`${both} is both wanted (--action) and not wanted (--not-action)`);
  const range = (await timesOf(times))({ now, zone });
  const many = (values: readonly string[] | undefined, name: string) => splitList(values ?? [], name);
  const categories = many(filters.category, '--category');
  const resources = many(filters.resource, '--resource').map(parseResource);
  const users = many(filters.user, '--user');
  const notUsers = many(filters.notUser, '--not-user');
  const targets = many(filters.target, '--target');
  return {
    query: {
      actions: wanted.patterns,
      notActions: unwanted.patterns,
      categories,
      kinds: many(filters.kind, '--kind').map(parseKind),
      ...range,
      users,
      notUsers,
      targets,
      resources,
      assistants: many(filters.assistant, '--assistant'),
      workflows: many(filters.workflow, '--workflow'),
      connections: many(filters.connection, '--connection'),
      accounts: many(filters.account, '--account'),
      tenants: many(filters.tenant, '--tenant'),
      sources: many(filters.source, '--source'),
      countries: many(filters.country, '--country'),
      ips: many(filters.ip, '--ip'),
      search: filters.search,
    },
    warnings: [
      ...wanted.warnings,
      ...unwanted.warnings,
      ...checkCategories(provider, categories),
      ...peopleWarnings(provider, [
        ['--user', 'actor', users],
        ['--not-user', 'actor', notUsers],
        ['--target', 'target', targets],
      ]),
      ...resourceWarnings(
        provider,
        resources.map(({ type }) => type),
      ),
    ],
  };
}
