import { lookOf } from '../../terminal/lookalike.js';
import { KIND_NAMES } from './detail.js';
import { byId, make } from './dom.js';
import { AT, type PageRow } from './row.js';

/** The height of a row in the style. */
const ROW = 34;
/** Rows to draw beyond the visible ones. */
const SPARE = 12;

/** Draws only the visible rows, however many there are. */
export function openTable(rows: readonly PageRow[], onOpen: (at: number, row: HTMLElement) => void) {
  const viewport = byId('viewport');
  const table = byId<HTMLTableElement>('table');
  const body = byId<HTMLTableSectionElement>('rows');
  let shown: Uint32Array = new Uint32Array();
  /** The row that keys move, by its position among those shown. */
  let active = 0;
  let drawn = '';
  const isShared = sharedNames(rows);

  const visible = () => {
    const first = Math.max(0, Math.floor(viewport.scrollTop / ROW) - SPARE);
    const count = Math.ceil(viewport.clientHeight / ROW) + SPARE * 2;
    return { first, last: Math.min(shown.length, first + count) };
  };
  const spacer = (height: number) => {
    const line = make('tr', { class: 'spacer', 'aria-hidden': 'true' }, make('td', { colspan: '6' }));
    line.style.height = `${height}px`;
    return line;
  };
  const draw = (isForced = false): void => {
    const { first, last } = visible();
    const now = `${first} ${last}`;
    if (!isForced && now === drawn) return;
    drawn = now;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.at : undefined;
    const lines = [spacer(first * ROW)];
    for (let at = first; at < last; at += 1)
      lines.push(lineOf(rows[shown[at]!]!, at, { isActive: at === active, isShared }));
    lines.push(spacer((shown.length - last) * ROW));
    body.replaceChildren(...lines);
    if (focused !== undefined) find(Number(focused))?.focus({ preventScroll: true });
  };
  const find = (at: number) => body.querySelector<HTMLElement>(`tr[data-at="${at}"]`) ?? undefined;
  const move = (to: number, takesFocus = true): HTMLElement | undefined => {
    active = Math.max(0, Math.min(shown.length - 1, to));
    const top = active * ROW;
    const head = table.tHead?.offsetHeight ?? 0;
    if (top < viewport.scrollTop) viewport.scrollTop = top;
    else if (top + ROW + head > viewport.scrollTop + viewport.clientHeight)
      viewport.scrollTop = top + ROW + head - viewport.clientHeight;
    draw(true);
    const line = find(active);
    if (takesFocus) line?.focus({ preventScroll: true });
    return line;
  };

  viewport.addEventListener('scroll', () => draw(), { passive: true });
  window.addEventListener('resize', () => draw());
  body.addEventListener('click', (event) => {
    const line = (event.target as Element).closest<HTMLElement>('tr[data-at]');
    if (line === null) return;
    active = Number(line.dataset.at);
    onOpen(active, line);
  });
  body.addEventListener('keydown', (event) => {
    const page = Math.max(1, Math.floor(viewport.clientHeight / ROW) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: shown.length - 1,
    };
    const to = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOpen(active, find(active) ?? body);
    }
  });
  return {
    show(found: Uint32Array): void {
      shown = found;
      active = 0;
      viewport.scrollTop = 0;
      table.setAttribute('aria-rowcount', String(found.length + 1));
      draw(true);
    },
    /** Makes another row active, and returns its index among all rows. */
    step(by: number): number | undefined {
      if (shown.length === 0) return undefined;
      move(active + by, false);
      return shown[active];
    },
    indexAt: (at: number) => shown[at],
    active: () => find(active),
  };
}

function lineOf(
  row: PageRow,
  at: number,
  { isActive, isShared }: { readonly isActive: boolean; readonly isShared: (name: string) => boolean },
): HTMLTableRowElement {
  const kind = KIND_NAMES[row[AT.kind]] ?? 'other';
  const line = make(
    'tr',
    { 'data-at': String(at), 'aria-rowindex': String(at + 2), tabindex: isActive ? '0' : '-1' },
    make('td', { class: 'c-time' }, row[AT.local]),
    make('td', { class: 'c-who' }, row[AT.who], ...(isShared(row[AT.who]) ? [make('small', {}, row[AT.account])] : [])),
    make('td', { class: 'c-what' }, make('span', { class: `swatch s-${kind}` }), row[AT.label]),
    make('td', { class: 'c-on' }, row[AT.on]),
    make('td', { class: 'c-changed' }, changedText(row)),
    make('td', { class: 'c-from' }, row[AT.place]),
  );
  return line;
}

function changedText(row: PageRow): string {
  return row[AT.changes]
    .slice(0, 4)
    .map(([path, before, after]) =>
      before === null && after === null
        ? path
        : `${path === '' ? '' : `${path}: `}${(before ?? '').slice(0, 80)} → ${(after ?? '').slice(0, 80)}`,
    )
    .join('; ');
}

/** Opens a function that says whether several accounts share a name, or have names that look alike. */
function sharedNames(rows: readonly PageRow[]): (name: string) => boolean {
  const accounts = new Map<string, string>();
  const looks = new Map<string, string>();
  const known = (name: string): string => {
    const look = looks.get(name) ?? lookOf(name);
    looks.set(name, look);
    return look;
  };
  const shared = new Set<string>();
  for (const row of rows) {
    const account = row[AT.account];
    const look = known(row[AT.who]);
    const other = accounts.get(look);
    if (other === undefined) accounts.set(look, account);
    else if (other !== account) shared.add(look);
  }
  return (name) => shared.has(known(name));
}
