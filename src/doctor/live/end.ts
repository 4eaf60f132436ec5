import { pagingStyle } from '../../engine/paging.js';
import { isObject } from '../../json/is.js';
import type { Provider } from '../../providers/provider.js';
import type { LiveAnswer, LiveFinding, LiveQuestion, LiveRequests } from './ask.js';

/** Asks for the page after the last one, where an answer with all of a range still names one: whether the pages ever end. */
export async function judgeEnd(
  requests: LiveRequests,
  { paging }: Provider,
  question: LiveQuestion,
  { page, envelope }: LiveAnswer,
): Promise<readonly LiveFinding[]> {
  if (pagingStyle(paging).access !== 'chain' || paging.emptyEnds === true) return [];
  if (page?.next === undefined || page.more !== undefined || hasFlag(envelope)) return [];
  const after = await requests.ask({ ...question, place: { next: page.next } });
  if (after?.page?.next === undefined || after.page.entries.length > 0) return [];
  const text = 'the page after the last one is empty, and names a next page again: say "emptyEnds": true';
  return [{ path: '$.paging.emptyEnds', text }];
}

/** Whether an answer says false beside its entries, as a flag for more pages does: one that the file does not name is found elsewhere. */
function hasFlag(value: unknown, depth = 0): boolean {
  if (value === false) return true;
  return isObject(value) && depth < 3 && Object.values(value).some((inner) => hasFlag(inner, depth + 1));
}
