/** The OCSF classes of audit events: Account Change, Authentication, Entity Management, User Access Management, Group Management. */
export type ClassUid = 3001 | 3002 | 3004 | 3005 | 3006;

/** The meaning of an action in OCSF, from which the other schemas follow. */
export interface Meaning {
  readonly class: ClassUid;
  /** 99 if the action is unmapped. */
  readonly activity: number;
  /** The affected part of the resource, such as `settings`; undefined: the resource itself. */
  readonly part?: string;
  /** The type, and the paths of the id and the name, of an object that is not the resource. */
  readonly entity?: { readonly type: string; readonly id: string; readonly name: string };
  /** Whether the resource itself was affected, although the action names something else. */
  readonly whole?: true;
  /** The role in the action's name. */
  readonly role?: string;
  /** Whether it affects the actor, unless the entry names another person. */
  readonly own?: true;
  /** Whether the action failed. */
  readonly failed?: true;
}

/** The activities of the OCSF class Entity Management (3004). */
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

/** The verbs of each activity. A verb with several meanings is not listed. */
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

/** Of a person's account: activities of Account Change (3001). */
export const PERSON_VERB: ReadonlyMap<string, number> = byActivity({
  1: 'create created add added invite invited join joined accept accepted register registered',
  2: 'enable enabled activate activated reactivate reactivated restore restored unsuspend unsuspended resume resumed',
  5: 'disable disabled deactivate deactivated suspend suspended',
  6: 'delete deleted remove removed destroy destroyed leave left offboard offboarded revoke revoked cancel cancelled canceled',
  9: 'lock locked',
  12: 'unlock unlocked',
});

/** Of a person in a group: Add User and Remove User of Group Management (3006). */
export const MEMBER_VERB: ReadonlyMap<string, number> = byActivity({
  3: 'add added join joined assign assigned',
  4: 'remove removed leave left unassign unassigned',
});

/** Of a group itself: Create and Delete of Group Management (3006). */
export const GROUP_VERB: ReadonlyMap<string, number> = byActivity({
  6: 'create created',
  5: 'delete deleted destroy destroyed',
});

/** Verbs for what people do themselves: the entry affects its actor unless it names another person. */
export const OWN_DEED: ReadonlySet<string> = new Set('join joined leave left accept accepted'.split(' '));

export const PERSONS: ReadonlySet<string> = new Set(
  'user users member members invitation invitations invite collaborator'.split(' '),
);
export const GROUPS: ReadonlySet<string> = new Set('group groups team teams usergroup usergroups'.split(' '));
/** Members of these have an account; they are not members of a group. */
export const ORGS: ReadonlySet<string> = new Set('org orgs organization organizations sub'.split(' '));

function byWord<Name extends string>(words: Readonly<Partial<Record<Name, string>>>): Map<string, Name> {
  const pairs = Object.entries(words) as [Name, string][];
  return new Map(pairs.flatMap(([name, list]) => list.split(' ').map((word): [string, Name] => [word, name])));
}

function byActivity(words: Readonly<Record<number, string>>): ReadonlyMap<string, number> {
  return new Map([...byWord(words)].map(([word, activity]) => [word, Number(activity)]));
}
