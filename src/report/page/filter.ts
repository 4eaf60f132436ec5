import { AT, type PageRow } from './row.js';

/** The filter of the rows. */
export interface RowFilter {
  /** Lower-case words, all of which must be found. */
  readonly words: readonly string[];
  /** Index of the kind; undefined: any. */
  readonly kind: number | undefined;
  readonly category: string;
  readonly person: string;
  /** Bits of a section; 0: any. */
  readonly sections: number;
}

/** The person of a row, identified by account. */
export function personOf(row: PageRow): string {
  return row[AT.account] === '' ? row[AT.who] : row[AT.account];
}

/** The text to search. */
export function haystackOf(row: PageRow): string {
  const changes = row[AT.changes].map(([path, before, after]) => `${path} ${before ?? ''} ${after ?? ''}`);
  return [...row.slice(AT.local, AT.local + 1), ...row.slice(AT.label, AT.sections), ...changes]
    .join('\n')
    .toLowerCase();
}

/** The indexes of the rows that match, in the order of `order`. */
export function matching(
  rows: readonly PageRow[],
  haystacks: (index: number) => string,
  order: Uint32Array,
  { words, kind, category, person, sections }: RowFilter,
): Uint32Array {
  const found = new Uint32Array(order.length);
  let count = 0;
  for (const index of order) {
    const row = rows[index]!;
    if (kind !== undefined && row[AT.kind] !== kind) continue;
    if (sections !== 0 && (row[AT.sections] & sections) === 0) continue;
    if (category !== '' && row[AT.category] !== category) continue;
    if (person !== '' && personOf(row) !== person) continue;
    if (words.length > 0) {
      const text = haystacks(index);
      if (!words.every((word) => text.includes(word))) continue;
    }
    found[count] = index;
    count += 1;
  }
  return found.subarray(0, count);
}

/** The columns of the table, and the sort key of each. */
const SORTED_BY: readonly ((row: PageRow) => string | number)[] = [
  (row) => row[AT.time] ?? Number.NEGATIVE_INFINITY,
  (row) => row[AT.who],
  (row) => row[AT.label],
  (row) => row[AT.on],
  (row) => row[AT.changes].map(([path]) => path).join(),
  (row) => row[AT.place],
];

/** All indexes, sorted by a column. Equal rows stay newest first. */
export function sorted(rows: readonly PageRow[], column: number, isDescending: boolean): Uint32Array {
  const order = Uint32Array.from(rows, (_, at) => at);
  // The rows of the file are newest first.
  if (column === 0) return isDescending ? order : order.reverse();
  const keys = rows.map((row) => SORTED_BY[column]!(row));
  const sign = isDescending ? -1 : 1;
  return order.sort((a, b) => {
    const [one, other] = [keys[a]!, keys[b]!];
    return one < other ? -sign : one > other ? sign : a - b;
  });
}
