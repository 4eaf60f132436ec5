import { describe, expect, test } from 'vitest';
import { loadShipped, SHIPPED } from '../../../src/providers/file/shipped.js';
import { coverageRow, IS_WRITING, type Outcomes, readCoverage, writeCoverage } from './coverage.js';
import { endingsOf, faultOf, USES } from './uses.js';

/** Tries every `of`-th vendor from the `at`-th on, so that the vendors can be shared among processes. */
export function tryVendors(at: number, of: number): void {
  describe.each(SHIPPED.filter((name, n) => n % of === at && (process.env.VENDORS ?? name).split(',').includes(name)))(
    '%s, against a server that its file describes',
    (name) => {
      const outcomes: Record<string, string | undefined> = {};

      test.each(USES)('%s gives the truth', async (use) => {
        outcomes[use] = await faultOf((await loadShipped(name))!, use);
        if (outcomes[use] !== undefined) expect.fail(outcomes[use]);
      });

      test.each(['doctor', 'check'] as const)('%s finds nothing wrong', async (use) => {
        const fault = await faultOf((await loadShipped(name))!, use);
        if (fault !== undefined) expect.fail(fault);
      });

      test('a range in which nothing happened is empty, however that is said', async () => {
        const file = (await loadShipped(name))!;
        for (const noEntries of ['null', 'left out'] as const) {
          const fault = await faultOf(file, 'quiet', { noEntries });
          if (fault !== undefined) expect.fail(`${noEntries}: ${fault}`);
        }
      });

      test('an export is whole, however the pages end', async () => {
        const file = (await loadShipped(name))!;
        for (const ending of endingsOf(file).slice(1)) {
          const fault = await faultOf(file, 'export', { ending });
          if (fault !== undefined) expect.fail(`the next page is ${ending}: ${fault}`);
        }
      });

      test('an export is whole where a page after the last one is a 404', async () => {
        const file = (await loadShipped(name))!;
        const isNumbered = ['page', 'offset'].includes(file.provider.paging.style);
        const fault = isNumbered ? await faultOf(file, 'export', { endsWith404: true }) : undefined;
        if (fault !== undefined) expect.fail(fault);
      });

      test('the coverage table says what was found', async () => {
        const { provider } = (await loadShipped(name))!;
        const row = coverageRow(provider, outcomes as Outcomes);
        if (IS_WRITING) writeCoverage(new Map([[name, row]]), SHIPPED);
        expect(readCoverage().get(name), 'run npm run providers').toBe(row);
      });
    },
  );
}
