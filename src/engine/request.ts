import type { Entry } from '../event.js';
import type { WireFilter } from '../providers/provider.js';

/** One org and one set of server-side filters: what a sequence of pages is taken from. */
export interface Stream {
  readonly index: number;
  readonly org: string;
  readonly filters: Readonly<Partial<Record<WireFilter, string>>>;
}

/** Days as asked on the wire, `YYYY-MM-DD`, inclusive; undefined: no such parameter is sent. */
export interface Window {
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** The last instant wanted, epoch ms, where the last day is not over; for vendors that take instants. */
  readonly until?: number;
}

/** Which page of a window, in the vendor's way of paging. */
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
  /** The size is another than that of the pages before: a part of a page that could not be had whole, or the full size after it; see shrink.ts. */
  readonly isPart?: boolean;
}

/** A page, read to its end, checked whole, and sliced into entries. */
export interface Page {
  readonly entries: readonly Entry[];
  /** How many entries the server says match; undefined when it does not say, or not in a number that can be believed. */
  readonly count: number | undefined;
  /** The page after this one, for cursors and links. */
  readonly next: string | undefined;
  /** The server's own word whether there is more. */
  readonly more: boolean | undefined;
  /** The server's own word how many entries its pages hold; absent: it does not say. */
  readonly rowsPerPage?: number | undefined;
  /** The server's clock (else ours) when it answered, epoch ms. */
  readonly at: number;
  /** The org ids that the entries themselves carry; actions on organizations (`org.*`) may name others and are left out. */
  readonly orgs: ReadonlySet<string>;
  /** Where in the window there are rows that the server fails to give, from 0; see shrink.ts. */
  readonly unreadable: readonly number[];
  /** Why, in the same order. */
  readonly unreadableWhy?: readonly string[];
  /** How many entries were really asked for, where that is fewer than the walk wanted; for cursors and links, see shrink.ts. */
  readonly asked?: number;
  /** The status with which the server refused this page, which is not the first one, twice. There are no entries then; see refused.ts. */
  readonly refused?: number;
  /** The refusal in words. May quote the server: neutralise before showing. */
  readonly refusedWhy?: string;
  /** Why this organization's pages can no longer be had; see orgs.ts. */
  readonly lost?: string;
  /** For cursors and links: the answer does not even say that there is no page after it. */
  readonly silent?: boolean;
  /** The list of entries was null or left out. */
  readonly isListMissing?: boolean;
}

export type FetchPage = (ask: PageRequest) => Promise<Page>;

/** As `FetchPage`; `shrinkable`: a smaller page can be asked for where this one fails, so there is no need for patience, see `GetOptions`. */
export type FetchPart = (ask: PageRequest, shrinkable: boolean) => Promise<Page>;
