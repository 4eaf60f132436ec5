/** The one description of a filter, for its flag, help, completion, values in a query and server-side filter. */
interface Filter {
  /** In code and in saved definitions. */
  readonly name: string;
  /** May be repeated. Takes several values, separated by commas, unless `whole`. */
  readonly flag: string;
  readonly help: string;
  /** In a `Query`. */
  readonly key: string;
  /** The text before its values in the description of a query, which is part of the query's identity. */
  readonly words: string;
  readonly completes?: 'actions' | 'categories' | 'kinds';
  /** The field of an entry that it reads. Vendors without that field reject the filter; absent: no vendor does. */
  readonly field?: string;
  /** The server-side filter, by our name. Vendors may have it under another. */
  readonly wire?: string;
  /** A value is one text, commas included, and all values must match. */
  readonly whole?: true;
}

/** By what was done. */
const BY_ACTION = [
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
    name: 'category',
    flag: '--category <name>',
    help: 'groups of actions, such as members (see auditlog actions)',
    key: 'categories',
    words: 'category',
    completes: 'categories',
  },
  {
    name: 'kind',
    flag: '--kind <kind>',
    help: 'create, update, delete or other',
    key: 'kinds',
    words: 'kind',
    completes: 'kinds',
  },
] as const satisfies readonly Filter[];

/** By whom, on what and from where. */
const BY_REST = [
  {
    name: 'user',
    flag: '--user <who>',
    help: 'who did it: ids, emails or patterns such as "*dana*"',
    key: 'users',
    words: 'by',
    field: 'actor',
    wire: 'user',
  },
  {
    name: 'target',
    flag: '--target <who>',
    help: 'who was affected: ids, emails or patterns',
    key: 'targets',
    words: 'affecting',
    field: 'target',
    wire: 'target',
  },
  {
    name: 'about',
    flag: '--about <who>',
    help: 'done by or to these people: ids, emails or patterns',
    key: 'about',
    words: 'about',
  },
  {
    name: 'resource',
    flag: '--resource <type[:id]>',
    help: 'what was affected: a type such as assistant, or member:mem_1',
    key: 'resources',
    words: 'on',
    wire: 'resourceType',
  },
  byId('assistant', 'the affected assistant'),
  byId('workflow', 'the affected workflow'),
  byId('connection', 'the affected connection'),
  byId('account', 'in this account'),
  byId('tenant', 'in this tenant'),
  byColumn('source', '<name>', 'sources', 'where it was done: app, admin, api or system'),
  byColumn('country', '<code>', 'countries', 'country code, such as DE'),
  byColumn('ip', '<ip>', 'ips', 'address or network, such as 203.0.113.0/24'),
  {
    name: 'search',
    flag: '--search <text>',
    help: 'text anywhere in the entry; repeat to require several',
    key: 'search',
    words: 'containing',
    whole: true,
  },
] as const satisfies readonly Filter[];

/** In help and in saved definitions the times come between these and the others. */
export const ACTION_FILTERS = withOpposites(BY_ACTION);
export const OTHER_FILTERS = withOpposites(BY_REST);
export const FILTERS = [...ACTION_FILTERS, ...OTHER_FILTERS];
export type FilterRow = (typeof FILTERS)[number];

/** One value for each filter, by its key in a query. */
export function perFilter<T>(make: (row: FilterRow) => T): Readonly<Record<FilterRow['key'], T>> {
  return Object.fromEntries(FILTERS.map((row) => [row.key, make(row)])) as Record<FilterRow['key'], T>;
}

/** `--not-user` */
export function flagOf({ flag }: Pick<Filter, 'flag'>): string {
  return flag.slice(0, flag.indexOf(' '));
}

/** The opposite of a filter: events that match none of its values. No server is asked for it. */
type Opposite<Row extends Filter> = Row extends Filter
  ? Omit<Row, 'name' | 'flag' | 'help' | 'key' | 'words' | 'wire'> & {
      readonly name: `not${Capitalize<Row['name']>}`;
      readonly flag: string;
      readonly help: string;
      readonly key: `not${Capitalize<Row['key']>}`;
      readonly words: string;
      /** The key of the filter that it is the opposite of. */
      readonly negates: Row['key'];
    }
  : never;

function withOpposites<Row extends Filter>(rows: readonly Row[]): readonly (Row | Opposite<Row>)[] {
  return rows.flatMap((row) => [row, oppositeOf(row)]);
}

function oppositeOf<Row extends Filter>({ wire: _, ...row }: Row): Opposite<Row> {
  return {
    ...row,
    name: `not${capital(row.name)}`,
    flag: row.flag.replace('--', '--not-'),
    help: `the opposite of ${flagOf(row)}`,
    key: `not${capital(row.key)}`,
    words: `not ${row.words}`,
    negates: row.key,
  } as unknown as Opposite<Row>;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
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
