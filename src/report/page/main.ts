import { eventsFile, openEntries, readRows } from './data.js';
import { openDetail } from './detail.js';
import { byId, grouped, make } from './dom.js';
import { haystackOf, matching, personOf, sorted } from './filter.js';
import { AT, type PageRow } from './row.js';
import { openTable } from './table.js';

/** Maximum number of people to list; the search finds the others. */
const MOST_PEOPLE = 500;

async function start(): Promise<void> {
  const rows = await readRows();
  const browser = byId('browser');
  const [search, kind, category] = [byId<HTMLInputElement>('search'), select('kind'), select('category')];
  const [person, section] = [select('person'), select('section')];
  const texts: (string | undefined)[] = new Array(rows.length);
  const textOf = (index: number): string => {
    texts[index] ??= haystackOf(rows[index]!);
    return texts[index];
  };
  let sort = { column: 0, isDescending: true };
  let order = sorted(rows, 0, true);
  const detail = openDetail(openEntries(), (by) => {
    const index = table.step(by);
    if (index !== undefined) detail.show(rows[index]!, index, table.active());
  });
  const table = openTable(rows, (at, line) => {
    const index = table.indexAt(at);
    if (index !== undefined) detail.show(rows[index]!, index, line);
  });
  const update = (): void => {
    const found = matching(rows, textOf, order, {
      words: search.value
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== ''),
      kind: kind.value === '' ? undefined : Number(kind.value),
      category: category.value,
      person: person.value,
      sections: Number(section.value),
    });
    table.show(found);
    byId('found').textContent =
      found.length === rows.length
        ? `${grouped(rows.length)} events`
        : `${grouped(found.length)} of ${grouped(rows.length)} events`;
  };

  fillChoices(
    category,
    counts(rows, (row) => row[AT.category]),
  );
  fillChoices(person, counts(rows, personOf).slice(0, MOST_PEOPLE));
  const form = search.form!;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', update);
  form.addEventListener('reset', () => setTimeout(update));
  for (const button of document.querySelectorAll<HTMLButtonElement>('#table thead button'))
    button.addEventListener('click', () => {
      const column = Number(button.dataset.column);
      sort = { column, isDescending: sort.column === column ? !sort.isDescending : column === 0 };
      order = sorted(rows, sort.column, sort.isDescending);
      for (const other of document.querySelectorAll<HTMLElement>('#table thead th'))
        other.setAttribute('aria-sort', 'none');
      button.parentElement?.setAttribute('aria-sort', sort.isDescending ? 'descending' : 'ascending');
      update();
    });
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a.script')) {
    link.hidden = false;
    link.addEventListener('click', () => {
      form.reset();
      const option = section.querySelector<HTMLOptionElement>(`[data-name="${link.dataset.section ?? ''}"]`);
      section.value = option?.value ?? '';
      update();
    });
  }
  browser.hidden = false;
  byId('save').addEventListener('click', () => void save());
  update();
  prepare(rows.length, textOf);
}

/** Makes the texts for searching while the browser is idle. */
function prepare(count: number, textOf: (index: number) => string): void {
  let at = 0;
  const some = (): void => {
    const end = Math.min(count, at + 2000);
    for (; at < end; at += 1) textOf(at);
    if (at < count) setTimeout(some);
  };
  setTimeout(some);
}

/** Saves the events as they were exported, for other programs. */
async function save(): Promise<void> {
  const url = URL.createObjectURL(await eventsFile());
  make('a', { href: url, download: 'events.ndjson' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function select(id: string): HTMLSelectElement {
  return byId<HTMLSelectElement>(id);
}

/** Values with their counts, most first. */
function counts(rows: readonly PageRow[], read: (row: PageRow) => string): readonly (readonly [string, number])[] {
  const found = new Map<string, number>();
  for (const row of rows) {
    const value = read(row);
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return [...found].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
}

function fillChoices(list: HTMLSelectElement, values: readonly (readonly [string, number])[]): void {
  list.append(
    ...values.map(([value, count]) =>
      make('option', { value }, `${value.length > 60 ? `${value.slice(0, 60)}…` : value} (${grouped(count)})`),
    ),
  );
}

start().catch((error: unknown) => {
  const trouble = byId('trouble');
  trouble.hidden = false;
  trouble.textContent =
    typeof DecompressionStream === 'undefined'
      ? 'This browser cannot unpack the events. Everything above is complete; for the table use a newer browser.'
      : `The table could not be shown: ${error instanceof Error ? error.message : 'the events are damaged'}.`;
});
