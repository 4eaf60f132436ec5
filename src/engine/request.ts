import type { Entry } from '../event.js';
import type { WireFilter } from '../providers/provider.js';

/** One org, one of its logs and one set of server-side filters: a sequence of pages. */
export interface Stream {
  readonly index: number;
  readonly org: string;
  /** Where a vendor has several; see providers/logs.ts. */
  readonly log?: string;
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
}

/** Days as asked on the wire, `YYYY-MM-DD`, inclusive; undefined: no such parameter is sent. */
export interface Window {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last instant wanted, epoch ms, if the last day is not over; for vendors that take instants. */
  readonly until?: number;
}

/** A position in the pages of a window, in the vendor's style of paging. */
export type Place =
  | { readonly page: number }
  | { readonly offset: number }
  /** A cursor, or a whole URL of a Link header; undefined: the first page. */
  | { readonly next: string | undefined };

export interface PageRequest {
  readonly stream: Stream;
  readonly window: Window;
  readonly place: Place;
  readonly size: number;
  /** The size differs from that of the pages before; see page/page.ts. */
  readonly isPart?: boolean;
}

/** A page, received to its end, checked whole, and sliced into entries. */
export interface Page {
  readonly entries: readonly Entry[];
  /** The number of entries that match, by the server; undefined if it gives none that can be believed. */
  readonly count: number | undefined;
  /** The page after this one, for cursors and links. */
  readonly next: string | undefined;
  /** Whether there is more, by the server's own flag. */
  readonly more: boolean | undefined;
  /** The size of its pages, by the server's own field. */
  readonly rowsPerPage?: number | undefined;
  /** The server's clock (else ours) when it answered, epoch ms. */
  readonly at: number;
  /** The org ids of the entries. Actions on organizations (`org.*`) may name others and are left out. */
  readonly orgs: ReadonlySet<string>;
  /** Entries that the server fails to return, by their position in the window from 0; see page/page.ts. */
  readonly unreadable: readonly number[];
  /** Why, in the same order. */
  readonly unreadableWhy?: readonly string[];
  /** The number of entries asked for, if fewer than the walk wanted; for cursors and links, see page/page.ts. */
  readonly asked?: number;
  /** The status with which the server refused this page twice. It is not the first page, and has no entries; see page/refused.ts. */
  readonly refused?: number;
  /** The reason of the rejection, as text. May quote the server: neutralise before showing. */
  readonly refusedWhy?: string;
  /** Why the organization's pages are no longer available; see orgs.ts. */
  readonly lost?: string;
  /** For cursors and links: the answer has no field for a next page. */
  readonly silent?: boolean;
  /** Why nothing leads on from here, although there may be more. */
  readonly stuck?: string;
  /** Why entries before this page may be missing. */
  readonly gap?: string;
  /** The next page begins at the time of an entry: entries of that instant come again. */
  readonly again?: SharedInstant;
  /** The list of entries was null or left out. */
  readonly isListMissing?: boolean;
}

/** Where a page begins that is asked for by the time of an entry. */
export interface SharedInstant {
  readonly towards: 'older' | 'newer';
  /** Entries of this time, epoch ms, and of those on its far side may have been on pages before. */
  readonly edge: number;
  /** The place behind all entries of that time, in case that they fill a page. */
  readonly beyond: string;
}

/** The number of entries of a page, unreadable ones included. */
export function lengthOf({ entries, unreadable }: Page): number {
  return entries.length + unreadable.length;
}

export type FetchPage = (request: PageRequest) => Promise<Page>;

/** As `FetchPage`; `shrinkable`: a smaller page can be asked for if this one fails, so there is no need for patience, see `GetOptions`. */
export type FetchPart = (request: PageRequest, shrinkable: boolean) => Promise<Page>;
