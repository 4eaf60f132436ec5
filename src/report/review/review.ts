import type { AuditEvent } from '../../event.js';
import type { Provider } from '../../providers/provider.js';
import { actorKey } from '../../stats/dimensions.js';
import { type Hours, hoursMatcher } from '../../time.js';
import { actorName, type Named, objectName, placeText } from '../people.js';
import { type Burst, openBursts } from './bursts.js';
import { failureIn, openSorter } from './classify.js';
import { type OutsideWork, openOutside } from './outside.js';
import { changesRole, mayChangeRole, type RoleChange, roleChangeOf } from './roles.js';
import { bitOf, SECTIONS, type SectionName } from './sections.js';

/** An event in a list of the review. */
export interface ReviewRow {
  readonly id: string | undefined;
  /** Epoch ms. */
  readonly time: number;
  readonly who: Named;
  readonly label: string;
  readonly on: Named;
  readonly place: string;
  /** For changes of roles. */
  readonly role: RoleChange | undefined;
}

/** The events of one section. */
export interface ReviewList {
  readonly count: number;
  /** The newest of them, newest first. */
  readonly rows: readonly ReviewRow[];
}

export interface Review {
  readonly lists: Readonly<Record<ListedSection, ReviewList>>;
  readonly bursts: readonly Burst[];
  readonly outside: { readonly total: number; readonly people: readonly OutsideWork[] };
  /** Whether this log can show failures, by any entry or action. */
  readonly tellsFailures: boolean;
  /** Deletions above the maximum, which are in no burst. */
  readonly lumped: number;
}

/** The sections that list events. The others count them. */
export const LISTED = ['roles', 'members', 'keys', 'settings', 'failed'] as const satisfies readonly SectionName[];
export type ListedSection = (typeof LISTED)[number];

/** Maximum number of events in a list. */
export const MOST_LISTED = 200;
/** Characters of a text in a list. */
const LONGEST = 160;

const [ROLES, MEMBERS, FAILED, OUTSIDE] = [bitOf('roles'), bitOf('members'), bitOf('failed'), bitOf('outside')];

/** Opens a finder for the sections of an event, except bursts, which are known only after everything was read. */
export function openSections(provider: Provider, hours: Hours): (event: AuditEvent) => number {
  const sortOf = openSorter(provider);
  const isWithin = hoursMatcher(hours);
  return (event) => {
    const { kind, sections } = sortOf(event.action);
    let bits = sections;
    if ((bits & ROLES) === 0 && mayChangeRole(event) && changesRole(event)) bits |= ROLES;
    // A new role of a member is not an arrival.
    if ((bits & ROLES) !== 0 && kind === 'update') bits &= ~MEMBERS;
    if ((bits & FAILED) === 0 && failureIn(event) === true) bits |= FAILED;
    if (kind !== 'other' && !Number.isNaN(event.time) && !isWithin(event.time)) bits |= OUTSIDE;
    return bits;
  };
}

/** Collects the review sections from events in any order, in bounded memory. */
export function openReview(provider: Provider, hours: Hours) {
  const sortOf = openSorter(provider);
  const sectionsOf = openSections(provider, hours);
  const bursts = openBursts();
  const outside = openOutside();
  const lists = LISTED.map((name) => ({ name, bit: bitOf(name), ...openList() }));
  const failing = Object.keys(provider.actions).some((action) => (sortOf(action).sections & FAILED) !== 0);
  let tellsFailures = failing;
  return {
    /** The bits of the event's sections. */
    add(event: AuditEvent): number {
      const bits = sectionsOf(event);
      const { kind, label } = sortOf(event.action);
      if (!tellsFailures && ((bits & FAILED) !== 0 || failureIn(event) !== undefined)) tellsFailures = true;
      const isTimed = !Number.isNaN(event.time);
      if (isTimed && (kind === 'delete' || (bits & OUTSIDE) !== 0)) {
        const deed = {
          key: actorKey(event),
          who: shortName(actorName(event)),
          time: event.time,
          label,
          place: short(placeText(event)),
        };
        if (kind === 'delete') bursts.add(deed);
        if ((bits & OUTSIDE) !== 0) outside.add(deed);
      }
      if ((bits & LISTED_BITS) !== 0)
        for (const { bit, add } of lists)
          if ((bits & bit) !== 0) add(event.time, () => rowOf(event, label, bit === ROLES));
      return bits;
    },
    result(): Review {
      const found = bursts.result();
      return {
        lists: Object.fromEntries(lists.map(({ name, result }) => [name, result()])) as Review['lists'],
        bursts: found.bursts,
        outside: outside.result(),
        tellsFailures,
        lumped: found.lumped,
      };
    },
  };
}

const LISTED_BITS = LISTED.reduce((bits, name) => bits | bitOf(name), 0);

function rowOf(event: AuditEvent, label: string, isRole: boolean): ReviewRow {
  const role = isRole ? roleChangeOf(event) : undefined;
  return {
    id: event.id,
    time: event.time,
    who: shortName(actorName(event)),
    label: short(label),
    on: shortName(objectName(event)),
    place: short(placeText(event)),
    role: role && { before: short(role.before), after: short(role.after) },
  };
}

/** Cuts a text, so that one entry cannot fill the memory. */
function short<T extends string | undefined>(text: T): T {
  return (text !== undefined && text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text) as T;
}

function shortName({ main, detail }: Named): Named {
  return { main: short(main), detail: short(detail) };
}

/** The newest rows of any number of events. Makes rows only for those that are kept. */
function openList() {
  let held: { readonly row: ReviewRow; readonly time: number; readonly place: number }[] = [];
  let count = 0;
  let floor = Number.NEGATIVE_INFINITY;
  const settle = (): void => {
    held.sort((a, b) => b.time - a.time || a.place - b.place);
    held = held.slice(0, MOST_LISTED);
    if (held.length === MOST_LISTED) floor = held.at(-1)!.time;
  };
  return {
    add(at: number, makeRow: () => ReviewRow): void {
      count += 1;
      const time = Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at;
      if (time < floor) return;
      held.push({ row: makeRow(), time, place: count });
      if (held.length >= MOST_LISTED * 2) settle();
    },
    result(): ReviewList {
      settle();
      return { count, rows: held.map(({ row }) => row) };
    },
  };
}

/** The names of the sections in these bits. */
export function sectionsIn(bits: number): readonly SectionName[] {
  return SECTIONS.filter((name) => (bits & bitOf(name)) !== 0);
}
