import { rowsDue } from '../engine/checks.js';
import { orderOf } from '../engine/order.js';
import type { Page } from '../engine/request.js';
import { EXIT } from '../errors.js';
import type { Provider } from '../providers/provider.js';
import { formatInstant } from '../time.js';
import { type Diagnosis, entriesOf, failure, fine, grouped, quoted, skipped, warning } from './diagnosis.js';
import type { SeenPage } from './requests.js';

/** Whether the log is sorted by time. */
export function judgeOrder(name: string, pages: readonly Page[]): Diagnosis {
  const times = pages.flatMap(({ entries }) => entries.map(({ time }) => time));
  const valid = new Set(times.filter((time) => !Number.isNaN(time)));
  const invalid = times.filter(Number.isNaN).length;
  const orders = new Set(pages.map(({ entries }) => orderOf(entries)).filter((order) => order !== 'unknown'));
  if (orders.has('mixed') || orders.size > 1)
    return warning(
      name,
      'the entries are not in order of time',
      'Nothing to do: list, show and tail read whole days and sort them, which takes more requests',
    );
  if (invalid > 0)
    return warning(
      name,
      `${grouped(invalid)} of ${entriesOf(times.length)} have no time that can be read`,
      'These stay where the server puts them; --from and --to cannot choose among them. Is this the right --provider?',
    );
  if (valid.size < 2) return skipped(name, 'cannot tell: there are fewer than two times to compare');
  if (orders.has('oldest-first')) return fine(name, 'oldest first: list, show and tail read the log from its end');
  return fine(name, `newest first; the newest entry is of ${formatInstant(Math.max(...valid))}`);
}

/** Whether ids are unique. */
export function judgeIds(name: string, provider: Provider, pages: readonly Page[]): Diagnosis {
  if (provider.fields.id === undefined)
    return skipped(name, `${provider.title}'s entries have none: equal ones are told apart by their place`);
  const entries = pages.flatMap((page) => page.entries);
  if (entries.length === 0) return skipped(name, 'cannot tell: there are no entries');
  const twice = pages.map(repeatedId).find((id) => id !== undefined);
  if (twice !== undefined)
    return failure(
      name,
      EXIT.unreconciled,
      `the id ${quoted(twice)} is on one page twice`,
      'Exports cannot be reconciled and exit 3. Report it to the vendor',
    );
  const missing = entries.filter(({ id }) => id === undefined).length;
  if (missing > 0)
    return warning(
      name,
      `${grouped(missing)} of ${entriesOf(entries.length)} have none`,
      'Their text is used instead. Check that this is the right --provider',
    );
  return fine(name, 'every entry has its own');
}

function repeatedId({ entries }: Page): string | undefined {
  const known = new Set<string>();
  for (const { id } of entries) {
    if (id === undefined) continue;
    if (known.has(id)) return id;
    known.add(id);
  }
  return undefined;
}

/** Whether the server counts, and whether its counts equal the entries it returns. `seen`: pages with the counts of their windows, the first page of the log first. */
export function judgeCount(name: string, provider: Provider, seen: readonly SeenPage[]): Diagnosis {
  const { total } = provider;
  if (total === undefined) return skipped(name, `${provider.title} reports no count to compare exports with`);
  const whole = seen[0]?.page.count;
  if (whole === undefined)
    return failure(
      name,
      EXIT.unreconciled,
      `the server reports no count (${'header' in total ? `header ${total.header}` : `"${total.path}" in the answer`})`,
      'Exports cannot be reconciled and exit 3. Is a proxy removing headers, or is this the wrong --provider?',
    );
  // `judgePageSize` reports a server that returns more than was asked for.
  const counted = seen.filter(({ page, size }) => page.count !== undefined && page.entries.length <= size);
  const wrong = counted.find((one) => one.page.entries.length !== due(one));
  if (wrong !== undefined)
    return failure(
      name,
      EXIT.unreconciled,
      `the server reports ${entriesOf(wrong.page.count as number)}, but a page that should have ${grouped(due(wrong))} of them has ${grouped(wrong.page.entries.length)}`,
      'Run doctor again. If this stays, exports cannot be reconciled and exit 3',
    );
  const proof = counted.filter((one) => due(one) < one.size).map(({ page }) => page.count as number);
  if (proof.length === 0) return fine(name, `${entriesOf(whole)}; no range was short enough to count for ourselves`);
  return fine(name, `${entriesOf(whole)}; exact where we counted for ourselves (${grouped(Math.max(...proof))})`);
}

/** The entries that this page should have by the count. */
function due({ page, start, size }: SeenPage): number {
  return rowsDue(page.count ?? 0, size, 1 + start / size);
}
