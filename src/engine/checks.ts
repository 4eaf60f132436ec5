import { isOn, type OrderSeen, orderOf } from './order.js';
import { lengthOf, type Page } from './request.js';
import { pageShort } from './words.js';

/** The rows of page `page` (from 1) in a log of `count` rows, in pages of `size`. */
export function rowsDue(count: number, size: number, page: number): number {
  return Math.max(0, Math.min(size, count - (page - 1) * size));
}

/** What is wrong with the number of rows on a page of at most `size` that should have `due`. */
export function checkFilled(page: Page, size: number, due: number): string | undefined {
  const rows = lengthOf(page);
  if (rows > size) return `a page has ${rows} events, but ${size} were requested`;
  return rows === due ? undefined : pageShort(rows, due);
}

/** What is wrong between a page and the next one, in a log with this order. */
export function checkSeam(page: Page, next: Page, order: OrderSeen): string | undefined {
  if (isSamePage(page, next)) return 'two pages hold the same events';
  const last = lastTime(page);
  const first = firstTime(next);
  if (last === undefined || first === undefined) return undefined;
  if (order === 'newest-first' && first > last)
    return 'a page starts with a newer event than the last one of the page before';
  if (order === 'oldest-first' && first < last)
    return 'a page starts with an older event than the last one of the page before';
  return undefined;
}

/** Whether a count cannot be that of its page. One more than the page may only mean that there is more. */
export function countsBeyond(page: Page): boolean {
  return page.count !== undefined && page.count > lengthOf(page) + 1;
}

export function isSamePage(a: Page, b: Page): boolean {
  if (a.entries.length === 0 || a.entries.length !== b.entries.length) return false;
  return a.entries.every((entry, index) => entry.raw.equals(b.entries[index]?.raw as Buffer));
}

/** Whether a page ends with an entry of the page before, and so went no further: the server may ignore which page is asked for while entries come. */
export function endsInside(before: Page, page: Page): boolean {
  const last = page.entries.at(-1);
  return last?.id !== undefined && before.entries.some(({ id, time }) => id === last.id && Object.is(time, last.time));
}

function firstTime(page: Page): number | undefined {
  return page.entries.find((entry) => !Number.isNaN(entry.time))?.time;
}

function lastTime(page: Page): number | undefined {
  return page.entries.findLast((entry) => !Number.isNaN(entry.time))?.time;
}

/** The page without those of its first rows, at most `most`, that have no id and also end the page before: new entries pushed them here. */
export function withoutOverlap(before: Page, page: Page, most: number): Page {
  if (most === 0 || page.entries[0]?.id !== undefined) return page;
  const older = before.entries;
  if (most === 1 && isMixed(before)) return withoutShared(before, page);
  for (let shared = Math.min(most, older.length, page.entries.length); shared > 0; shared -= 1) {
    const tail = older.slice(-shared);
    if (tail.every(({ raw }, at) => raw.equals(page.entries[at]!.raw)))
      return { ...page, entries: page.entries.slice(shared) };
  }
  return page;
}

/** If a page is not sorted, the row that the next page shares may be any of them. */
function withoutShared(before: Page, page: Page): Page {
  const shared = page.entries.findIndex((entry) => isOn(before.entries, entry));
  return shared < 0 ? page : { ...page, entries: page.entries.toSpliced(shared, 1) };
}

/** Whether a page has the last row of the page before; any row of it if that page is not sorted. */
export function sharesRow(before: Page, page: Page): boolean {
  const last = before.entries.at(-1);
  if (last === undefined) return true;
  const shared = isMixed(before) ? before.entries : [last];
  return page.entries.some((entry) => isOn(shared, entry));
}

function isMixed({ entries }: Page): boolean {
  return orderOf(entries) === 'mixed';
}
