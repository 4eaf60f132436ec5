import { count } from './numbers.js';

export interface ListedPage {
  /** Number of rows shown. */
  readonly rows: number;
  /** Rows a page; undefined with `--all`. */
  readonly limit: number | undefined;
  /** From 1. */
  readonly page: number;
  /** Number of matching entries on the server; undefined if it reports none. */
  readonly total: number | undefined;
  /** Whether entries were filtered here: then `total` is not the number of rows. */
  readonly filteredHere: boolean;
}

/** The line below a list: which rows it shows, out of how many, and how to see more. */
export function footer({ rows, limit, page, total, filteredHere }: ListedPage): string {
  if (limit === undefined) return events(rows);
  const skipped = (page - 1) * limit;
  if (rows === 0) return page === 1 ? 'no events match' : `Page ${page} is past the end. First page: --page 1`;
  const known = filteredHere ? undefined : total;
  const last = skipped + rows;
  const full = rows >= limit;
  const more = known === undefined ? full : last < known;
  if (!more && page === 1) return events(rows);
  const rowsShown = rows === 1 ? count(last) : `${count(skipped + 1)}–${count(last)}`;
  const which = `${rowsShown}${known === undefined ? '' : ` of ${count(known)}`}`;
  if (more) return `Showing ${which}. More: --page ${page + 1}, or --all`;
  return known === undefined ? `Showing ${which}. No more events.` : `Showing ${which}.`;
}

function events(rows: number): string {
  return rows === 1 ? '1 event' : `${count(rows)} events`;
}
