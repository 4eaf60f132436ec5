import type { ExtraSheet } from '../formats/xlsx/sheets.js';
import type { Zone } from '../time.js';
import { type AccessAnswer, type AccessRow, personText } from './answer.js';
import { byText } from './columns.js';
import type { EventMark } from './people.js';

/** The sheet *Access* of a workbook: one row a role that somebody has. Roles that no event says come last. */
export function accessSheet({ rows, unknown }: AccessAnswer, zone: Zone): ExtraSheet {
  const all = [...rows, ...unknown];
  const hasOrg = all.some(({ org }) => org !== all[0]?.org);
  const hasScope = all.some(({ scope }) => scope !== '');
  const optional = <Value>(org: Value, scope: Value) => [...(hasOrg ? [org] : []), ...(hasScope ? [scope] : [])];
  return {
    name: 'Access',
    columns: [
      ...['Person', 'Email', ...optional('Organization', 'In'), 'Role'],
      ...[`Since (${zone.name})`, 'Given by', `Last seen acting (${zone.name})`, 'Id'],
    ].map((heading) => ({ heading })),
    rows: () =>
      all.map((row) => [
        ...[personText(row.person), row.person.email, ...optional(row.org, row.scope), row.role ?? 'unknown'],
        ...[timeOf(row.since) ?? sinceText(row), byText(row.since), timeOf(row.lastActed) ?? 'never', row.person.id],
      ]),
  };
}

function timeOf(mark: EventMark | undefined): { readonly time: number } | undefined {
  return mark && { time: mark.time };
}

/** Whoever is known by acting only may have been a member for long. */
function sinceText({ role }: AccessRow): string {
  return role === undefined ? 'unknown' : 'before the log';
}
