import type { FieldPath, PersonField } from './fields.js';

/**
 * What an event does to access. `grant`: somebody becomes a member; `accept`: the same, by accepting an invitation, which a `grant` may
 * confirm; `change`: another role; `revoke`: no longer a member; `invite` and `uninvite`: not a member yet; `unclear`: roles may change, and
 * the entry does not say whose.
 */
export const ACCESS_EFFECTS = ['grant', 'accept', 'change', 'revoke', 'invite', 'uninvite', 'unclear'] as const;
export type AccessEffect = (typeof ACCESS_EFFECTS)[number];

/** Where a role is, or the role itself where the action says it. */
export type RoleField = FieldPath | { readonly is: string };

/** What some actions do to access, and where the person and the roles are. */
export interface AccessRule {
  /** Globs. */
  readonly actions: readonly string[];
  readonly does: AccessEffect;
  /** Whose access it is; absent: the target. */
  readonly person?: 'target' | 'actor' | PersonField | readonly PersonField[];
  /** The role afterwards. */
  readonly role?: RoleField;
  /** The role before. */
  readonly oldRole?: RoleField;
  /** What the access is limited to, such as a team; absent: the whole organization. */
  readonly scope?: FieldPath;
}

/** How the members and their roles follow from the events. */
export interface ProviderAccess {
  /** The first rule that fits an action counts. */
  readonly rules: readonly AccessRule[];
  /** Globs of actions that people without access do as well, such as failed sign-ins. */
  readonly ignores?: readonly string[];
}
