import { describe, expect, test } from 'vitest';
import type { FetchPage } from '../../src/engine/request.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { canonical, DAY, HOUR, type LogRow, NOW, openLog, readLog, spread } from './log.js';

const { id: _, ...fields } = invent.fields;
const paged: Provider = { ...invent, fields };
const byOffset: Provider = { ...paged, paging: { style: 'offset', offset: 'offset', size: 'limit', max: 100 } };

/** Entries as they come from a vendor that numbers none: only their text tells them apart. */
function unnumbered(fetch: FetchPage): FetchPage {
  return async (ask) => {
    const page = await fetch(ask);
    return { ...page, entries: page.entries.map((entry) => ({ ...entry, id: undefined })) };
  };
}

async function newest(rows: readonly LogRow[], limit: number, options: Partial<Parameters<typeof openLog>[0]> = {}) {
  const log = openLog({ rows, ...options });
  const { text, verdict } = await readLog({ fetch: unnumbered(log.fetch) }, { provider: paged, limit, ties: 'server' });
  const lines = text.trimEnd().split('\n');
  return { ids: lines.map((line) => (JSON.parse(line) as LogRow).id), verdict };
}

async function read(rows: readonly LogRow[], options: Partial<Parameters<typeof openLog>[0]> = {}, provider = paged) {
  const log = openLog({ rows, ...options });
  const { text, verdict } = await readLog({ fetch: unnumbered(log.fetch) }, { provider });
  const ids = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as LogRow).id);
  return { ids, verdict, log };
}

const sorted = (ids: readonly string[]) => [...ids].sort();

describe('entries without ids', () => {
  test.each([
    ['pages', paged],
    ['offsets', byOffset],
  ])('are all told once, by %s', async (_, provider) => {
    for (const n of [1, 99, 100, 101, 730]) {
      const rows = spread(n, 100);
      const { ids, verdict } = await read(rows, {}, provider);
      expect(ids).toEqual(canonical(rows));
      expect(verdict).toMatchObject({ status: 'verified', counted: n });
    }
  });

  test.each([
    ['pages', paged],
    ['offsets', byOffset],
  ])('that are equal are both told, by %s', async (_, provider) => {
    const rows = spread(430, 100);
    const twice = [...rows, rows[100]!, rows[100]!, rows[330]!];
    const { ids, verdict } = await read(twice, {}, provider);
    expect(sorted(ids)).toEqual(sorted(canonical(twice)));
    expect(verdict).toMatchObject({ status: 'verified', counted: 433 });
  });

  test('of which one comes twice and another never are not taken for all of them', async () => {
    let clean = 0;
    for (let seed = 0; seed < 30; seed += 1) {
      const rows = spread(450, 90, NOW - 10 * DAY).map((row) => ({
        ...row,
        time: row.time - (row.time % (20 * HOUR)),
      }));
      const { ids, verdict } = await read(rows, { unstableTies: true });
      if (verdict.status !== 'verified') continue;
      clean += 1;
      expect(sorted(ids)).toEqual(sorted(canonical(rows)));
    }
    expect(clean).toBeLessThanOrEqual(30);
  });

  test('that are equal are both listed, also on two pages', async () => {
    const rows = spread(430, 100);
    const at = rows.length - 100;
    const { ids, verdict } = await newest([...rows, rows[at]!], 250);
    expect(ids).toEqual(canonical([...rows, rows[at]!]).slice(0, 250));
    expect(verdict.notes).toEqual([]);
  });

  test('that are listed while more keep coming are listed once', async () => {
    let n = 0;
    const { ids, verdict } = await newest(spread(430, 100), 250, {
      before: (_, live) => {
        n += 1;
        live.push({ id: `new${n}`, time: NOW + n });
      },
    });
    expect(new Set(ids).size).toBe(250);
    expect(verdict.notes).toEqual([]);
  });

  test('that keep coming while they are read are told once', async () => {
    let n = 0;
    const { ids, verdict, log } = await read(spread(350, 0.4), {
      before: (_, live) => {
        n += 1;
        if (n < 4) live.push({ id: `new${n}`, time: NOW + n });
      },
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(verdict).toMatchObject({ status: 'verified' });
    expect(sorted(ids)).toEqual(sorted(canonical(log.rows)));
  });
});
