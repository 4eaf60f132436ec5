import { serverError } from '../../errors.js';
import { isSamePage } from '../checks.js';
import { mayEndList } from '../count/caps.js';
import { lengthOf, type Page } from '../request.js';
import { emptyPage, NO_OVERLAP, shortOf } from '../words.js';
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
      doubt: emptyPage(count),
      isFinal: page.isListMissing === true,
    };
  if (state.overlaps && lengthOf(page) === 0) return { how: 'empty', doubt: NO_OVERLAP };
  return { how: 'empty' };
}

/** Some servers repeat their last page for all that come after it; others ignore which page is asked for. */
function afterRepeat(state: WalkState, page: Page, isTwice: boolean): WalkEnd | undefined {
  const { count, number, size } = state;
  if (state.isAllCounted) return { how: 'counted' };
  if (count === undefined && lengthOf(page) < (page.rowsPerPage ?? 0)) return { how: 'repeated' };
  if (count === undefined && isTwice && number > 1) return { how: 'repeated' };
  if (count === undefined && number === 1 && lengthOf(page) < size)
    return {
      how: 'repeated',
      doubt: 'the server returned its first page again as the second: there may be more events',
      isFinal: true,
    };
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
    return { how: 'told', doubt: 'the server reports more events, but no next page', isFinal: true };
  if (page.stuck !== undefined && !saysNoMore && !(countsLog && state.isAllCounted))
    return { how: 'told', doubt: page.stuck, isFinal: true };
  if (state.isOneAnswer && lengthOf(page) >= state.size && !(countsLog && state.isAllCounted))
    return { how: 'reach', doubt: FULL_ANSWER, isFinal: true };
  const isKnown = namesNext || saysNoMore || (countsLog && state.isAllCounted);
  return { how: isKnown ? 'told' : 'silent', ...doubtOf(state) };
}

const FULL_ANSWER = 'the answer is full and has no next page: there may be more events';

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
    return { how: 'repeated', doubt: 'a page links to itself as the next page', isFinal: true };
  }
  const isMoreDue = state.isShortOfCount || (page.more === true && !state.isAllCounted);
  const most = isMoreDue ? SPARE_PAGES : TWICE;
  if (empties + repeats < most) return undefined;
  if (repeats > 0) return { how: 'repeated', doubt: 'several cursors lead to the same page', isFinal: true };
  if (!isMoreDue) return { how: 'empty', ...doubtOf(state) };
  const why = state.isShortOfCount ? `reports ${count} events, of which ${rows} were received` : 'reports more events';
  return { how: 'empty', doubt: `${most} pages in a row were empty, but the server ${why}`, isFinal: true };
}

function doubtOf({ isShortOfCount, rows, count }: WalkState): { doubt?: string } {
  return isShortOfCount ? { doubt: shortOf(rows, count) } : {};
}

/** A server that goes back to its first page would never end. */
function beginsAgain({ stale, number, first }: WalkState, page: Page): WalkEnd | undefined {
  if (stale >= SPARE_PAGES)
    return { how: 'repeated', doubt: `${SPARE_PAGES} pages in a row held nothing new`, isFinal: true };
  if (number < 3 || first === undefined || !isSamePage(first, page)) return undefined;
  return { how: 'repeated', doubt: 'the server started again at its first page', isFinal: true };
}

/** After the server has refused a page that is not the first. */
export function endAfterRefusal(state: WalkState, status: number): WalkEnd {
  const { count, number, before, longest, size } = state;
  const what = `the server rejects page ${number + 1} (HTTP ${status})`;
  // A 404 may pass; other statuses are limits.
  if (state.isShortOfCount)
    return { how: 'refused', doubt: `${what}, but reports ${count} events`, isFinal: status !== 404 };
  if (count === undefined && before?.more === true)
    return { how: 'refused', doubt: `${what}, but reported more events`, isFinal: status !== 404 };
  if (count !== undefined && mayEndList(count) && !NO_SUCH_PAGE.has(status))
    return { how: 'refused', doubt: `${what}, and may not count beyond ${count} events`, isFinal: true };
  // Several pages show how long a full one is.
  const isLastShort = (before?.entries.length ?? 0) < (number > 1 ? longest : size);
  if (count !== undefined || NO_SUCH_PAGE.has(status) || isLastShort) return { how: 'refused' };
  return { how: 'refused', doubt: `${what}: the pages after it could not be read`, isFinal: true };
}
