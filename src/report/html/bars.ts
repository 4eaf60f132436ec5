import { html, type Markup } from './markup.js';
import { grouped } from './words.js';

/** A row of a ranking. */
export interface BarRow {
  readonly name: string;
  readonly count: number;
  /** A class of colour. */
  readonly tint?: string;
}

export interface BarTable {
  readonly title: string;
  /** The heading of the names. */
  readonly what: string;
  readonly rows: readonly BarRow[];
  readonly total: number;
  /** Groups without a row, and their events. */
  readonly rest?: { readonly groups: number; readonly count: number };
}

/** A ranking: names, numbers, and a bar for each. */
export function barTable({ title, what, rows, total, rest }: BarTable): Markup {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const line = ({ name, count, tint = 'plain' }: BarRow) =>
    html`<tr><th scope="row">${name}</th><td class="meter"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="b-${tint}" width="${Math.max(0.6, Math.round((count / most) * 1000) / 10)}" height="10"/></svg></td><td class="num">${grouped(count)}</td><td class="num share">${share(count, total)}</td></tr>`;
  const left =
    rest !== undefined &&
    rest.groups > 0 &&
    html`<tr class="rest"><th scope="row">${grouped(rest.groups)} more</th><td></td><td class="num">${grouped(rest.count)}</td><td class="num share">${share(rest.count, total)}</td></tr>`;
  return html`<figure class="ranking"><figcaption><h3>${title}</h3></figcaption>${
    rows.length === 0
      ? html`<p class="none">No events.</p>`
      : html`<table><colgroup><col class="w-name"><col><col class="w-num"><col class="w-num"></colgroup><thead class="hidden"><tr><th scope="col">${what}</th><th scope="col">Share of the largest</th><th scope="col">Events</th><th scope="col">Share of all</th></tr></thead><tbody>${rows.map(line)}${left}</tbody></table>`
  }</figure>`;
}

/** Never rounds something to nothing, or a part to all. */
function share(count: number, total: number): string {
  if (total === 0) return '';
  const percent = (count / total) * 100;
  if (count > 0 && percent < 0.1) return '<0.1 %';
  if (count < total && percent > 99.9) return '99.9 %';
  return `${percent.toFixed(1)} %`;
}
