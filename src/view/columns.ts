import { usageError } from '../errors.js';
import { listOf } from '../providers/event/normalize.js';
import type { Provider } from '../providers/provider.js';
import { isCoded, isJoined, isPath, pathList } from '../providers/value.js';
import { suggest } from '../suggest.js';
import { UTC } from '../time.js';
import { COLUMN_NAMES, type Column, type ColumnName, type ColumnsWorld, LOG } from './column.js';
import { localTime, PEOPLE_ID, peopleColumns } from './people.js';

/** Names for `--columns` besides `COLUMN_NAMES`: all columns for people, and the time in `--tz`. */
export const PEOPLE = 'people';
const LOCAL_TIME = 'local_time';

/** Every column of `COLUMN_NAMES`, in that order: the default of CSV files. If a vendor has several logs, a column for the log follows. */
export function allColumns(provider: Provider): readonly Column[] {
  return columnNames(provider).map((name) => fieldColumn(name, provider));
}

function columnNames({ logs }: Provider): readonly ColumnName[] {
  return logs === undefined ? COLUMN_NAMES : [...COLUMN_NAMES, LOG];
}

/**
 * The columns of `--columns`, in the order given: names from `COLUMN_NAMES`, or paths into the vendor's own entry such as
 * `metadata.previous_role`. A leading dot (`.source`) makes any name a path. A vendor's entries may have any path, so only certain mistakes are
 * usage errors: an empty name, one given twice, and a misspelt column that is not a known path of `provider`. `people` stands for the
 * columns for people.
 */
export function parseColumns(
  text: string,
  provider: Provider,
  {
    flag = COLUMNS_FLAG.flag,
    names: known = COLUMNS_FLAG.names,
    zone = UTC,
    orgs,
  }: Partial<ColumnsFlag & ColumnsWorld> = {},
): readonly Column[] {
  const names = text.split(',').map((name) => name.trim());
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (repeated !== undefined) throw usageError(`${flag} names ${repeated} twice`);
  return names.flatMap((name) => {
    if (flag === COLUMNS_FLAG.flag && name === PEOPLE) return peopleColumns(provider, { zone, ...(orgs && { orgs }) });
    if (flag === COLUMNS_FLAG.flag && name === LOCAL_TIME) return [localTime(zone)];
    return [parseColumn(name, provider, { flag, names: known })];
  });
}

/** The heading of the ids in a table or file, if it has them. */
export function idHeading(columns: readonly Column[]): string | undefined {
  return columns.find(({ field, name }) => field === 'id' && (name === 'id' || name === PEOPLE_ID))?.name;
}

/** The flag for columns, and the names that it knows besides paths. */
interface ColumnsFlag {
  readonly flag: string;
  readonly names: readonly string[];
}

const COLUMNS_FLAG: ColumnsFlag = { flag: '--columns', names: COLUMN_NAMES };

function parseColumn(name: string, provider: Provider, asked: ColumnsFlag): Column {
  const field = columnNames(provider).find((known) => known === name);
  if (field !== undefined) return fieldColumn(field, provider);
  const path = name.replace(/^\./, '');
  if (!isPath(path)) {
    throw usageError(
      name === '' ? `${asked.flag} has an empty name` : `${asked.flag}: "${name}" is not a path`,
      `Write names separated by commas, such as ${asked.flag} ${asked.names.includes('kind') ? 'actor,action' : 'time,action,actor.email'}\n${known(asked)}`,
    );
  }
  const near = path === name ? misspelt(name, provider, asked) : undefined;
  if (near === undefined) return { name, field: undefined, places: [path] };
  throw usageError(
    `column "${name}" does not exist`,
    `Did you mean ${near}? If entries do have a field ${name}, write .${name}\n${known(asked)}`,
  );
}

function fieldColumn(name: ColumnName, provider: Provider): Column {
  return { name, field: name, places: placesOf(provider).get(name) ?? [] };
}

function known({ flag, names }: ColumnsFlag): string {
  const isColumns = flag === COLUMNS_FLAG.flag;
  const all = [...new Set([...names, ...(isColumns ? [LOCAL_TIME, PEOPLE] : [])])];
  return `${isColumns ? 'Columns' : `Values of ${flag}`}: ${all.join(', ')}; and any path of the vendor's own entry`;
}

/** The column that `name` misspells, unless the vendor has a field with that name. */
function misspelt(name: string, provider: Provider, { names }: ColumnsFlag): string | undefined {
  const paths = [...placesOf(provider).values()].flat();
  if (paths.some((path) => path === name || path.startsWith(`${name}.`))) return undefined;
  const slip = names.find((column) => folded(column) === folded(name) || isOneSlip(name, column));
  if (slip !== undefined) return slip;
  const top = name.split('.')[0];
  return paths.some((path) => path.split('.')[0] === top) ? undefined : suggest(name, names);
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[._\s-]/g, '');
}

/** Whether one letter is missing, added or wrong, or two neighbours are swapped. */
function isOneSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length === 2 && right.length === 2) return left[0] === right[1] && left[1] === right[0];
  return left.length <= 1 && right.length <= 1;
}

/**
 * The paths where a vendor may have the value of each column, likeliest first; none for a column that is joined from several values, or is a word for
 * a code.
 */
function placesOf(provider: Provider): ReadonlyMap<ColumnName, readonly string[]> {
  const { fields } = provider;
  const action = isJoined(fields.action) || isCoded(fields.action) ? undefined : fields.action;
  const resources = fields.resource ?? [];
  const told = resources.map(({ type }) => (typeof type === 'object' ? type.path : undefined));
  const found: readonly [ColumnName, readonly Parameters<typeof pathList>[0][]][] = [
    ['id', [isJoined(fields.id) ? undefined : fields.id]],
    ['time', [fields.time]],
    ['action', [action]],
    ['actor.id', listOf(fields.actor).map(({ id }) => id)],
    ['actor.name', listOf(fields.actor).map(({ name }) => name)],
    ['actor.email', listOf(fields.actor).map(({ email }) => email)],
    ['target.id', listOf(fields.target).map(({ id }) => id)],
    ['target.email', listOf(fields.target).map(({ email }) => email)],
    ['resource.type', told],
    ['resource.id', resources.map(({ id }) => id)],
    ['resource.name', resources.map(({ name }) => name)],
    ['source', [fields.source]],
    ['ip', [fields.ip]],
    ['country', [fields.country]],
    ['user_agent', [fields.userAgent]],
    ['org.id', [fields.org?.id]],
    ['org.name', [fields.org?.name]],
    ['metadata', [fields.metadata]],
  ];
  return new Map(found.map(([column, paths]) => [column, [...new Set(paths.flatMap(pathList))]]));
}
