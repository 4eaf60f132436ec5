import { faultOf } from '../http/fault.js';
import type { Ask, FetchPage, Page } from './ask.js';

/** More rows than this that cannot be read on one page are no bad rows, but a server that fails. */
const MOST = 2;

/**
 * Makes a page out of smaller ones when the server answers 500 to it again and again: one row that the server cannot give
 * must not take the others with it. A row that fails alone is named in the page's `unreadable`, never passed over in silence.
 * Only for vendors that page by number: there a smaller page size divides a page into whole smaller ones.
 */
export function shrinking(fetch: (ask: Ask, shrinkable: boolean) => Promise<Page>): FetchPage {
  const read = async (ask: Ask, whole: boolean): Promise<Page> => {
    const parts = 'page' in ask.place ? smallestFactor(ask.size) : undefined;
    const single = !whole && ask.size === 1;
    try {
      return await fetch(ask, parts !== undefined || single);
    } catch (error) {
      if (faultOf(error)?.status !== 500 || !('page' in ask.place)) throw error;
      if (single) return unreadableRow(ask.place.page - 1);
      if (parts === undefined) throw error;
      const size = ask.size / parts;
      const pages: Page[] = [];
      for (let part = 1; part <= parts; part += 1) {
        pages.push(await read({ ...ask, size, place: { page: (ask.place.page - 1) * parts + part } }, false));
        if (pages.reduce((sum, page) => sum + page.unreadable.length, 0) > MOST) throw error;
      }
      return joined(pages);
    }
  };
  return (ask) => read(ask, true);
}

function unreadableRow(place: number): Page {
  return {
    entries: [],
    count: undefined,
    next: undefined,
    more: undefined,
    at: 0,
    orgs: new Set(),
    unreadable: [place],
  };
}

/** Undefined when the size does not fall into a few equal parts. */
function smallestFactor(size: number): number | undefined {
  return [2, 3, 5, 7].find((factor) => size > 1 && size % factor === 0);
}

/** A row that cannot be read tells no count; where the others disagree, the page tells none. */
function joined(pages: readonly Page[]): Page {
  const counts = new Set(
    pages.flatMap(({ count, unreadable, entries }) => (entries.length === 0 && unreadable.length > 0 ? [] : [count])),
  );
  return {
    entries: pages.flatMap(({ entries }) => entries),
    count: counts.size === 1 ? [...counts][0] : undefined,
    next: undefined,
    more: undefined,
    at: Math.max(...pages.map(({ at }) => at)),
    orgs: new Set(pages.flatMap(({ orgs }) => [...orgs])),
    unreadable: pages.flatMap(({ unreadable }) => unreadable),
  };
}
