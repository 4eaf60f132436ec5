import type { ChalkInstance } from 'chalk';
import { isBare, shownValue } from '../../diff/show.js';
import type { Change } from '../../event.js';
import { width } from '../../terminal/text.js';

/** `role: member → admin` on one line if it is short, else the lines that differ, old and new. `show` makes a text safe to print. */
export function changeLines(
  changes: readonly Change[],
  { red, green, dim }: ChalkInstance,
  show: (text: string) => string,
): string[] {
  const named = changes.map((change) => ({ change, name: change.path === '' ? 'value' : show(change.path) }));
  const widest = named.reduce((most, { change, name }) => (isShort(change) ? Math.max(most, width(name)) : most), 0);
  return named.flatMap(({ change, name }) => {
    if (isBare(change)) return [`  ${name}`];
    const [before, after] = [shownValue(change.before), shownValue(change.after)];
    if (isShort(change)) {
      const space = ' '.repeat(Math.max(0, Math.min(widest, WIDEST_NAME) - width(name)));
      return [`  ${dim(name)}${space}  ${red(show(before))} → ${green(show(after))}`];
    }
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

/** Two values fit on one line if they have at most this many cells together. */
const SHORT = 60;
/** Cells to which names are aligned. */
const WIDEST_NAME = 32;

/** Whether a change fits on one line. */
function isShort(change: Change): boolean {
  const [before, after] = [shownValue(change.before), shownValue(change.after)];
  return !isBare(change) && !`${before}${after}`.includes('\n') && before.length + after.length <= SHORT;
}

/** The lines between those at the beginning and at the end that are the same. */
function differing(before: readonly string[], after: readonly string[]) {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { head, tail, old: before.slice(head, before.length - tail), now: after.slice(head, after.length - tail) };
}
