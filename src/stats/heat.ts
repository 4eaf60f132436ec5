import { HOURS, WEEKDAYS } from './dimensions.js';
import { grouped, type ReportLook, shade, shadeOf, shadeRanges } from './draw.js';
import type { Report } from './report.js';

/** Whether the report is by hour and weekday only. */
export function isHeatMap({ asked, shape }: Report): boolean {
  const names = asked.dimensions.map(({ name }) => name);
  const isWeek = names.length === 2 && names.includes('hour') && names.includes('weekday');
  return (
    isWeek && shape === 'groups' && asked.periods === undefined && asked.over === undefined && asked.top === undefined
  );
}

const DAY_CELLS = 3;

/** The hours of a week as a map, darker for more events. Fits 60 cells; narrower terminals get a narrower map. */
export function heatMap(report: Report, { chalk, isTTY, width }: ReportLook): string {
  const hourAt = report.asked.dimensions.findIndex(({ name }) => name === 'hour');
  const counts = new Map(report.rows.map(({ keys, count }) => [`${keys[1 - hourAt]} ${keys[hourAt]}`, count]));
  const countOf = (day: string, hour: string) => counts.get(`${day} ${hour}`) ?? 0;
  const most = Math.max(1, ...WEEKDAYS.flatMap((day) => HOURS.map((hour) => countOf(day, hour))));
  const totals = WEEKDAYS.map((day) => HOURS.reduce((sum, hour) => sum + countOf(day, hour), 0));
  const timed = totals.reduce((sum, one) => sum + one, 0);
  const widest = Math.max('Total'.length, grouped(timed).length);
  const cells = isTTY && width > 0 && width < DAY_CELLS + 2 * 24 + widest + 3 ? 1 : 2;
  const paint = [chalk.dim, chalk.blue, chalk.cyan, chalk.yellow, chalk.red];
  const patch = (level: number, size: number) => (paint[level] ?? chalk.red)(shade(level).repeat(size));
  const days = WEEKDAYS.map((day, at) => {
    const map = HOURS.map((hour) => patch(shadeOf(countOf(day, hour), most), cells)).join('');
    return `${day} ${map} ${grouped(totals[at] ?? 0).padStart(widest)}`;
  });
  // Names every second hour, or every third on a narrow terminal.
  const hours = HOURS.filter((_, at) => at % (4 - cells) === 0).map((hour) => hour.padEnd(cells === 2 ? 4 : 3));
  const legend = shadeRanges(most).map(({ level, range }) => `${patch(level, 1)} ${range}`);
  const untimed = report.total - timed;
  return [
    chalk.bold(`    ${hours.join('')} ${'Total'.padStart(widest)}`.trimEnd()),
    ...days,
    chalk.bold(`    ${' '.repeat(24 * cells)} ${grouped(timed).padStart(widest)}`),
    `Events in an hour of the week: ${legend.join('  ')}`,
    ...(untimed > 0 ? [`${grouped(untimed)} events have no valid time`] : []),
    '',
  ].join('\n');
}
