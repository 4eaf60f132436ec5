import type { EventMark, KnownPerson, Standing } from './people.js';
import type { AccessMove } from './record.js';

/**
 * `role`: the old role is not the one last known. `removal`: removed, though not a member. `added`: added, though a member already.
 * `after-removal`, `before-adding`: acts, or gets another role, though removed, or only invited.
 */
export const BREAK_KINDS = ['role', 'removal', 'added', 'after-removal', 'before-adding'] as const;
export type BreakKind = (typeof BREAK_KINDS)[number];

/** What contradicts an earlier event. */
export interface Contradiction {
  readonly kind: BreakKind;
  /** The earlier event. */
  readonly before: EventMark;
  /** The role last known, and the old role that the later event names. */
  readonly roles?: { readonly known: string; readonly told: string };
}

/** How a move contradicts what is known; undefined: it does not. Members from before the log begins contradict nothing. */
export function contradiction(standing: Standing, person: KnownPerson, move: AccessMove): Contradiction | undefined {
  const { status, role, roleMark, stateMark, how } = standing;
  if (stateMark === undefined || !['grant', 'accept', 'change', 'revoke'].includes(move.does)) return undefined;
  if (move.does === 'grant' || move.does === 'accept') {
    if (status !== 'in' || isConfirmed(how, move.does)) return undefined;
    // Of all that shows an unexplained member, the last act is nearest.
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

/** Whoever accepts an invitation may be added by another event, before or after. */
function isConfirmed(how: Standing['how'], does: 'grant' | 'accept'): boolean {
  return (how === 'accepted' && does === 'grant') || (how === 'added' && does === 'accept');
}

export function isSameRole(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** How an act contradicts what is known; undefined: it does not. Nothing contradicts an event of the same instant. */
export function actingContradiction({ status, stateMark }: Standing, mark: EventMark): Contradiction | undefined {
  if (stateMark === undefined || mark.time <= stateMark.time) return undefined;
  if (status === 'out') return { kind: 'after-removal', before: stateMark };
  return status === 'invited' ? { kind: 'before-adding', before: stateMark } : undefined;
}

/** Whether a change leaves a member with the role that they had. */
export function keepsRole({ status, role: known }: Standing, { does, role, oldRole }: AccessMove): boolean {
  if (does !== 'change' || status !== 'in' || known === undefined || role === undefined) return false;
  return isSameRole(known, role) && (oldRole === undefined || isSameRole(known, oldRole));
}

/** Applies a move. */
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
      // The second of the two events may say nothing new.
      if (isAgain && (role === undefined || (standing.role !== undefined && isSameRole(standing.role, role)))) {
        standing.how = how;
        return;
      }
      // Somebody who comes in by an invitation was let in by whoever sent it.
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

/** Somebody acts of whom the log does not say that they are a member. */
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
