/** Where a server's day begins: hours east of UTC, or a zone whose offset changes in the year. */
export type Zone = number | 'America/New_York' | 'Europe/Oslo' | 'Pacific/Auckland' | 'America/St_Johns';

const HOUR = 3_600_000;
const QUARTER = 900_000;

/** Gives the `YYYY-MM-DD` on which an instant falls in that zone. */
export function dayIn(zone: Zone): (time: number) => string {
  if (typeof zone === 'number') return (time) => new Date(time + zone * HOUR).toISOString().slice(0, 10);
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const known = new Map<number, string>();
  return (time) => {
    // No zone's day ends within a quarter of an hour.
    const quarter = Math.floor(time / QUARTER);
    const day = known.get(quarter) ?? format.format(quarter * QUARTER);
    known.set(quarter, day);
    return day;
  };
}

/** The first instant of a `YYYY-MM-DD` in that zone, epoch ms. */
export function midnightIn(zone: Zone, day: string): number {
  const dayOf = dayIn(zone);
  const utc = Date.parse(`${day}T00:00:00Z`);
  let time = utc - 15 * HOUR;
  while (dayOf(time) < day) time += QUARTER;
  return time;
}
