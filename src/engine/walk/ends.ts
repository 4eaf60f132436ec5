import { serverError } from '../../errors.js';
import { isSamePage } from '../checks.js';
import { mayEndList } from '../count/caps.js';
import { lengthOf, type Page } from '../request.js';
import type { WalkEnd } from './options.js';
import { SAME_PAGE, SPARE_PAGES, type WalkState } from './state.js';

const TWICE = 2;
/** The statuses that say that a page does not exist. */
const NO_SUCH_PAGE: ReadonlySet<number> = new Set([404, 416]);

/** How the walk ends after a page; undefined: it goes on. */
export function endAfter(state: WalkState, page: Page, isNew: boolean): WalkEnd | undefined {
  if (state.isChained) return isNew ? afterChained(state, page) : afterNothingChained(state, page);
  return isNew ? afterNumbered(state, page) : afterNothing(state, page);
}

/** After new rows of a numbered page. */
function afterNumbered(state: WalkState, page: Page): WalkEnd | undefined {
  const again = beginsAgain(state, page);
  if (again !== undefined || page.more === true || state.isShortOfCount) return again;
  const isShort = state.isShort(page);
  if (state.count === undefined) return isShort && page.more === false ? { how: 'told' } : undefined;
  const isAllOnOnePage = state.number === 1 && state.learned.countsLog && lengthOf(page) < state.size;
  return isShort || isAllOnOnePage ? { how: 'counted' } : undefined;
}

/** After a numbered page without new rows. */
function afterNothing(state: WalkState, page: Page): WalkEnd | undefined {
  const { count, empties, repeats } = state;
  const isTwice = empties + repeats >= TWICE;
  if (repeats > 0) return afterRepeat(state, page, isTwice);
  if (page.more === true && !isTwice && !state.emptyEnds) return undefined;
  if (state.isShortOfCount)
    return {
      how: 'empty',
      doubt: `an empty page where the server counts ${count}`,
      isFinal: page.isListMissing === true,
    };
  if (state.overlaps && lengthOf(page) === 0)
    return { how: 'empty', doubt: 'two pages that should share an entry do not' };
  return { how: 'empty' };
}

/** Some servers repeat their last page for all that come after it; others ignore which page is asked for. */
function afterRepeat(state: WalkState, page: Page, isTwice: boolean): WalkEnd | undefined {
  const { count, number, size } = state;
  if (state.isAllCounted) return { how: 'counted' };
  if (count === undefined && lengthOf(page) < (page.rowsPerPage ?? 0)) return { how: 'repeated' };
  if (count === undefined && isTwice && number > 1) return { how: 'repeated' };
  if (count === undefined && number === 1 && lengthOf(page) < size)
    return { how: 'repeated', doubt: 'the page after the first is the first again: there may be more', isFinal: true };
  if (isTwice) throw serverError(SAME_PAGE);
  return undefined;
}

/** After new rows of a page that names the next one. */
function afterChained(state: WalkState, page: Page): WalkEnd | undefined {
  const again = beginsAgain(state, page);
  if (again !== undefined) return again;
  const saysNoMore = page.more === false && !state.isMoreWrong;
  if (saysNoMore && !state.isShortOfCount && !isDoubtfulWord(state, page)) return { how: 'told' };
  if (page.next !== undefined) return undefined;
  const { namesNext, countsLog } = state.learned;
  if (page.more === true)
    return { how: 'told', doubt: 'the server says that there is more, but names no next page', isFinal: true };
  if (page.stuck !== undefined && !saysNoMore && !(countsLog && state.isAllCounted))
    return { how: 'told', doubt: page.stuck, isFinal: true };
  if (state.isOneAnswer && lengthOf(page) >= state.size && !(countsLog && state.isAllCounted))
    return { how: 'reach', doubt: FULL_ANSWER, isFinal: true };
  const isKnown = namesNext || saysNoMore || (countsLog && state.isAllCounted);
  return { how: isKnown ? 'told' : 'silent', ...doubtOf(state) };
}

const FULL_ANSWER = 'the one answer is as long as was asked for: there may be more';

/**
 * Whether "no more" may be wrong: of a page that is no shorter than those before it, by a server that caps its pages or says nothing else. Then the
 * page that it names shows it.
 */
function isDoubtfulWord(state: WalkState, page: Page): boolean {
  state.isConfirming = page.next !== undefined && !state.isShort(page);
  return state.isConfirming;
}

/** After a page without new rows, if each page names the next one. */
function afterNothingChained(state: WalkState, page: Page): WalkEnd | undefined {
  const { repeats, empties, count, rows } = state;
  const isEmptyEnd = state.emptyEnds && repeats === 0 && !state.isShortOfCount && page.more !== true;
  if (state.isConfirming || isEmptyEnd) return { how: 'told', ...doubtOf(state) };
  if (page.next === undefined) return { how: 'empty', ...doubtOf(state) };
  if (state.knows(page.next)) {
    if (repeats === 0) return { how: 'empty', ...doubtOf(state) };
    if (state.isAllCounted) return { how: 'counted' };
    return { how: 'repeated', doubt: 'a page names itself as the next one', isFinal: true };
  }
  const isMoreDue = state.isShortOfCount || (page.more === true && !state.isAllCounted);
  const most = isMoreDue ? SPARE_PAGES : TWICE;
  if (empties + repeats < most) return undefined;
  if (repeats > 0) return { how: 'repeated', doubt: 'cursors lead to the same page again', isFinal: true };
  if (!isMoreDue) return { how: 'empty', ...doubtOf(state) };
  const why = state.isShortOfCount ? `counts ${count}, and ${rows} were read` : 'says that there is more';
  return { how: 'empty', doubt: `${most} empty pages in a row, and the server ${why}`, isFinal: true };
}

function doubtOf({ isShortOfCount, rows, count }: WalkState): { doubt?: string } {
  return isShortOfCount ? { doubt: `the pages end after ${rows} entries where the server counts ${count}` } : {};
}

/** A server that goes back to its first page would never end. */
function beginsAgain({ stale, number, first }: WalkState, page: Page): WalkEnd | undefined {
  if (stale >= SPARE_PAGES)
    return { how: 'repeated', doubt: `${SPARE_PAGES} pages in a row went no further`, isFinal: true };
  if (number < 3 || first === undefined || !isSamePage(first, page)) return undefined;
  return { how: 'repeated', doubt: 'the server began again with its first page', isFinal: true };
}

/** After the server has refused a page that is not the first. */
export function endAfterRefusal(state: WalkState, status: number): WalkEnd {
  const { count, number, before, longest, size } = state;
  const what = `the server refuses page ${number + 1} (${status})`;
  // A 404 may pass; other statuses are limits.
  if (state.isShortOfCount)
    return { how: 'refused', doubt: `${what} where it counts ${count} entries`, isFinal: status !== 404 };
  if (count === undefined && before?.more === true)
    return { how: 'refused', doubt: `${what} after it said that there is more`, isFinal: status !== 404 };
  if (count !== undefined && mayEndList(count) && !NO_SUCH_PAGE.has(status))
    return { how: 'refused', doubt: `${what}, and may count no further than ${count} entries`, isFinal: true };
  // Several pages show how long a full one is.
  const isLastShort = (before?.entries.length ?? 0) < (number > 1 ? longest : size);
  if (count !== undefined || NO_SUCH_PAGE.has(status) || isLastShort) return { how: 'refused' };
  return { how: 'refused', doubt: `${what}: what follows could not be read`, isFinal: true };
}
