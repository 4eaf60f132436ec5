import { isFirstPlace, type PagingStyle } from '../paging.js';
import type { FetchPart, Page, PageRequest } from '../request.js';
import { noContentAt, refusalOf } from './fault.js';

/**
 * Some servers refuse the page after the last one instead of sending an empty one. Asks such a page again, and then gives a page without
 * entries that says so (`refused`). Whether that is the end is for the walk to decide: other servers refuse to go further although
 * there is more. The first page is never past the end, and a cursor or link never is: their refusals stay errors. An answer without content
 * (204) is an empty page wherever it comes.
 */
export function refusing(fetch: FetchPart, style: PagingStyle): FetchPart {
  return async (ask, shrinkable) => {
    try {
      return await fetch(ask, shrinkable);
    } catch (error) {
      const at = noContentAt(error);
      if (at !== undefined) return { ...NOTHING, orgs: new Set(), at, isListMissing: true };
      if (style.access === 'chain') throw error;
      if (isFirstPlace(style, ask.place) || refusalOf(error) === undefined) throw error;
      return askedAgain(fetch, ask, shrinkable);
    }
  };
}

async function askedAgain(fetch: FetchPart, ask: PageRequest, shrinkable: boolean): Promise<Page> {
  try {
    return await fetch(ask, shrinkable);
  } catch (error) {
    const refused = refusalOf(error);
    if (refused === undefined || !(error instanceof Error)) throw error;
    return { ...noPage(refused), refusedWhy: error.message };
  }
}

/** A page that the server refused with this status. */
export function noPage(refused: number): Page {
  return { ...NOTHING, orgs: new Set(), refused };
}

const NOTHING = { entries: [], count: undefined, next: undefined, more: undefined, at: 0, unreadable: [] } as const;
