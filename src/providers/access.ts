import type { FieldPath, PersonField } from './fields.js';

/**
 * What an event does to access. `grant`: a person becomes a member; `accept`: the same by accepting an invitation, which a `grant` may confirm;
 * `change`: a member gets another role; `revoke`: a person is no longer a member; `invite` and `uninvite`: the person is not a member yet; `unclear`:
 * roles may change, but the entry does not name the person.
 */
export const ACCESS_EFFECTS = ['grant', 'accept', 'change', 'revoke', 'invite', 'uninvite', 'unclear'] as const;
export type AccessEffect = (typeof ACCESS_EFFECTS)[number];

/** The path of a role, or the role itself if the action names it. */
export type RoleField = FieldPath | { readonly is: string };

/** The effect of some actions on access, and the paths of the person and the roles. */
export interface AccessRule {
  /** Globs. */
  readonly actions: readonly string[];
  readonly does: AccessEffect;
  /** The person whose access changes; absent: the target. */
  readonly person?: 'target' | 'actor' | PersonField | readonly PersonField[];
  /** The role afterwards. */
  readonly role?: RoleField;
  /** The role before. */
  readonly oldRole?: RoleField;
  /** The path of a limit of the access, such as a team; absent: the whole organization. */
  readonly scope?: FieldPath;
}

/** How members and their roles follow from events. */
export interface ProviderAccess {
  /** The first rule that matches an action applies. */
  readonly rules: readonly AccessRule[];
  /** Globs of actions that do not prove access, such as failed sign-ins. */
  readonly ignores?: readonly string[];
}
