import { quotable } from '../../http/messages/server.js';
import type { ApiResponse } from '../../http/send.js';
import type { BatchRow } from '../shared/batch.js';
import { asObject, jsonOf } from '../shared/json.js';

/** The results of one `_bulk` request. */
export interface BulkOutcome {
  readonly created: number;
  /** Existed already, as the same entry. */
  readonly known: number;
  /** Refused for now: to be sent again. */
  readonly again: readonly BatchRow[];
  /** Rejected documents, which would be rejected again. */
  readonly refused: readonly RefusedDocument[];
}

export interface RefusedDocument {
  readonly row: BatchRow;
  readonly status: number;
  /** Such as `mapper_parsing_exception`. Untrusted text, as is the reason. */
  readonly type: string;
  readonly reason: string;
}

/** Statuses of a document that is worth sending again. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

type Quoted = Pick<ApiResponse, 'body' | 'scrub'>;

/** Whether documents replace older ones, or are only created. */
export type BulkAction = 'index' | 'create';

/** Reads the answer to a request that wrote `rows`. Undefined when it is another kind of answer, or lacks a result. */
export function readBulkAnswer(
  response: Quoted,
  rows: readonly BatchRow[],
  action: BulkAction,
): BulkOutcome | undefined {
  const items = jsonOf(response.body)?.items;
  if (!Array.isArray(items) || items.length !== rows.length) return undefined;
  let created = 0;
  let known = 0;
  const again: BatchRow[] = [];
  const refused: RefusedDocument[] = [];
  for (const [at, row] of rows.entries()) {
    const item = asObject(asObject(items[at])?.[action]);
    const status = item?.status;
    if (typeof status !== 'number') return undefined;
    if (status === 200 || status === 201) created += 1;
    else if (status === 409) known += 1;
    else if (PASSING.has(status)) again.push(row);
    else refused.push({ row, status, ...reasonOf(response, item?.error) });
  }
  return { created, known, again, refused };
}

/** Adds the cause: `failed to parse field [x]` alone does not say what is wrong with it. */
function reasonOf(response: Quoted, error: unknown): { readonly type: string; readonly reason: string } {
  if (typeof error === 'string') return { type: '', reason: quotable(response, error) };
  const { type, reason, caused_by: cause } = asObject(error) ?? {};
  const outer = typeof reason === 'string' ? reason : '';
  const inner = asObject(cause)?.reason;
  const words = typeof inner === 'string' && inner !== outer ? `${outer}: ${inner}` : outer;
  return { type: typeof type === 'string' ? quotable(response, type, 100) : '', reason: quotable(response, words) };
}
