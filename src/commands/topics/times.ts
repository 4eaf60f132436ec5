import type { Topic } from './topic.js';

export const times: Topic = {
  name: 'times',
  about: 'what --from, --to, --in and --around take',
  intro:
    'Times of --from, --to and --around. Days begin in the zone of --tz. --from alone means from then until now, also for a period that is over: for all of a period and nothing else, use --in.',
  tables: [
    {
      heading: 'Times',
      columns: ['you write', 'it means'],
      rows: [
        ['2026-03-01', 'that day; as --to, the whole day is included'],
        ['2026-03, 2026-Q1, 2026', 'that month, quarter or year: as --from its start, as --to its end'],
        ['2026-03-01T09:30, "2026-03-01 09:30"', 'that minute, in the zone of --tz'],
        ['2026-03-01T09:30:00+01:00, 2026-03-01T08:30:00Z', 'that instant'],
        ['now, today, yesterday', 'as --from the start of the day, as --to its end'],
        ['monday, tuesday, ... sunday', 'the last day of that name, today included'],
        ['last-monday, last-tuesday, ...', 'the last day of that name before today'],
        ['this-week, last-week, this-month, last-month', 'as --from its start, as --to its end; weeks start on Monday'],
        ['this-quarter, last-quarter, this-year, last-year', 'as --from its start, as --to its end'],
        ['45m, 2h, 1h30m, 7d, 2w', 'that long ago'],
        ['1mo, 3mo, 1y', 'that many months or years ago, at the same time of day'],
      ],
    },
    {
      heading: 'Periods of --in',
      columns: ['you write', 'it means'],
      rows: [
        ['2026-Q1, 2026-03, 2026, 2026-03-01', 'all of that quarter, month, year or day'],
        ['last-quarter, last-week, yesterday, monday', 'all of that day or period'],
      ],
    },
    {
      heading: 'Zones of --tz',
      columns: ['you write', 'it means'],
      rows: [
        ['UTC', 'the default'],
        ['local', "this machine's zone"],
        ['Europe/Oslo', 'a zone by its name'],
      ],
    },
  ],
};
