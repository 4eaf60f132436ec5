import type { Entry } from '../../event.js';
import type { Paging } from '../../providers/provider.js';
import type { OrderSeen } from '../order.js';
import { pagingStyle } from '../paging.js';
import type { FetchPage, Page, Stream, Window } from '../request.js';

/** What the answers of a server have shown. All walks of a run add to it. */
export interface Learned {
  /** An answer has a field for the next page. */
  namesNext: boolean;
  /** A count was larger than its page: counts are those of the log. */
  countsLog: boolean;
  /** Counts are those of their pages. */
  countsPages: boolean;
  /** The rows of the longest page that begins at the time of an entry. */
  longest: number;
}

export function nothingLearned(): Learned {
  return { namesNext: false, countsLog: false, countsPages: false, longest: 0 };
}

/** What walking needs of the world. */
export interface WalkTools {
  readonly fetch: FetchPage;
  readonly paging: Paging;
  readonly learned: Learned;
}

/** The pages to walk through. */
export interface WalkOptions {
  readonly stream: Stream;
  readonly window: Window;
  /** Rows to ask for with each page. */
  readonly size: number;
  /** The first page, if it was read already. */
  readonly first?: Page | undefined;
  /** The row to begin at, from 0; a multiple of `size` if pages are numbered. */
  readonly startRow?: number;
  /** Asks for the last row of each page again with the next one, if pages can begin at any row. */
  readonly isOverlapping?: boolean;
}

/** A page with new rows. */
export interface PageStep {
  readonly page: Page;
  /** The page with new rows before it. */
  readonly before: Page | undefined;
  /** Its entries, without those that have no id and were pushed here from the page before by new ones. */
  readonly entries: readonly Entry[];
  /** The position of its first new row in the window, from 0. */
  readonly start: number;
  /** The order of the rows before it. */
  readonly order: OrderSeen;
  /** It should begin with the last row of the page before. */
  readonly isOverlapping: boolean;
}

/** How a walk ended. */
export interface WalkEnd {
  /** `reach`: there may be more, and its pages cannot be asked for. `silent`: no field for a next page; a further request shows whether that is the end. */
  readonly how: 'counted' | 'empty' | 'told' | 'silent' | 'repeated' | 'refused' | 'lost' | 'reach';
  /** Why there may be more. */
  readonly doubt?: string;
  /** Walking again would end in the same doubt. */
  readonly isFinal?: boolean;
}

/** The first page of a window. */
export function pageOne(
  { fetch, paging }: Pick<WalkTools, 'fetch' | 'paging'>,
  stream: Stream,
  window: Window,
  size: number,
): Promise<Page> {
  return fetch({ stream, window, place: pagingStyle(paging).first, size });
}
