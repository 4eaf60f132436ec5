import { serverError } from '../../errors.js';
import { isSamePage } from '../checks.js';
import { mayEndList } from '../count/caps.js';
import { lengthOf, type Page } from '../request.js';
import type { WalkEnd } from './options.js';
import { SAME_PAGE, SPARE_PAGES, type WalkState } from './state.js';

const TWICE = 2;
/** The statuses that say that a page does not exist. */
const NO_SUCH_PAGE: ReadonlySet<number> = new Set([404, 416]);

/** Whether a page was the last one; undefined: the walk goes on. */
export function endAfter(reached: WalkState, page: Page, isNew: boolean): WalkEnd | undefined {
  if (reached.isChained) return isNew ? afterChained(reached, page) : afterNothingChained(reached, page);
  return isNew ? afterNumbered(reached, page) : afterNothing(reached, page);
}

/** After new rows, where pages have places of their own. */
function afterNumbered(reached: WalkState, page: Page): WalkEnd | undefined {
  const again = beginsAgain(reached, page);
  if (again !== undefined || page.more === true || reached.isShortOfCount) return again;
  const isShort = reached.isShort(page);
  if (reached.count === undefined) return isShort && page.more === false ? { how: 'told' } : undefined;
  const isAllOnOnePage = reached.number === 1 && reached.learned.countsLog && lengthOf(page) < reached.size;
  return isShort || isAllOnOnePage ? { how: 'counted' } : undefined;
}

/** After a page without new rows, where pages have places of their own. */
function afterNothing(reached: WalkState, page: Page): WalkEnd | undefined {
  const { count, empties, repeats } = reached;
  const isTwice = empties + repeats >= TWICE;
  if (repeats > 0) return afterRepeat(reached, page, isTwice);
  if (page.more === true && !isTwice) return undefined;
  if (reached.isShortOfCount)
    return {
      how: 'empty',
      doubt: `an empty page where the server counts ${count}`,
      isFinal: page.isListMissing === true,
    };
  if (reached.overlaps && lengthOf(page) === 0)
    return { how: 'empty', doubt: 'two pages that should share an entry do not' };
  return { how: 'empty' };
}

/** A server may give its last page again for all that come after it; or it ignores which page is asked for. */
function afterRepeat(reached: WalkState, page: Page, isTwice: boolean): WalkEnd | undefined {
  const { count, number, size } = reached;
  if (reached.isAllCounted) return { how: 'counted' };
  if (count === undefined && lengthOf(page) < (page.rowsPerPage ?? 0)) return { how: 'repeated' };
  if (count === undefined && isTwice && number > 1) return { how: 'repeated' };
  if (count === undefined && number === 1 && lengthOf(page) < size)
    return { how: 'repeated', doubt: 'the page after the first is the first again: there may be more', isFinal: true };
  if (isTwice) throw serverError(SAME_PAGE);
  return undefined;
}

/** After new rows, where each page names the next one. */
function afterChained(reached: WalkState, page: Page): WalkEnd | undefined {
  const again = beginsAgain(reached, page);
  if (again !== undefined) return again;
  const saysNoMore = page.more === false && !reached.isMoreWrong;
  if (saysNoMore && !reached.isShortOfCount && !isDoubtfulWord(reached, page)) return { how: 'told' };
  if (page.next !== undefined) return undefined;
  if (page.more === true)
    return { how: 'told', doubt: 'the server says that there is more, but names no next page', isFinal: true };
  const { namesNext, countsLog } = reached.learned;
  const isKnown = namesNext || saysNoMore || (countsLog && reached.isAllCounted);
  return { how: isKnown ? 'told' : 'silent', ...doubtOf(reached) };
}

/**
 * Whether a no to there being more may come of a page that is shorter than was asked for, by a server that caps its pages: only on the first
 * page, as the pages before them tell later ones apart. Then the page that it names shows it.
 */
function isDoubtfulWord(reached: WalkState, page: Page): boolean {
  const isShorter = page.entries.length < reached.size && !reached.isShort(page);
  reached.isConfirming = reached.number === 1 && page.next !== undefined && isShorter;
  return reached.isConfirming;
}

/** After a page without new rows, where each page names the next one. */
function afterNothingChained(reached: WalkState, page: Page): WalkEnd | undefined {
  const { repeats, empties, count, rows } = reached;
  if (reached.isConfirming) return { how: 'told', ...doubtOf(reached) };
  if (page.next === undefined) return { how: 'empty', ...doubtOf(reached) };
  if (reached.knows(page.next)) {
    if (repeats === 0) return { how: 'empty', ...doubtOf(reached) };
    if (reached.isAllCounted) return { how: 'counted' };
    return { how: 'repeated', doubt: 'a page names itself as the next one', isFinal: true };
  }
  const isMoreDue = reached.isShortOfCount || (page.more === true && !reached.isAllCounted);
  const most = isMoreDue ? SPARE_PAGES : TWICE;
  if (empties + repeats < most) return undefined;
  if (repeats > 0) return { how: 'repeated', doubt: 'cursors lead to the same page again', isFinal: true };
  if (!isMoreDue) return { how: 'empty', ...doubtOf(reached) };
  const why = reached.isShortOfCount ? `counts ${count}, and ${rows} were read` : 'says that there is more';
  return { how: 'empty', doubt: `${most} empty pages in a row, and the server ${why}`, isFinal: true };
}

function doubtOf({ isShortOfCount, rows, count }: WalkState): { doubt?: string } {
  return isShortOfCount ? { doubt: `the pages end after ${rows} entries where the server counts ${count}` } : {};
}

/** A server that comes round to its first page again would never end. */
function beginsAgain({ stale, number, first }: WalkState, page: Page): WalkEnd | undefined {
  if (stale >= SPARE_PAGES)
    return { how: 'repeated', doubt: `${SPARE_PAGES} pages in a row went no further`, isFinal: true };
  if (number < 3 || first === undefined || !isSamePage(first, page)) return undefined;
  return { how: 'repeated', doubt: 'the server began again with its first page', isFinal: true };
}

/** After the server has refused a page that is not the first. */
export function endAfterRefusal(reached: WalkState, status: number): WalkEnd {
  const { count, number, before, longest, size } = reached;
  const what = `the server refuses page ${number + 1} (${status})`;
  // A 404 may pass; the others are limits.
  if (reached.isShortOfCount)
    return { how: 'refused', doubt: `${what} where it counts ${count} entries`, isFinal: status !== 404 };
  if (count === undefined && before?.more === true)
    return { how: 'refused', doubt: `${what} after it said that there is more`, isFinal: status !== 404 };
  if (count !== undefined && mayEndList(count) && !NO_SUCH_PAGE.has(status))
    return { how: 'refused', doubt: `${what}, and may count no further than ${count} entries`, isFinal: true };
  // Where there are several pages, they show how long a full one is.
  const isLastShort = (before?.entries.length ?? 0) < (number > 1 ? longest : size);
  if (count !== undefined || NO_SUCH_PAGE.has(status) || isLastShort) return { how: 'refused' };
  return { how: 'refused', doubt: `${what}: what follows could not be read`, isFinal: true };
}
