import type { Person } from '../event.js';
import type { AccessEffect } from '../providers/access.js';
import { type AccessBreak, type AccessChange, type AccessRow, personText } from './answer.js';
import type { EventMark } from './people.js';
import type { BreakKind } from './standing.js';

/** A column of plain data: its name in CSV and NDJSON, and its text, which may be empty. `time`: the text is an instant, epoch ms. */
export interface AccessColumn<Row> {
  readonly name: string;
  readonly read: (row: Row) => string | number | undefined;
  readonly isTime?: true;
}

function text<Row>(name: string, read: (row: Row) => string | undefined): AccessColumn<Row> {
  return { name, read };
}

function time<Row>(name: string, read: (row: Row) => number | undefined): AccessColumn<Row> {
  return { name, read, isTime: true };
}

function person<Row>(prefix: string, read: (row: Row) => Person | undefined): readonly AccessColumn<Row>[] {
  return (['id', 'name', 'email'] as const).map((part) => text(`${prefix}.${part}`, (row: Row) => read(row)?.[part]));
}

/** An event: when it happened, its id, and who did it. */
function mark<Row>(
  names: { readonly time: string; readonly event: string; readonly by?: string },
  read: (row: Row) => EventMark | undefined,
): readonly AccessColumn<Row>[] {
  const { by } = names;
  return [
    time(names.time, (row) => read(row)?.time),
    text(names.event, (row) => read(row)?.id),
    ...(by === undefined
      ? []
      : [text<Row>(by, (row) => byText(read(row))), text<Row>(`${by}.email`, (row) => read(row)?.by?.email)]),
  ];
}

/** Who has or had which role. */
export const ROW_COLUMNS: readonly AccessColumn<AccessRow>[] = [
  text('org', ({ org }) => org),
  text('scope', ({ scope }) => scope),
  ...person<AccessRow>('person', (row) => row.person),
  text('role', ({ role }) => role),
  ...mark<AccessRow>({ time: 'since', event: 'since.event', by: 'given_by' }, ({ since }) => since),
  ...mark<AccessRow>({ time: 'until', event: 'until.event', by: 'ended_by' }, ({ until }) => until),
  ...mark<AccessRow>({ time: 'last_acted', event: 'last_acted.event' }, ({ lastActed }) => lastActed),
  ...mark<AccessRow>({ time: 'seen', event: 'seen.event' }, ({ seen }) => seen),
];

/** Who got or lost what. */
export const CHANGE_COLUMNS: readonly AccessColumn<AccessChange>[] = [
  time('time', ({ mark: { time: at } }) => at),
  text('org', ({ org }) => org),
  text('scope', ({ scope }) => scope),
  ...person<AccessChange>('person', (row) => row.person),
  text('change', ({ does }) => WORDS[does]),
  text('old_role', ({ before }) => before),
  text('new_role', ({ after }) => after),
  text('by', ({ mark: one }) => byText(one)),
  text('by.email', ({ mark: one }) => one.by?.email),
  text('event', ({ mark: { id } }) => id),
  text('action', ({ mark: { action } }) => action),
];

/** Where the log contradicts itself. */
export const BREAK_COLUMNS: readonly AccessColumn<AccessBreak>[] = [
  text('kind', ({ kind }) => kind),
  text('org', ({ org }) => org),
  text('scope', ({ scope }) => scope),
  ...person<AccessBreak>('person', (row) => row.person),
  text('says', breakText),
  ...mark<AccessBreak>({ time: 'before', event: 'before.event' }, ({ before }) => before),
  text('before.action', ({ before }) => before.action),
  ...mark<AccessBreak>({ time: 'after', event: 'after.event' }, ({ after }) => after),
  text('after.action', ({ after }) => after.action),
];

export const WORDS: Readonly<Record<AccessEffect, string>> = {
  grant: 'added',
  accept: 'joined',
  change: 'role changed',
  revoke: 'removed',
  invite: 'invited',
  uninvite: 'invitation withdrawn',
  unclear: 'unclear',
};

/** Who did it: `System` for an automated event. */
export function byText(found: EventMark | undefined): string | undefined {
  if (found === undefined) return undefined;
  return found.by === undefined ? 'System' : personText(found.by);
}

const SAYS: Readonly<Record<Exclude<BreakKind, 'role'>, string>> = {
  removal: 'removed, but not a member at that time',
  added: 'added, but a member already',
  'after-removal': 'acts or gets a role after being removed',
  'before-adding': 'acts or gets a role before being added',
};

export function breakText({ kind, roles }: AccessBreak): string {
  if (kind !== 'role') return SAYS[kind];
  return `the old role is ${roles?.told ?? ''}, but the role last known is ${roles?.known ?? ''}`;
}

/** What a break means, for people. */
export const BREAK_MEANS = 'A break means a missing event, a change by another road, or a log that began later.';
