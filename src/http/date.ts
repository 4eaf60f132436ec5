const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The forms of date in HTTP: of IMF, of RFC 850 and of asctime. */
const FORMS = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/** Epoch ms of a date in HTTP; undefined for any other text, also where `Date.parse` gives a time, as for `-1`. */
export function httpDate(text: string): number | undefined {
  const found = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return undefined;
  const { year = '', month = '', time = '' } = found;
  const fullYear = year.length === 2 ? Number(year) + (Number(year) < 70 ? 2000 : 1900) : Number(year);
  const day = Number(found.day);
  const [hour = 0, minute = 0, second = 0] = time.split(':').map(Number);
  const index = MONTHS.indexOf(month.toLowerCase());
  // The 31st of April would roll over.
  const isDay = day >= 1 && new Date(Date.UTC(fullYear, index, day)).getUTCDate() === day;
  if (index < 0 || !isDay || hour > 23 || minute > 59 || second > 60) return undefined;
  return Date.UTC(fullYear, index, day, hour, minute, second);
}
