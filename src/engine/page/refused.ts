import { isFirstPlace, type PagingStyle } from '../paging.js';
import type { FetchPart, Page, PageRequest } from '../request.js';
import { noContentAt, refusalOf } from './fault.js';

/**
 * Some servers reject the page after the last one instead of sending an empty one. Such a page is requested again, and then becomes a page
 * without entries that says so (`refused`). The walk decides whether that is the end: other servers reject further pages although there are
 * more entries. Rejections of the first page, of a cursor or of a link stay errors. An answer without content (204) is an empty page
 * anywhere.
 */
export function refusing(fetch: FetchPart, style: PagingStyle): FetchPart {
  return async (request, shrinkable) => {
    try {
      return await fetch(request, shrinkable);
    } catch (error) {
      const at = noContentAt(error);
      if (at !== undefined) return { ...NOTHING, orgs: new Set(), at, isListMissing: true };
      if (style.access === 'chain') throw error;
      if (isFirstPlace(style, request.place) || refusalOf(error) === undefined) throw error;
      return askAgain(fetch, request, shrinkable);
    }
  };
}

async function askAgain(fetch: FetchPart, request: PageRequest, shrinkable: boolean): Promise<Page> {
  try {
    return await fetch(request, shrinkable);
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === undefined || !(error instanceof Error)) throw error;
    return { ...refusedPage(refused), refusedWhy: error.message };
  }
}

/** A page that the server refused with this status. */
export function refusedPage(refused: number): Page {
  return { ...NOTHING, orgs: new Set(), refused };
}

const NOTHING = { entries: [], count: undefined, next: undefined, more: undefined, at: 0, unreadable: [] } as const;
