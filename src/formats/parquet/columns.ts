import { usageError } from '../../errors.js';
import type { Provider } from '../../providers/provider.js';
import { allColumns, type Column } from '../../view.js';

/** A column of a Parquet file. */
export interface ParquetColumn {
  /** Needs no quotes in SQL: `actor_id` for `actor.id`. */
  readonly name: string;
  readonly kind: ParquetKind;
  /** Undefined: the entry's own text. */
  readonly column: Column | undefined;
}

/** `json` and `raw` are texts that are never compared or counted. */
export type ParquetKind = 'time' | 'text' | 'json' | 'raw';

/** The column of the entry's own text. */
export const RAW = 'raw';

/**
 * The columns of a Parquet file: those of `--columns`, where `raw` is the entry's own text, or else all common columns and `raw`. Throws
 * a usage error if two names differ only in case, which SQL ignores.
 */
export function parquetColumns(provider: Provider, chosen?: readonly Column[]): readonly ParquetColumn[] {
  const columns = chosen === undefined ? [...allColumns(provider), RAW_PATH] : chosen;
  const found = columns.map((column) => ({ asked: column.name, ...toParquet(column) }));
  for (const [at, { name, asked }] of found.entries()) {
    const same = found.slice(0, at).find((other) => other.name.toLowerCase() === name.toLowerCase());
    if (same !== undefined)
      throw usageError(
        `--columns: ${same.asked} and ${asked} are both named ${name}`,
        'Leave out one of them: raw holds the whole entry',
      );
  }
  return found.map(({ name, kind, column }) => ({ name, kind, column }));
}

const RAW_PATH: Column = { name: RAW, field: undefined, places: [RAW] };

function toParquet(column: Column): ParquetColumn {
  if (column.name === RAW) return { name: RAW, kind: 'raw', column: undefined };
  return { name: column.name.replace(/^\./, '').replaceAll('.', '_'), kind: kindOf(column), column };
}

function kindOf({ field }: Column): ParquetKind {
  if (field === 'time') return 'time';
  return field === 'metadata' || field === 'extra' ? 'json' : 'text';
}
