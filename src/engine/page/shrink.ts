import type { PagingStyle } from '../paging.js';
import type { FetchPage, FetchPart } from '../request.js';
import { openChained } from './chained.js';
import { openParts } from './parts.js';
import { openSizer } from './sizer.js';

/**
 * Asks for smaller pages where a page is too large an answer, or where the server answers 500 to it again and again: one entry that cannot
 * be had must not take the others with it.
 *
 * - Pages by number and by offset are put together again from smaller ones, so that the walk gets what it asked for; see parts.ts. An
 *   entry that fails alone is named in the page's `unreadable`, never skipped in silence.
 * - Behind a cursor or a link a smaller page is an answer of its own, and leads on by itself; see chained.ts. An entry that fails alone
 *   cannot be passed there: that is an error, which names the place.
 *
 * The size that worked is remembered for the pages that follow, and grows again.
 */
export function shrinking(fetch: FetchPart, style: PagingStyle): FetchPage {
  const pace = openSizer();
  return style.access === 'chain' ? openChained(fetch, style, pace) : openParts(fetch, style, pace);
}
