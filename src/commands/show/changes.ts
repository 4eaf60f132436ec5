import type { ChalkInstance } from 'chalk';
import { isBare, shownValue } from '../../diff/show.js';
import type { Change } from '../../event.js';

/** `role: member → admin` on one line if it is short, else the lines that differ, old and new. `show`: makes a text safe to print. */
export function changeLines(
  changes: readonly Change[],
  { red, green, dim }: ChalkInstance,
  show: (text: string) => string,
): string[] {
  return changes.flatMap((change) => {
    const name = change.path === '' ? 'value' : show(change.path);
    if (isBare(change)) return [`  ${name}`];
    const [before, after] = [shownValue(change.before), shownValue(change.after)];
    if (!`${before}${after}`.includes('\n') && before.length + after.length <= SHORT)
      return [`  ${name}  ${red(show(before))} → ${green(show(after))}`];
    const { head, old, now, tail } = differing(before.split('\n'), after.split('\n'));
    const same = (lines: number) =>
      lines === 0 ? [] : [dim(`    … ${lines} ${lines === 1 ? 'line' : 'lines'} the same`)];
    return [
      `  ${name}`,
      ...same(head),
      ...old.map((line) => red(`    - ${show(line)}`)),
      ...now.map((line) => green(`    + ${show(line)}`)),
      ...same(tail),
    ];
  });
}

/** Two values of together this many cells fit on one line. */
const SHORT = 60;

/** The lines between those at the beginning and at the end that are the same. */
function differing(before: readonly string[], after: readonly string[]) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { head, tail, old: before.slice(head, before.length - tail), now: after.slice(head, after.length - tail) };
}
