import { pagingStyle } from '../../engine/paging.js';
import type { Provider } from '../../providers/provider.js';
import type { LiveAnswer, LiveFinding, LiveQuestion, LiveRequests } from './ask.js';

/** Asks for the page after the last one, where an answer with all of a range still names one: whether the pages ever end. */
export async function judgeEnd(
  requests: LiveRequests,
  { paging }: Provider,
  question: LiveQuestion,
  { page }: LiveAnswer,
): Promise<readonly LiveFinding[]> {
  if (pagingStyle(paging).access !== 'chain' || paging.emptyEnds === true) return [];
  if (page?.next === undefined || page.more !== undefined) return [];
  const after = await requests.ask({ ...question, place: { next: page.next } });
  if (after?.page?.next === undefined || after.page.entries.length > 0) return [];
  const text = 'the page after the last one is empty, and names a next page again: say "emptyEnds": true';
  return [{ path: '$.paging.emptyEnds', text }];
}
