import { expect, test } from 'vitest';
import { footer, type ListedPage } from '../../../src/commands/say/footer.js';

const SHOWN: ListedPage = { rows: 50, limit: 50, page: 1, total: 1204, filteredHere: false };

test.each([
  ['the first page of many', {}, '1–50 of 1,204. See more: --page 2, -n 100, --all'],
  ['a later page', { page: 3 }, '101–150 of 1,204. See more: --page 4, -n 100, --all'],
  ['the last page', { page: 25, rows: 4 }, '1,201–1,204 of 1,204, the last'],
  ['everything on one page', { rows: 12, total: 12 }, '12 events'],
  ['exactly one full page', { total: 50 }, '50 events'],
  ['one event', { rows: 1, total: 1 }, '1 event'],
  ['one of many', { rows: 1, limit: 1 }, '1 of 1,204. See more: --page 2, -n 2, --all'],
  ['nothing', { rows: 0, total: 0 }, 'no events match'],
  ['a page past the end', { rows: 0, page: 30 }, 'page 30 is past the end; the pages before it may hold events'],
  ['all of it', { rows: 12_204, limit: undefined, total: 12_204 }, '12,204 events'],
  [
    'a full page after filters of ours',
    { filteredHere: true },
    '1–50; there may be more. See more: --page 2, -n 100, --all',
  ],
  ['a short page after filters of ours', { filteredHere: true, rows: 7 }, '7 events'],
  ['the last page after filters of ours', { filteredHere: true, rows: 7, page: 2 }, '51–57, the last'],
  ['a vendor that tells no count', { total: undefined }, '1–50; there may be more. See more: --page 2, -n 100, --all'],
])('%s', (_, shown, text) => {
  expect(footer({ ...SHOWN, ...shown })).toBe(text);
});
