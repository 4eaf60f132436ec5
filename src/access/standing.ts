import type { EventMark, KnownPerson, Standing } from './people.js';
import type { AccessMove } from './record.js';

/**
 * `role`: the old role is not the last known one. `removal`: the removed person is not a member. `added`: the added person is a member already.
 * `after-removal`, `before-adding`: the person acts, or gets another role, after being removed or while only invited.
 */
export const BREAK_KINDS = ['role', 'removal', 'added', 'after-removal', 'before-adding'] as const;
export type BreakKind = (typeof BREAK_KINDS)[number];

/** What contradicts an earlier event. */
export interface Contradiction {
  readonly kind: BreakKind;
  /** The earlier event. */
  readonly before: EventMark;
  /** The last known role, and the old role that the later event names. */
  readonly roles?: { readonly known: string; readonly told: string };
}

/** The contradiction between a change and the known state; undefined if there is none. Members from before the log contradict nothing. */
export function contradiction(standing: Standing, person: KnownPerson, move: AccessMove): Contradiction | undefined {
  const { status, role, roleMark, stateMark, how } = standing;
  if (stateMark === undefined || !['grant', 'accept', 'change', 'revoke'].includes(move.does)) return undefined;
  if (move.does === 'grant' || move.does === 'accept') {
    if (status !== 'in' || isConfirmed(how, move.does)) return undefined;
    // The last act is the event closest to the contradiction.
    const isActing = how === 'acted';
    return {
      kind: isActing ? 'before-adding' : 'added',
      before: (isActing ? person.lastActed : roleMark) ?? stateMark,
    };
  }
  if (status === 'out') return { kind: move.does === 'revoke' ? 'removal' : 'after-removal', before: stateMark };
  if (status === 'invited') return { kind: move.does === 'revoke' ? 'removal' : 'before-adding', before: stateMark };
  if (role === undefined || move.oldRole === undefined || isSameRole(role, move.oldRole)) return undefined;
  return { kind: 'role', before: roleMark ?? stateMark, roles: { known: role, told: move.oldRole } };
}

/** An invited person may accept and be added in two events, in either order. */
function isConfirmed(how: Standing['how'], does: 'grant' | 'accept'): boolean {
  return (how === 'accepted' && does === 'grant') || (how === 'added' && does === 'accept');
}

export function isSameRole(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** The contradiction between an act and the known state; undefined if there is none. Events of the same instant never contradict each other. */
export function actingContradiction({ status, stateMark }: Standing, mark: EventMark): Contradiction | undefined {
  if (stateMark === undefined || mark.time <= stateMark.time) return undefined;
  if (status === 'out') return { kind: 'after-removal', before: stateMark };
  return status === 'invited' ? { kind: 'before-adding', before: stateMark } : undefined;
}

/** Whether a member keeps the same role. */
export function keepsRole({ status, role: known }: Standing, { does, role, oldRole }: AccessMove): boolean {
  if (does !== 'change' || status !== 'in' || known === undefined || role === undefined) return false;
  return isSameRole(known, role) && (oldRole === undefined || isSameRole(known, oldRole));
}

/** Applies a change. */
export function applyMove(standing: Standing, move: AccessMove, mark: EventMark, isSelf: boolean): void {
  const { does, role } = move;
  switch (does) {
    case 'invite':
      standing.invitation = mark;
      if (standing.status !== 'in') Object.assign(standing, { status: 'invited', stateMark: mark, how: 'invited' });
      return;
    case 'uninvite':
      standing.invitation = undefined;
      if (standing.status === 'invited') Object.assign(standing, { status: 'out', stateMark: mark, how: 'removed' });
      return;
    case 'grant':
    case 'accept': {
      const isAgain = standing.status === 'in' && isConfirmed(standing.how, does);
      const how = does === 'grant' ? 'added' : 'accepted';
      // The second of two events about one joining may add nothing.
      if (isAgain && (role === undefined || (standing.role !== undefined && isSameRole(standing.role, role)))) {
        standing.how = how;
        return;
      }
      // A person who joins by an invitation was let in by its sender.
      const given = isSelf && standing.invitation !== undefined ? { ...mark, by: standing.invitation.by } : mark;
      const memberMark = isAgain ? standing.memberMark : given;
      Object.assign(standing, { status: 'in', role, roleMark: given, memberMark, stateMark: mark, how });
      return;
    }
    case 'change':
      if (standing.status !== 'in') standing.memberMark = undefined;
      if (!keepsRole(standing, move)) standing.roleMark = mark;
      Object.assign(standing, { status: 'in', role, stateMark: mark, how: 'changed' });
      return;
    case 'revoke':
      Object.assign(standing, {
        status: 'out',
        role: undefined,
        roleMark: undefined,
        memberMark: undefined,
        invitation: undefined,
        stateMark: mark,
        how: 'removed',
      });
      return;
    default:
  }
}

/** Records that an unknown person acts, so that they count as a member. */
export function applyActing(standing: Standing, mark: EventMark): void {
  if (standing.status === 'in') return;
  Object.assign(standing, {
    status: 'in',
    role: undefined,
    roleMark: undefined,
    memberMark: undefined,
    stateMark: mark,
    how: 'acted',
  });
}
