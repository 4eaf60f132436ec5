import { HOURS, WEEKDAYS } from '../../stats/dimensions.js';
import type { Counted } from '../../stats/tally.js';
import type { Hours } from '../../time.js';
import { html, type Markup } from '../html/markup.js';
import { counted, grouped } from '../html/words.js';
import { px, type Scales } from './scales.js';

/** Events by weekday and hour. */
export type WeekCounts = readonly (readonly number[])[];

export function weekOf({ groups }: Pick<Counted, 'groups'>): WeekCounts {
  const known = new Map(groups.map(({ keys, count }) => [keys.join(' '), count]));
  return WEEKDAYS.map((day) => HOURS.map((hour) => known.get(`${day} ${hour}`) ?? 0));
}

/** Shades for one event or more. */
const SHADES = [1, 2, 3, 4, 5] as const;
const SIZE = { width: 960, left: 46, top: 22, right: 64, cell: 28, legend: 34 };

/** The hours of a week, darker for more events. Business hours are outlined. */
export function weekChart(week: WeekCounts, hours: Hours, { scaleBand, scaleQuantize }: Scales): Markup {
  const { width, left, top, right, cell, legend } = SIZE;
  const bottom = top + cell * WEEKDAYS.length;
  const x = scaleBand()
    .domain(HOURS)
    .range([left, width - right]);
  const y = scaleBand().domain(WEEKDAYS).range([top, bottom]);
  const most = Math.max(1, ...week.flat());
  const shade = scaleQuantize<number>()
    .domain([0, most])
    .range([...SHADES]);
  const cells = WEEKDAYS.flatMap((day, row) =>
    HOURS.map((hour, column) => {
      const count = week[row]![column]!;
      return html`<rect class="h${count === 0 ? 0 : shade(count)}" x="${px(x(hour)! + 1)}" y="${px(y(day)! + 1)}" width="${px(x.bandwidth() - 2)}" height="${px(y.bandwidth() - 2)}" rx="2"><title>${day} ${hour}:00: ${counted(count, 'event')}</title></rect>`;
    }),
  );
  const days = WEEKDAYS.map((day, row) => {
    const middle = px(y(day)! + y.bandwidth() / 2 + 4);
    const sum = week[row]!.reduce((total, count) => total + count, 0);
    return html`<text class="tick" x="${left - 10}" y="${middle}" text-anchor="end">${day}</text><text class="tick" x="${width - right + 10}" y="${middle}">${grouped(sum)}</text>`;
  });
  const marks = HOURS.filter((_, at) => at % 3 === 0).map(
    (hour) => html`<text class="tick" x="${px(x(hour)!)}" y="${top - 8}">${hour}</text>`,
  );
  const low = (level: number): number => Math.max(1, Math.ceil((most / SHADES.length) * (level - 1)));
  const high = (level: number): number =>
    level === SHADES.length ? most : Math.ceil((most / SHADES.length) * level) - 1;
  const keys = SHADES.filter((level) => low(level) <= high(level)).map((level, at) => {
    const text = low(level) === high(level) ? grouped(low(level)) : `${grouped(low(level))}–${grouped(high(level))}`;
    return html`<rect class="h${level}" x="${left + at * 112}" y="${bottom + 18}" width="14" height="14" rx="2"/><text class="tick" x="${left + at * 112 + 20}" y="${bottom + 29}">${text}</text>`;
  });
  const outline = html`<path class="hours" d="${outlineOf(hours, x(HOURS[0]!)!, x.step(), y)}"/>`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${bottom + legend}" role="img" aria-label="Events by weekday and hour; business hours are outlined. The numbers are in the table below.">${marks}${days}${cells}${outline}${keys}</svg>`;
}

/** Outlines the business hours of each day; consecutive days with the same hours share one outline. */
function outlineOf(
  { from, before, weekdays }: Hours,
  start: number,
  hour: number,
  y: { (day: string): number | undefined; bandwidth(): number },
): string {
  const [first, last] = [y(WEEKDAYS[0]!)!, y(WEEKDAYS[weekdays ? 4 : 6]!)! + y.bandwidth()];
  const at = (minute: number): string => px(start + (minute / 60) * hour);
  const box = (a: number, b: number, top: number, bottom: number): string =>
    `M${at(a)} ${px(top)}H${at(b)}V${px(bottom)}H${at(a)}Z`;
  if (from < before) return box(from, before, first, last);
  // Hours that cross midnight end on the next day.
  const shift = weekdays ? y.bandwidth() : 0;
  return `${box(from, 1440, first, last)}${box(0, before, first + shift, last + shift)}`;
}
