import type { Person } from '../event.js';
import { type EventMark, KnownPeople, type KnownPerson, newStanding, type Standing } from './people.js';
import type { AccessMove, AccessRecord } from './record.js';
import {
  actingContradiction,
  applyActing,
  applyMove,
  type Contradiction,
  contradiction,
  keepsRole,
} from './standing.js';

/** A role that a person had from one event to another. */
export interface RoleSpan {
  readonly org: string;
  readonly scope: string;
  readonly person: KnownPerson;
  /** Undefined if no event names it. */
  readonly role: string | undefined;
  /** Undefined if it is older than the log. */
  readonly since: EventMark | undefined;
  /** The first event that shows the role. */
  readonly seen: EventMark;
  /** Undefined if they have it to the end. */
  readonly until: EventMark | undefined;
}

/** An event that changed somebody's access. */
export interface RoleStep {
  readonly org: string;
  readonly scope: string;
  readonly person: KnownPerson;
  readonly does: AccessMove['does'];
  readonly mark: EventMark;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Two events that cannot both be true in a complete log. */
export interface LogBreak extends Contradiction {
  readonly org: string;
  readonly scope: string;
  readonly person: KnownPerson;
  /** The later event. */
  readonly after: EventMark;
}

/** What to keep besides the state at the end; absent parts are dropped. */
export interface ReplayListener {
  readonly onSpan?: (span: RoleSpan) => void;
  readonly onStep?: (step: RoleStep) => void;
  readonly onBreak: (found: LogBreak) => void;
  readonly onUnclear: (mark: EventMark) => void;
}

/** Maximum number of events of one instant to sort by what they change; more keep their order. */
const INSTANT = 200;

/** Replays records, oldest first, into the members of each organization. Memory grows with people, not with events. */
export class AccessReplay {
  readonly #orgs = new Map<string, OrgReplay>();
  readonly #listener: ReplayListener;
  #instant: AccessRecord[] = [];

  constructor(listener: ReplayListener) {
    this.#listener = listener;
  }

  add(record: AccessRecord): void {
    const [first] = this.#instant;
    if (first !== undefined && (first.time !== record.time || record.move === undefined)) this.#flush();
    if (record.move === undefined) this.#orgOf(record).act(record);
    else this.#instant.push(record);
  }

