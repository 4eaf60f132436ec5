import { isSamePage } from '../engine/checks.js';
import type { Page } from '../engine/request.js';
import { EXIT } from '../errors.js';
import { type Diagnosis, entriesOf, failure, fine, grouped, skipped, warning } from './diagnosis.js';
import { countOf, type Refused, type SeenPage, saysMore } from './requests.js';

/** Whether a page of the largest documented size is returned whole. `newest`: the first page of the log. */
export function judgePageSize(name: string, newest: SeenPage): Diagnosis {
  const { page, size } = newest;
  const rows = page.entries.length;
  const fact = `asked for ${size}, got ${grouped(rows)}`;
  if (rows > size) return warning(name, fact, 'Nothing to do: all of them are read');
  if (rows === size) return fine(name, fact);
  if (countOf(newest) === rows && !saysMore(page))
    return skipped(name, `cannot tell: the log holds only ${entriesOf(rows)}`);
  if (rows > 0) return warning(name, fact, 'Reading takes more requests than it should');
  return failure(
    name,
    EXIT.unreconciled,
    `the first page is empty, but the server reports ${page.count === undefined ? 'more entries' : entriesOf(page.count)}`,
    'Run doctor again. If this stays, no export can be complete: report it to the vendor',
  );
}

/** What the server answers to a page size one above the largest documented. */
export function judgeLargerPage(name: string, largest: number, answer: SeenPage | Refused): Diagnosis {
  const asked = largest + 1;
  if ('status' in answer) {
    if (answer.status < 500) return fine(name, `${asked} are refused (${answer.status})`);
    return warning(name, `${asked} make the server fail (${answer.status})`, 'Nothing to do: they are never asked for');
  }
  const rows = answer.page.entries.length;
  if (rows >= asked) return fine(name, `asked for ${asked}, got ${grouped(rows)}: more than the documented ${largest}`);
  if (rows === largest) return fine(name, `asked for ${asked}, got ${rows}`);
  if (countOf(answer) === rows && !saysMore(answer.page))
    return skipped(name, `${asked} are not refused; the log holds only ${entriesOf(rows)}`);
  return warning(name, `asked for ${asked}, got ${rows}`, 'Nothing to do: they are never asked for');
}

/** What comes after the last page. `last`: the page that should be the last, if it had to be read. */
export function judgePastTheEnd(
  name: string,
  newest: SeenPage,
  beyond: SeenPage | Refused,
  last: SeenPage | undefined,
): Diagnosis {
  const harmless = 'Nothing to do: the count says where to stop';
  if ('status' in beyond) return warning(name, `a page after the last is an error (${beyond.status})`, harmless);
  const { entries, count } = beyond.page;
  if (entries.length === 0) return fine(name, 'a page after the last is empty');
  if (last !== undefined && last.start > 0 && isSamePage(newest.page, last.page))
    return failure(
      name,
      EXIT.server,
      'every page is the same: the server ignores the page number',
      'Only the newest entries can be read. If this is the right --provider, report it to the vendor',
    );
  if (last !== undefined && sharesRow(last.page, beyond.page))
    return warning(name, 'a page after the last repeats earlier entries', harmless);
  return failure(
    name,
    EXIT.unreconciled,
    `entries follow ${count === undefined ? 'the last page' : `the ${grouped(count)} that the server reports`}`,
    'The count is capped or wrong: ask for shorter ranges (--from, --to), whose counts may be right',
  );
}

function sharesRow(page: Page, other: Page): boolean {
  return page.entries.some(({ raw }) => other.entries.some((entry) => entry.raw.equals(raw)));
}
