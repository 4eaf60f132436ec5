import { expect, test } from 'vitest';
import { footer, type ListedPage } from '../../../src/commands/say/footer.js';

const SHOWN: ListedPage = { rows: 50, limit: 50, page: 1, total: 1204, filteredHere: false };

test.each([
  ['the first page of many', {}, 'Showing 1–50 of 1,204. More: --page 2, or --all'],
  ['a later page', { page: 3 }, 'Showing 101–150 of 1,204. More: --page 4, or --all'],
  ['the last page', { page: 25, rows: 4 }, 'Showing 1,201–1,204 of 1,204.'],
  ['everything on one page', { rows: 12, total: 12 }, '12 events'],
  ['exactly one full page', { total: 50 }, '50 events'],
  ['one event', { rows: 1, total: 1 }, '1 event'],
  ['one of many', { rows: 1, limit: 1 }, 'Showing 1 of 1,204. More: --page 2, or --all'],
  ['nothing', { rows: 0, total: 0 }, 'no events match'],
  ['a page past the end', { rows: 0, page: 30 }, 'Page 30 is past the end. First page: --page 1'],
  ['all of it', { rows: 12_204, limit: undefined, total: 12_204 }, '12,204 events'],
  ['a full page after filters of ours', { filteredHere: true }, 'Showing 1–50. More: --page 2, or --all'],
  ['a short page after filters of ours', { filteredHere: true, rows: 7 }, '7 events'],
  ['the last page after filters of ours', { filteredHere: true, rows: 7, page: 2 }, 'Showing 51–57. No more events.'],
  ['a vendor that reports no count', { total: undefined }, 'Showing 1–50. More: --page 2, or --all'],
])('%s', (_, shown, text) => {
  expect(footer({ ...SHOWN, ...shown })).toBe(text);
});