  /** The roles that people have now, unsorted. */
  spans(): readonly RoleSpan[] {
    this.#flush();
    return [...this.#orgs.values()].flatMap((org) => [...org.spans()]);
  }

  #flush(): void {
    const pending = distinct(this.#instant);
    this.#instant = [];
    const isFew = pending.length <= INSTANT;
    while (pending.length > 0) {
      // Among events of one instant, the one that fits the known role goes first: A to B before B to C.
      const at = isFew && pending.length > 1 ? pending.findIndex((record) => this.#orgOf(record).fits(record)) : 0;
      const [record] = pending.splice(Math.max(0, at), 1);
      this.#orgOf(record!).move(record!);
    }
  }

  #orgOf({ org }: AccessRecord): OrgReplay {
    const found = this.#orgs.get(org) ?? new OrgReplay(org, this.#listener);
    this.#orgs.set(org, found);
    return found;
  }
}

/** Skips an id that was replayed before. */
function distinct(records: readonly AccessRecord[]): AccessRecord[] {
  const seen = new Set<string>();
  return records.filter(({ id, org }) => {
    if (id === undefined) return true;
    const key = JSON.stringify([org, id]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

class OrgReplay {
  readonly #org: string;
  readonly #listener: ReplayListener;
  readonly #people = new KnownPeople((from, into) => this.#merge(from, into));

  constructor(org: string, listener: ReplayListener) {
    this.#org = org;
    this.#listener = listener;
  }

  *spans(): Generator<RoleSpan> {
    for (const person of this.#people.all())
      for (const [scope, standing] of person.standings)
        if (standing.status === 'in') yield this.#span(person, scope, standing, undefined);
  }

  fits(record: AccessRecord): boolean {
    const { move } = record;
    if (move === undefined || move.does === 'unclear') return true;
    const person = this.#people.find(move.person, markOf(record));
    return contradiction(standingOf(person, move.scope), person, move) === undefined;
  }

  move(record: AccessRecord): void {
    const move = record.move as AccessMove;
    const mark = markOf(record);
    if (move.does === 'unclear') this.#listener.onUnclear(mark);
    else this.#moveOne(move, mark, record.actor);
    // Removing oneself does not count as acting after the removal.
    this.act(record);
  }

  act(record: AccessRecord): void {
    if (record.actor === undefined) return;
    const mark = markOf(record);
    const person = this.#people.find(record.actor, mark);
    this.#actOne(person, mark);
  }

  #actOne(person: KnownPerson, mark: EventMark): void {
    const standing = standingOf(person, '');
    const found = actingContradiction(standing, mark);
    if (found !== undefined) this.#break(person, '', found, mark);
    if (found !== undefined || standing.status === 'unknown') applyActing(standing, mark);
    person.lastActed = mark;
  }

  #moveOne(move: AccessMove, mark: EventMark, actor: Person | undefined): void {
    const { scope, does } = move;
    const person = this.#people.find(move.person, mark);
    const standing = standingOf(person, scope);
    const found = contradiction(standing, person, move);
    if (found !== undefined) this.#break(person, scope, found, mark);
    const isSelf = actor === undefined || this.#people.find(actor, mark) === person;
    const before = standing.role ?? move.oldRole;
    this.#endSpan(person, standing, move, mark);
    applyMove(standing, move, mark, isSelf);
    const isInvitation = does === 'invite' || does === 'uninvite';
    this.#listener.onStep?.({
      org: this.#org,
      scope,
      person,
      does,
      mark: does === 'grant' || does === 'accept' ? (standing.memberMark ?? mark) : mark,
      before: isInvitation || does === 'grant' || does === 'accept' ? undefined : (move.oldRole ?? before),
      after: does === 'revoke' ? undefined : move.role,
    });
  }

  /** Ends the current role. */
  #endSpan(person: KnownPerson, standing: Standing, move: AccessMove, mark: EventMark): void {
    const { onSpan } = this.#listener;
    if (onSpan === undefined || !['grant', 'accept', 'change', 'revoke'].includes(move.does)) return;
    const { status, role } = standing;
    if (status === 'in' && !keepsRole(standing, move)) {
      const span = this.#span(person, move.scope, standing, mark);
      onSpan(role === undefined && move.oldRole !== undefined ? { ...span, role: move.oldRole } : span);
    }
    // The old role is all that is known about a member from before the log.
    const isEarlier = status === 'unknown' && (move.does === 'change' || move.does === 'revoke');
    if (isEarlier)
      onSpan({ ...this.#span(person, move.scope, standing, mark), role: move.oldRole, seen: person.firstSeen });
  }

  #span(person: KnownPerson, scope: string, standing: Standing, until: EventMark | undefined): RoleSpan {
    const { role, roleMark, stateMark } = standing;
    const seen = roleMark ?? stateMark ?? person.firstSeen;
    return { org: this.#org, scope, person, role, since: roleMark, seen, until };
  }

  #break(person: KnownPerson, scope: string, found: Contradiction, after: EventMark): void {
    this.#listener.onBreak({ ...found, org: this.#org, scope, person, after });
  }

  /** Merges two records of one person. */
  #merge(from: KnownPerson, into: KnownPerson): void {
    if (from.firstSeen.time < into.firstSeen.time) into.firstSeen = from.firstSeen;
    const acted = into.lastActed;
    for (const [scope, standing] of from.standings) {
      const own = into.standings.get(scope);
      if (own === undefined || own.how === undefined || own.how === 'acted') into.standings.set(scope, standing);
      else own.invitation ??= standing.invitation;
    }
    if (from.lastActed !== undefined && (acted === undefined || from.lastActed.time > acted.time))
      into.lastActed = from.lastActed;
    if (acted !== undefined) {
      const last = into.lastActed;
      this.#actOne(into, acted);
      into.lastActed = last;
    }
  }
}

function standingOf(person: KnownPerson, scope: string): Standing {
  const found = person.standings.get(scope) ?? newStanding();
  person.standings.set(scope, found);
  return found;
}

function markOf({ time, id, action, actor, late }: AccessRecord): EventMark {
  return { time, id, action, by: actor, late };
}
