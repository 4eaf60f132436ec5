import { COLUMN_NAMES, type ColumnName } from '../../view.js';
import type { Topic } from './topic.js';

const MEANINGS: Readonly<Record<Exclude<ColumnName, 'log'>, string>> = {
  id: "the event's id",
  time: 'when it happened, in UTC',
  action: 'what was done, such as member.joined',
  'actor.id': 'who did it',
  'actor.name': 'their name',
  'actor.email': 'their email address',
  'target.id': 'the person who was affected',
  'target.email': 'their email address',
  'resource.type': 'the kind of thing that was affected, such as assistant',
  'resource.id': 'its id',
  'resource.name': 'its name',
  source: 'where it was done from: app, admin, api, system',
  ip: 'from which address',
  country: 'from which country',
  user_agent: 'with which program',
  'org.id': 'the organization',
  'org.name': 'its name',
  metadata: "the vendor's details, as JSON",
  extra: 'everything that no other column carries, as JSON',
};

export const columns: Topic = {
  name: 'columns',
  about: 'what --columns takes',
  intro:
    "Columns of --columns, separated by commas, in the order you give. Without it, CSV has all of them, and a table those of the vendor's own page.",
  tables: [
    {
      heading: 'Columns',
      columns: ['column', 'holds'],
      rows: COLUMN_NAMES.map((name) => [name, MEANINGS[name]] as const),
    },
    {
      heading: 'Other fields',
      columns: ['you write', 'it means'],
      rows: [
        ['people', 'time in --tz, who, what happened, on what, target, from where, what changed, id'],
        ['local_time', 'the time in --tz, to the second'],
        ['metadata.new_role', "a path of the vendor's own entry"],
        ['.source', 'a path, even where a column has that name'],
      ],
    },
  ],
};
