import type { BatchRow } from '../shared/batch.js';
import { jsonOf, objectOf } from '../shared/json.js';

/** What became of the documents of one `_bulk` request. */
export interface BulkOutcome {
  readonly created: number;
  /** There already, under the same id and so with the same bytes. */
  readonly known: number;
  /** Not taken for the moment. */
  readonly again: readonly BatchRow[];
  /** The first that will never be taken as it is, and how many there are. */
  readonly refused: { readonly first: Refusal; readonly count: number } | undefined;
}

export interface Refusal {
  readonly row: BatchRow;
  readonly status: number;
  /** Such as `mapper_parsing_exception`. Untrusted text, as is the reason. */
  readonly type: string;
  readonly reason: string;
}

/** Statuses of a document that pass. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Reads the answer to a request that created `rows`; undefined when it is no such answer, or is not about each of them. */
export function readBulkAnswer(body: Buffer, rows: readonly BatchRow[]): BulkOutcome | undefined {
  const items = jsonOf(body)?.items;
  if (!Array.isArray(items) || items.length !== rows.length) return undefined;
  let created = 0;
  let known = 0;
  const again: BatchRow[] = [];
  const refused: Refusal[] = [];
  for (const [at, row] of rows.entries()) {
    const item = objectOf(objectOf(items[at])?.create);
    const status = item?.status;
    if (typeof status !== 'number') return undefined;
    if (status === 200 || status === 201) created += 1;
    else if (status === 409) known += 1;
    else if (PASSING.has(status)) again.push(row);
    else refused.push({ row, status, ...reasonOf(item?.error) });
  }
  const first = refused[0];
  return { created, known, again, refused: first && { first, count: refused.length } };
}

/** The innermost cause says most: `failed to parse field [x]` is caused by what is wrong with it. */
function reasonOf(error: unknown): { readonly type: string; readonly reason: string } {
  if (typeof error === 'string') return { type: '', reason: error.slice(0, 300) };
  const { type, reason, caused_by: cause } = objectOf(error) ?? {};
  const outer = typeof reason === 'string' ? reason : '';
  const inner = objectOf(cause)?.reason;
  const words = typeof inner === 'string' && inner !== outer ? `${outer}: ${inner}` : outer;
  return { type: typeof type === 'string' ? type.slice(0, 100) : '', reason: words.slice(0, 300) };
}
