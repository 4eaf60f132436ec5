import type { Window } from './request.js';

/** Notes that several readers give. */
export const NO_COUNT = 'the server reported no count';
export const NO_OVERLAP = 'two pages that should overlap do not';

export function shortOf(received: number, reported: number | undefined): string {
  return `received ${received} events, but the server reports ${reported}`;
}

export function emptyPage(reported: number | undefined): string {
  return `a page was empty, but the server reports ${reported} events`;
}

export function pageShort(rows: number, due: number): string {
  return `a page has ${rows} events, but by the server's count it should have ${due}`;
}

export function countChanged(before: number | undefined, now: number | undefined): string {
  return `the log changed while it was being read (the count went from ${before} to ${now}): run the command again`;
}

/** Says which days a note is about. */
export function inDays(note: string, days: Window): string {
  const range = dayRange(days);
  return / the server reports \d+$/.test(note) ? `${note} for ${range}` : `${range}: ${note}`;
}

/** `2026-03-01 to 2026-03-09`; undefined: open. */
export function dayRange({ from, to }: Window): string {
  if (from === undefined) return to === undefined ? 'all days' : `days until ${to}`;
  if (to === undefined) return `days from ${from}`;
  return from === to ? from : `${from} to ${to}`;
}
