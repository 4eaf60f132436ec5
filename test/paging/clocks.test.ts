import { describe, expect, test } from 'vitest';
import { NOW } from '../helpers/world.js';
import { newest, outcomeOf, outcomeOfUse, whole } from './commands.js';
import { isRight, summaryOf } from './judge.js';
import { makeLog, type Row } from './log.js';
import { failIf } from './table.js';
import { nameOf, type Vendor } from './vendor.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SKEWS = [-3 * DAY, -5 * HOUR, -10 * MINUTE, 10 * MINUTE, 5 * HOUR, 3 * DAY] as const;
const STYLES = ['page from 1', 'offset', 'cursor', 'link header'] as const;
const BACK = 36 * HOUR;

const servers = STYLES.flatMap((style) =>
  (['exact count', 'no count'] as const).flatMap((count) =>
    SKEWS.map((skew): Vendor => ({ style, count, cap: 50, order: 'newest first', skew })),
  ),
);

const since =
  (start: number) =>
  (rows: readonly Row[]): readonly Row[] =>
    rows.filter(({ time }) => time >= start);

describe("a relative time goes by the server's clock, or a warning says that the clocks differ", () => {
  for (const vendor of servers) {
    const { skew = 0 } = vendor;
    const log = makeLog(260, NOW + skew);
    for (const [line, use] of [
      ['list -n 100 --from 36h --format ndjson', newest],
      ['export --from 36h --format ndjson', whole],
    ] as const) {
      test(`${line}: ${nameOf(vendor)}`, async () => {
        const outcome = await outcomeOfUse(use(line, since(NOW + skew - BACK)), { vendor, log, looks: 1 });
        const ours = { ...outcome, wanted: since(NOW - BACK)(log).map(({ id }) => id) };
        if (isRight(outcome)) return;
        const isWarned = /clock/.test(outcome.ran.stderr);
        const given = [...ours.given].sort();
        expect([isWarned, given], summaryOf(outcome)).toEqual([true, [...ours.wanted].sort()]);
      });
    }
  }
});

describe('clocks that differ change nothing without a relative time', () => {
  for (const command of ['list --all', 'show --latest', 'export', 'tail', 'collect'] as const) {
    for (const vendor of servers) {
      test(`${command}: ${nameOf(vendor)}`, async () => {
        const outcome = await outcomeOf(command, vendor, makeLog(260, NOW + (vendor.skew ?? 0)));
        failIf(isRight(outcome) ? undefined : summaryOf(outcome));
      });
    }
  }
});
