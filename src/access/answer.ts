import type { Spool } from '../engine/store/spool.js';
import { usageError } from '../errors.js';
import type { Entry, Person } from '../event.js';
import type { AccessEffect } from '../providers/access.js';
import type { Provider } from '../providers/provider.js';
import { visible } from '../terminal/lookalike.js';
import type { EventMark, KnownPerson } from './people.js';
import { openAccessReader } from './record.js';
import { AccessReplay, type LogBreak, type RoleSpan, type RoleStep } from './replay.js';
import { openSortedRecords } from './sorted.js';
import type { BreakKind } from './standing.js';

/** A role that a person has or had, as plain data. */
export interface AccessRow {
  readonly org: string;
  /** The part of the organization that it is limited to; '': all of it. */
  readonly scope: string;
  readonly person: Person;
  /** Undefined if no event names the role. */
  readonly role: string | undefined;
  /** The event that gave it, with `by` as the person who did it; undefined if it is older than the log. */
  readonly since: EventMark | undefined;
  /** The event that took it away; undefined if the person still has it at the end. */
  readonly until: EventMark | undefined;
  /** The first event that shows it. */
  readonly seen: EventMark;
  readonly lastActed: EventMark | undefined;
}

/** An event that changed somebody's access. */
export interface AccessChange {
  readonly org: string;
  readonly scope: string;
  readonly person: Person;
  readonly does: AccessEffect;
  /** When it happened, and who did it. */
  readonly mark: EventMark;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Two events that contradict each other. */
export interface AccessBreak {
  readonly org: string;
  readonly scope: string;
  readonly person: Person;
  readonly kind: BreakKind;
  readonly before: EventMark;
  readonly after: EventMark;
  readonly roles: LogBreak['roles'];
}

export interface AccessQuestion {
  /** The end of the range, epoch ms, not included; absent: the end of the log. */
  readonly before?: number | undefined;
  /** The start of a range, epoch ms; absent: the beginning of the log. */
  readonly from?: number | undefined;
  /** Lists everyone who had a role in the range; absent: only those who have one at the end. */
  readonly spans?: boolean;
  /** Keeps the changes of the range. */
  readonly changes?: boolean;
}

export interface AccessAnswer {
  /** Sorted by role and name. People whose role no event names are in `unknown`. */
  readonly rows: readonly AccessRow[];
  /** Members whose role no event names. */
  readonly unknown: readonly AccessRow[];
  /** Oldest first. */
  readonly changes: readonly AccessChange[];
  /** Oldest first; at most `MOST_BREAKS`. */
  readonly breaks: readonly AccessBreak[];
  readonly breakCount: number;
  /** Events that may change roles and do not name the person. */
  readonly unclear: readonly EventMark[];
  /** Events before the end that change access, and how many of them arrived after their day had been closed. */
  readonly moves: number;
  readonly late: readonly EventMark[];
  /** The time of the first event, epoch ms; undefined if there is none before the end. */
  readonly begins: number | undefined;
  /** Every role that an event names. */
  readonly roles: readonly string[];
  /** Ids of events that change access and were skipped: they have no valid time, or name nobody. */
  readonly untimed: readonly (string | undefined)[];
  readonly nobody: readonly (string | undefined)[];
}

export const MOST_BREAKS = 1000;
const MOST_NAMED = 1000;

/** Collects events in any order, then replays them. `close` deletes its temporary files. */
export interface AccessLog {
  add(entry: Entry, org: string, late?: boolean): void;
  answer(question?: AccessQuestion): AccessAnswer;
  close(): void;
}

/** Whether the events of this vendor say who has access. */
export function tellsAccess(provider: Provider): boolean {
  return provider.access !== undefined;
}

/** Throws a usage error if the vendor's file does not say what gives and takes access. */
export function openAccessLog(provider: Provider, openSpool: () => Spool): AccessLog {
  const { access } = provider;
  if (access === undefined)
    throw usageError(
      `${provider.title}: no rules for access: the provider file has no "access"`,
      `auditlog provider show ${provider.name} > ${provider.name.replace('/', '-')}.json\nThen add "access" (docs/reference/provider-files.md)`,
    );
  const read = openAccessReader(provider, access);
  const sorted = openSortedRecords(openSpool);
  const untimed: (string | undefined)[] = [];
  const nobody: (string | undefined)[] = [];
  let begins: number | undefined;
  return {
    add(entry, org, late = false) {
      if (entry.time < (begins ?? Number.POSITIVE_INFINITY)) begins = entry.time;
      const { record, ...found } = read(entry, org, late);
      if (record !== undefined) sorted.add(record);
      else if (found.problem === 'untimed' && untimed.length < MOST_NAMED) untimed.push(entry.id);
      else if (found.problem === 'nobody' && nobody.length < MOST_NAMED) nobody.push(entry.id);
    },
    answer: (question = {}) => ({ ...replayed(sorted.inOrder(), question), begins, untimed, nobody }),
    close: () => sorted.close(),
  };
}

type Replayed = Omit<AccessAnswer, 'begins' | 'untimed' | 'nobody'>;

function replayed(
  records: ReturnType<ReturnType<typeof openSortedRecords>['inOrder']>,
  question: AccessQuestion,
): Replayed {
  const { from = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = question;
  const spans: RoleSpan[] = [];
  const steps: RoleStep[] = [];
  const breaks: LogBreak[] = [];
  const unclear: EventMark[] = [];
  const late: EventMark[] = [];
  const roles = new Set<string>();
  let breakCount = 0;
  let moves = 0;
  const replay = new AccessReplay({
    ...(question.spans === true ? { onSpan: (span) => isIn(span, from) && spans.push(span) } : {}),
    ...(question.changes === true ? { onStep: (step) => step.mark.time >= from && steps.push(step) } : {}),
    onBreak: (found) => {
      breakCount += 1;
      if (breaks.length < MOST_BREAKS) breaks.push(found);
    },
    onUnclear: (mark) => unclear.length < MOST_NAMED && unclear.push(mark),
  });
  for (const record of records) {
    const { time, move } = record;
    if (time >= before) break;
    replay.add(record);
    if (move === undefined) continue;
    moves += 1;
    for (const role of [move.role, move.oldRole]) if (role !== undefined && roles.size < MOST_NAMED) roles.add(role);
    if (record.late && late.length < MOST_NAMED)
      late.push({ time, id: record.id, action: record.action, by: record.actor, late: true });
  }
  // The last events of the log are applied first.
  const open = replay.spans();
  const rows = [...spans, ...open].map(toRow).sort(byRole);
  return {
    rows: rows.filter(({ role }) => role !== undefined),
    unknown: rows.filter(({ role }) => role === undefined),
    changes: steps.map(toChange),
    breaks: breaks.map(toBreak).sort((a, b) => a.after.time - b.after.time),
    breakCount,
    unclear,
    moves,
    late,
    roles: [...roles].sort(),
  };
}

function isIn({ until }: RoleSpan, from: number): boolean {
  return until === undefined || until.time >= from;
}

function toRow({ org, scope, person, role, since, seen, until }: RoleSpan): AccessRow {
  const known = settled(person);
  return { org, scope, person: named(known), role, since, until, seen, lastActed: known.lastActed };
}

function toChange({ person, ...step }: RoleStep): AccessChange {
  return { ...step, person: named(settled(person)) };
}

function toBreak({ org, scope, person, kind, before, after, roles }: LogBreak): AccessBreak {
  return { org, scope, person: named(settled(person)), kind, before, after, roles };
}

/** Follows merged people to the one that they became. */
function settled(person: KnownPerson): KnownPerson {
  return person.into === undefined ? person : settled(person.into);
}

function named({ id, name, email }: KnownPerson): Person {
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

/** How a person is shown. */
export function personText({ id, name, email }: Person): string {
  return visible(name) ?? visible(email) ?? id ?? '';
}

function byRole(a: AccessRow, b: AccessRow): number {
  return (
    compared(a.org, b.org) ||
    compared(a.scope, b.scope) ||
    compared(a.role ?? '', b.role ?? '') ||
    compared(personText(a.person).toLowerCase(), personText(b.person).toLowerCase()) ||
    compared(a.person.id ?? '', b.person.id ?? '') ||
    a.seen.time - b.seen.time
  );
}

function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
