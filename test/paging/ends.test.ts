import { describe, test } from 'vitest';
import { type CommandName, outcomeOf } from './commands.js';
import { ENDS, type End } from './ends.js';
import { isRight, summaryOf, wrongIn } from './judge.js';
import { makeLog } from './log.js';
import { failIf, once } from './table.js';
import { nameOf, type Vendor } from './vendor.js';

const COMMANDS: readonly CommandName[] = ['list -n 120', 'list --all', 'export', 'tail', 'collect'];
/** The last page is short, or full. */
const sizeOf = ({ count, cap }: Vendor): number => ((count === 'no count') === (cap === 100) ? 260 : 300);

/** Every server that ends in this way. */
function serversOf(end: End): readonly Vendor[] {
  const caps = end.isCapped === true ? [50] : [100, 50];
  return end.styles.flatMap((style) =>
    (['exact count', 'no count'] as const).flatMap((count) =>
      caps.map((cap): Vendor => ({ style, count, cap, order: 'newest first', end })),
    ),
  );
}

for (const command of COMMANDS) {
  const cases = ENDS.flatMap((end) =>
    serversOf(end).map((vendor) => ({
      end,
      name: `${command}: ${nameOf(vendor)}, ${sizeOf(vendor)} entries`,
      outcome: once(() => outcomeOf(command, vendor, makeLog(sizeOf(vendor)))),
    })),
  );
  describe(`the end: ${command} is right, or names a reason`, () => {
    for (const { name, outcome } of cases) test(name, async () => failIf(wrongIn(await outcome())));
  });
  describe(`the end: ${command} ends with exit 0 where it is plain, and never where it cannot be known`, () => {
    for (const { name, outcome, end } of cases) {
      if (end.mayEnd === 'right or refused') continue;
      test(name, async () => {
        const result = await outcome();
        if (end.mayEnd === 'right') failIf(isRight(result) ? undefined : summaryOf(result));
        else failIf(result.ran.code === 0 && result.isRefusal !== true ? summaryOf(result) : undefined);
      });
    }
  });
}
