import { summary } from '../../diff/show.js';
import type { Change } from '../../event.js';

/** Characters of a text that is shown as it is. */
const LONG = 120;
/** Characters to show on each side of a difference. */
const CONTEXT = 20;

/** Like `summary`, with a `…` for the equal beginning and end of two long texts. */
export function briefSummary(changes: readonly Change[]): string {
  return summary(changes.map(brief));
}

function brief(change: Change): Change {
  const { before, after } = change;
  if (typeof before !== 'string' || typeof after !== 'string' || before.length + after.length <= LONG) return change;
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const differing = (text: string) => {
    const [from, to] = [Math.max(0, head - CONTEXT), Math.min(text.length, text.length - tail + CONTEXT)];
    return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  };
  return { ...change, before: differing(before), after: differing(after) };
}
