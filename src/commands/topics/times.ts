import type { Topic } from './topic.js';

export const times: Topic = {
  name: 'times',
  about: 'what --from, --to and --around take',
  intro: 'Times of --from, --to and --around. Days begin in the zone of --tz.',
  tables: [
    {
      heading: 'Times',
      columns: ['you write', 'it means'],
      rows: [
        ['2026-03-01', 'that day; as --to, the whole day is included'],
        ['2026-03-01T09:30', 'that minute, in the zone of --tz'],
        ['2026-03-01T09:30:00+01:00, 2026-03-01T08:30:00Z', 'that instant'],
        ['now, today, yesterday', 'as --from the start of the day, as --to its end'],
        ['this-week, last-week, this-month, last-month', 'as --from its start, as --to its end; weeks start on Monday'],
        ['45m, 2h, 1h30m, 7d, 2w', 'that long ago'],
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
