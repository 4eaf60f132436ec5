import { checkSeam, sharesRow } from '../checks.js';
import type { Page } from '../request.js';
import type { PageStep } from '../walk/options.js';
import { SPARE_PAGES } from '../walk/state.js';
import { Walk } from '../walk/walk.js';
import { NO_OVERLAP } from '../words.js';
import type { Pass } from './pass.js';

/** Positions of entries that came during the pass: before all others. */
const HEAD = -1_000_000;

/** Reads the pages of a pass one after the other. If the count rose, reads the head again. */
export async function readInSequence(pass: Pass, first: Page | undefined): Promise<void> {
  const { stream, window, size } = pass.reach;
  const walk = new Walk(pass.tools, { stream, window, size, first, isOverlapping: true });
  for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
    pass.seeCount(step.page);
    spoilAtSeam(pass, step);
    pass.take(step.page, step.entries, step.start, walk.order === 'oldest-first');
  }
  pass.lost = walk.lost;
  pass.isBeyondReach = walk.end?.how === 'reach';
  if (walk.end?.isFinal === true) pass.doubt ??= walk.end.doubt;
  else pass.spoil(walk.end?.doubt);
  if (walk.number === 0 && walk.lost === undefined) seeEmptyLog(pass, walk);
  if (pass.isGrown && walk.order !== 'oldest-first' && walk.lost === undefined) await topUp(pass);
}

/** The count of an empty log is on a page without entries. */
function seeEmptyLog(pass: Pass, { count, firstAnswer }: Walk): void {
  pass.at = firstAnswer?.at ?? 0;
  pass.count = count;
  pass.isCountTold = count !== undefined;
}

function spoilAtSeam(pass: Pass, { before, page, order, isOverlapping }: PageStep): void {
  if (before === undefined) return;
  if (isOverlapping) {
    if (!sharesRow(before, page)) pass.spoil(NO_OVERLAP);
    return;
  }
  // New entries at the head push known ones onto the next page: that repeats them, and loses none.
  if (!pass.isGrown) pass.spoil(checkSeam(before, page, order));
}

/** Reads from the head until a known entry appears: entries that came during the pass are there. */
async function topUp(pass: Pass): Promise<void> {
  const { stream, window, size, entries } = pass.reach;
  entries.startAgain();
  const walk = new Walk(pass.tools, { stream, window, size });
  for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
    pass.seeCount(step.page);
    const fresh = pass.take(step.page, step.entries, step.start + HEAD, false);
    if (fresh < step.entries.length) return;
    if (walk.number > SPARE_PAGES) return pass.spoil('new events arrive faster than they can be read');
  }
  pass.lost = walk.lost;
}
