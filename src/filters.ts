/** Where a filter's flag, help, completion, values in a query and server-side filter come from. */
interface Filter {
  /** In code and in saved definitions. */
  readonly name: string;
  /** All but `--search` may be repeated and take several values, separated by commas. */
  readonly flag: string;
  readonly help: string;
  /** In a `Query`. */
  readonly key: string;
  /** Before its values in the description of a query. Part of the query's identity. */
  readonly words: string;
  readonly completes?: 'actions' | 'categories' | 'kinds';
  /** The field of an entry that it reads. Vendors without that field cannot be asked; absent: all can. */
  readonly field?: string;
  /** The server-side filter, by our name. Vendors may have it under another. */
  readonly wire?: string;
}

/** By what was done. In help and in saved definitions the times come between these and the others. */
export const ACTION_FILTERS = [
  {
    name: 'action',
    flag: '--action <pattern>',
    help: 'actions, such as member.joined, "member.*" or all',
    key: 'actions',
    words: 'actions',
    completes: 'actions',
    wire: 'action',
  },
  {
    name: 'notAction',
    flag: '--not-action <pattern>',
    help: 'all but these actions',
    key: 'notActions',
    words: 'not actions',
    completes: 'actions',
  },
  {
    name: 'category',
    flag: '--category <name>',
    help: 'actions of these groups, such as members; auditlog actions shows them',
    key: 'categories',
    words: 'category',
    completes: 'categories',
  },
  {
    name: 'kind',
    flag: '--kind <kind>',
    help: 'what was done: create, update, delete, other',
    key: 'kinds',
    words: 'kind',
    completes: 'kinds',
  },
] as const satisfies readonly Filter[];

/** By whom, on what and from where. */
export const OTHER_FILTERS = [
  {
    name: 'user',
    flag: '--user <who>',
    help: 'who did it: ids or emails',
    key: 'users',
    words: 'by',
    field: 'actor',
    wire: 'user',
  },
  {
    name: 'notUser',
    flag: '--not-user <who>',
    help: 'but not these',
    key: 'notUsers',
    words: 'not by',
    field: 'actor',
  },
  {
    name: 'target',
    flag: '--target <who>',
    help: 'who was affected: ids or emails',
    key: 'targets',
    words: 'affecting',
    field: 'target',
    wire: 'target',
  },
  {
    name: 'resource',
    flag: '--resource <type[:id]>',
    help: 'what was affected: assistant, or member:mem_1',
    key: 'resources',
    words: 'on',
    wire: 'resourceType',
  },
  byId('assistant', 'the affected assistant'),
  byId('workflow', 'the affected workflow'),
  byId('connection', 'the affected connection'),
  byId('account', 'in this account'),
  byId('tenant', 'in this tenant'),
  byColumn('source', '<name>', 'sources', 'where it was done from: app, admin, api, system'),
  byColumn('country', '<code>', 'countries', 'from which country: DE'),
  byColumn('ip', '<ip>', 'ips', 'from which address'),
  {
    name: 'search',
    flag: '--search <text>',
    help: 'text anywhere in the entry',
    key: 'search',
    words: 'containing',
  },
] as const satisfies readonly Filter[];

export const FILTERS = [...ACTION_FILTERS, ...OTHER_FILTERS];
export type FilterRow = (typeof FILTERS)[number];

/** One value for each filter, by its key in a query. */
export function perFilter<T>(make: (row: FilterRow) => T): Readonly<Record<FilterRow['key'], T>> {
  return Object.fromEntries(FILTERS.map((row) => [row.key, make(row)])) as Record<FilterRow['key'], T>;
}

/** `--not-user` */
export function flagOf({ flag }: FilterRow): string {
  return flag.slice(0, flag.indexOf(' '));
}

/** By the ids of one field, which servers filter by as well. */
function byId<const Name extends string>(name: Name, help: string) {
  return { name, flag: `--${name} <id>`, help, key: `${name}s`, words: name, field: name, wire: name } as const;
}

/** By a column of the same name. */
function byColumn<const Name extends string, const Key extends string>(
  name: Name,
  value: string,
  key: Key,
  help: string,
) {
  return { name, flag: `--${name} ${value}`, help, key, words: name, field: name } as const;
}
