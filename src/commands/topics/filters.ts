import { FILTERS } from '../../filters.js';
import type { Topic } from './topic.js';

export const filters: Topic = {
  name: 'filters',
  about: 'which events are selected',
  intro:
    'Repeat a flag, or separate values with commas: any of them matches. Several flags must all match. Each filter has an opposite: --not-user, --not-action and so on.',
  tables: [
    {
      heading: 'Filters',
      columns: ['flag', 'selects'],
      rows: FILTERS.filter((row) => !('negates' in row)).map(({ flag, help }) => [flag, help] as const),
    },
    {
      heading: 'Times',
      columns: ['flag', 'selects'],
      rows: [
        ['--from <when>', 'events since then'],
        ['--to <when>', 'events until then'],
        ['--in <period>', 'events of a day, month, quarter or year'],
        ['--around <when>', 'events around a moment or a day'],
        ['--window <duration>', 'how long before and after it'],
        ['--outside <hours>', 'events outside these hours of the day, such as 09:00-18:00'],
        ['--weekdays', 'these hours are on Monday to Friday only: a weekend is all outside'],
      ],
    },
  ],
  ends: 'Filters that a vendor has no field for are an error. auditlog list --provider NAME --help-all shows those it has.',
};
