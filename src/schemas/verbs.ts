/** The OCSF classes that an audit event can become: Account Change, Authentication, Entity Management, User Access Management, Group Management. */
export type ClassUid = 3001 | 3002 | 3004 | 3005 | 3006;

/** What an action means, in OCSF's terms. The other schemas follow from it. */
export interface Meaning {
  readonly class: ClassUid;
  /** 99 where no rule knows better. */
  readonly activity: number;
  /** The part of the resource that it was done to, such as `settings`; undefined: the resource itself. */
  readonly part?: string;
  /** Where the entry tells of the thing, when that is not its resource. */
  readonly entity?: { readonly type: string; readonly id: string; readonly name: string };
  /** Whether the resource itself is meant, though the action names something else. */
  readonly whole?: true;
  /** The role that the action itself names. */
  readonly role?: string;
  /** Whether the actor is the one affected, unless somebody else is named. */
  readonly own?: true;
  /** Whether the action says that it did not succeed. */
  readonly failed?: true;
}

/** What was done, as the number that OCSF gives it in its class Entity Management (3004). */
export const ENTITY_ACTIVITY = {
  create: 1,
  read: 2,
  update: 3,
  delete: 4,
  move: 5,
  enroll: 6,
  unenroll: 7,
  enable: 8,
  disable: 9,
  activate: 10,
  deactivate: 11,
  suspend: 12,
  resume: 13,
  other: 99,
} as const;
export type EntityActivity = keyof typeof ENTITY_ACTIVITY;

/** Words that say this of whatever thing stands beside them. A word that may mean more than one of them is in none. */
const VERBS: Readonly<Partial<Record<EntityActivity, string>>> = {
  create:
    'create created add added duplicate duplicated restore restored import imported upload uploaded purchase purchased invite invited join joined accept accepted',
  read: 'read view viewed download downloaded export exported fetch fetched',
  update:
    'update updated change changed edit edited modify modified set configure configured reset rotate rotated replace replaced complete completed',
  delete: 'delete deleted remove removed destroy destroyed purge purged revoke revoked leave left offboard offboarded',
  move: 'move moved rename renamed transfer transferred',
  enroll:
    'enroll enrolled connect connected link linked attach attached install installed register registered assign assigned',
  unenroll:
    'unenroll unenrolled disconnect disconnected unlink unlinked detach detached uninstall uninstalled unregister unregistered unassign unassigned',
  enable: 'enable enabled publish published unarchive unarchived',
  disable: 'disable disabled unpublish unpublished archive archived',
  activate: 'activate activated reactivate reactivated',
  deactivate: 'deactivate deactivated pause paused',
  suspend: 'suspend suspended',
  resume: 'resume resumed unsuspend unsuspended unpause unpaused',
};

/** The activity of each verb. */
export const VERB: ReadonlyMap<string, EntityActivity> = byWord(VERBS);

/** What the same words say of a person's account: activities of Account Change (3001). */
export const PERSON_VERB: ReadonlyMap<string, number> = new Map(
  [
    ...byWord({
      1: 'create created add added invite invited join joined accept accepted register registered',
      2: 'enable enabled activate activated reactivate reactivated restore restored unsuspend unsuspended resume resumed',
      5: 'disable disabled deactivate deactivated suspend suspended',
      6: 'delete deleted remove removed destroy destroyed leave left offboard offboarded revoke revoked cancel cancelled canceled',
      9: 'lock locked',
      12: 'unlock unlocked',
    }),
  ].map(([word, id]) => [word, Number(id)]),
);

/** What they say of somebody in a group: Add User and Remove User of Group Management (3006). */
export const MEMBER_VERB: ReadonlyMap<string, number> = new Map(
  [
    ...byWord({
      3: 'add added join joined assign assigned',
      4: 'remove removed leave left unassign unassigned',
    }),
  ].map(([word, id]) => [word, Number(id)]),
);

/** What they say of a group itself: Create and Delete of Group Management (3006). */
export const GROUP_VERB: ReadonlyMap<string, number> = new Map(
  [...byWord({ 6: 'create created', 5: 'delete deleted destroy destroyed' })].map(([word, id]) => [word, Number(id)]),
);

/** What one does on one's own: where an entry names nobody else, it is about its actor. */
export const OWN_DEED: ReadonlySet<string> = new Set('join joined leave left accept accepted'.split(' '));

export const PERSONS: ReadonlySet<string> = new Set(
  'user users member members invitation invitations invite collaborator'.split(' '),
);
export const GROUPS: ReadonlySet<string> = new Set('group groups team teams usergroup usergroups'.split(' '));
/** Whoever is in one of these has an account, and is not in a group of it. */
export const ORGS: ReadonlySet<string> = new Set('org orgs organization organizations sub'.split(' '));

function byWord<Name extends string>(words: Readonly<Partial<Record<Name, string>>>): Map<string, Name> {
  const pairs = Object.entries(words) as [Name, string][];
  return new Map(pairs.flatMap(([name, list]) => list.split(' ').map((word): [string, Name] => [word, name])));
}
