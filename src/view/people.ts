import { changesOf } from '../diff/read.js';
import { summary } from '../diff/show.js';
import type { AuditEvent, Person, Resource } from '../event.js';
import { actionWord } from '../providers/actions.js';
import type { Provider } from '../providers/provider.js';
import { visible } from '../terminal/lookalike.js';
import { formatInstant, type Zone } from '../time.js';
import type { Column, ColumnsWorld } from './column.js';

/** The columns for people: the same in a workbook and with `--columns people`. */
export function peopleColumns(provider: Provider, { zone, orgs = [] }: ColumnsWorld): readonly Column[] {
  const own = (name: string, read: NonNullable<Column['read']>): Column => ({
    name,
    field: undefined,
    places: [],
    read,
  });
  const field = (name: string, of: Column['field']): Column => ({ name, field: of, places: [] });
  return [
    { ...localTime(zone), name: `Time (${zone.name})` },
    ...(orgs.length > 1 ? [field('Organization', 'org.id')] : []),
    ...(provider.logs === undefined ? [] : [field('Log', 'log')]),
    own('Who', ({ actor }) => (actor === undefined ? 'System' : personWords(actor) || '(unknown)')),
    own('What happened', ({ action }) => actionWord(provider, action).label),
    own('On what', ({ resource }) => resourceWords(resource)),
    own('Target', ({ target }) => personWords(target)),
    own('From where', ({ country, ip, source }) => words([[country, ip], [source]])),
    own('What changed', (event) => summary(changesOf(event))),
    ...(provider.fields.id === undefined ? [] : [field(PEOPLE_ID, 'id')]),
  ];
}

/** The heading of the ids among the columns for people. */
export const PEOPLE_ID = 'Id';

/** The time in the zone as spreadsheets read it, to the second; the vendor's own text if it is not valid. */
export function localTime(zone: Zone): Column {
  return {
    name: 'local_time',
    field: undefined,
    places: [],
    isTime: true,
    read: ({ time, timeText }) => {
      const text = formatInstant(time, zone);
      return text === '' ? timeText : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
    },
  };
}

/** What an event affected: the person, the resource, or both. */
export function subjectWords({ target, resource }: AuditEvent): string {
  return words([[personWords(target)], [resourceWords(resource)]], '; ');
}

export function personWords({ name: written, email, id }: Person = {}): string {
  const name = visible(written);
  if (name !== undefined && email !== undefined && name !== email) return `${name} <${email}>`;
  return name ?? email ?? id ?? '';
}

function resourceWords(resource: Resource | undefined): string {
  const what = resource?.name ?? resource?.id;
  if (resource?.type === undefined) return what ?? '';
  return what === undefined ? resource.type : `${what} (${resource.type})`;
}

/** Joins the parts that are not empty: with a space within a group, and with `gap` between groups. */
function words(groups: readonly (readonly (string | undefined)[])[], gap = ', '): string {
  const told = groups.map((group) => group.filter((part) => part !== undefined && part !== '').join(' '));
  return told.filter((part) => part !== '').join(gap);
}
