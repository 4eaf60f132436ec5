import { byId, grouped, make } from './dom.js';
import { pretty } from './pretty.js';
import { AT, type PageRow } from './row.js';

/** Maximum characters of an entry to show at once: a longer one would block the browser. */
const SHOWN = 60_000;

/** Opens the dialog that shows an event in full, with keys for the previous and the next one. */
export function openDetail(entryOf: (index: number) => Promise<string>, step: (by: number) => void) {
  const dialog = byId<HTMLDialogElement>('detail');
  let current = -1;
  let opener: HTMLElement | undefined;
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (event.target instanceof HTMLElement && event.target.closest('pre') !== null) return;
      event.preventDefault();
      step(event.key === 'ArrowDown' ? 1 : -1);
    }
  });
  dialog.addEventListener('close', () => opener?.focus({ preventScroll: true }));
  return {
    isOpen: () => dialog.open,
    show(row: PageRow, index: number, from: HTMLElement | undefined): void {
      current = index;
      opener = from ?? opener;
      const entry = make('pre', { tabindex: '0', 'aria-label': 'The whole entry' }, 'Unpacking…');
      const close = make('button', { type: 'button', class: 'close' }, 'Close');
      close.addEventListener('click', () => dialog.close());
      const before = make('button', { type: 'button' }, 'Newer');
      const after = make('button', { type: 'button' }, 'Older');
      before.addEventListener('click', () => step(-1));
      after.addEventListener('click', () => step(1));
      const facts = FACTS.flatMap(([name, read]) => {
        const text = read(row);
        return text === '' ? [] : [make('div', {}, make('dt', {}, name), make('dd', {}, text))];
      });
      dialog.replaceChildren(
        make('div', { class: 'tools' }, before, after, close),
        make('h3', { id: 'detail-title', class: `t-${KIND_NAMES[row[AT.kind]] ?? 'other'}` }, row[AT.label]),
        make('dl', { class: 'facts' }, ...facts),
        ...changesOf(row),
        make('h4', {}, 'The whole entry'),
        entry,
      );
      if (!dialog.open) dialog.showModal();
      close.focus();
      void entryOf(index).then((text) => {
        if (current !== index) return;
        fill(entry, text);
      });
    },
  };
}

export const KIND_NAMES: readonly string[] = ['create', 'update', 'delete', 'other'];

const FACTS: readonly (readonly [name: string, read: (row: PageRow) => string])[] = [
  ['When', (row) => row[AT.local]],
  ['Who', (row) => (row[AT.account] === '' ? row[AT.who] : `${row[AT.who]} <${row[AT.account]}>`)],
  ['On', (row) => row[AT.on]],
  ['Action', (row) => row[AT.action]],
  ['Category', (row) => row[AT.category]],
  ['From', (row) => row[AT.place]],
  ['With', (row) => row[AT.device]],
  ['Source', (row) => row[AT.source]],
  ['Id', (row) => row[AT.id]],
];

function changesOf(row: PageRow): readonly HTMLElement[] {
  const changes = row[AT.changes];
  if (changes.length === 0) return [];
  const cell = (tag: 'del' | 'ins', text: string | null) =>
    make('td', {}, text === null ? 'not in the entry' : make(tag, {}, text));
  const rows = changes.map(([path, before, after]) =>
    make('tr', {}, make('th', { scope: 'row' }, path === '' ? 'value' : path), cell('del', before), cell('ins', after)),
  );
  const head = ['Field', 'Old', 'New'].map((name) => make('th', { scope: 'col' }, name));
  return [
    make('h4', {}, 'Changed'),
    make('table', { class: 'changes' }, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows)),
  ];
}

function fill(entry: HTMLElement, text: string): void {
  if (text.length <= SHOWN) {
    entry.textContent = pretty(text);
    return;
  }
  entry.textContent = pretty(text.slice(0, SHOWN));
  const all = make('button', { type: 'button' }, `Show all ${grouped(text.length)} characters`);
  all.addEventListener('click', () => {
    entry.textContent = pretty(text);
    all.remove();
  });
  entry.after(all);
}
