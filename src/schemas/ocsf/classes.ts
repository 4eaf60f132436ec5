import type { ClassUid } from '../verbs.js';

export const CATEGORY = { uid: 3, caption: 'Identity & Access Management' } as const;

export interface OcsfClass {
  readonly caption: string;
  /** By number, except 99, which has the vendor's name. */
  readonly activities: ReadonlyMap<number, string>;
}

/** The classes as schema.ocsf.io names them, with the activities that audit logs have. */
export const CLASSES: Readonly<Record<ClassUid, OcsfClass>> = {
  3001: {
    caption: 'Account Change',
    activities: new Map([
      [1, 'Create'],
      [2, 'Enable'],
      [3, 'Password Change'],
      [4, 'Password Reset'],
      [5, 'Disable'],
      [6, 'Delete'],
      [9, 'Lock'],
      [10, 'MFA Factor Enable'],
      [11, 'MFA Factor Disable'],
      [12, 'Unlock'],
    ]),
  },
  3002: {
    caption: 'Authentication',
    activities: new Map([
      [1, 'Logon'],
      [2, 'Logoff'],
    ]),
  },
  3004: {
    caption: 'Entity Management',
    activities: new Map([
      [1, 'Create'],
      [2, 'Read'],
      [3, 'Update'],
      [4, 'Delete'],
      [5, 'Move'],
      [6, 'Enroll'],
      [7, 'Unenroll'],
      [8, 'Enable'],
      [9, 'Disable'],
      [10, 'Activate'],
      [11, 'Deactivate'],
      [12, 'Suspend'],
      [13, 'Resume'],
    ]),
  },
  3005: {
    caption: 'User Access Management',
    activities: new Map([
      [1, 'Assign Privileges'],
      [2, 'Revoke Privileges'],
    ]),
  },
  3006: {
    caption: 'Group Management',
    activities: new Map([
      [1, 'Assign Privileges'],
      [2, 'Revoke Privileges'],
      [3, 'Add User'],
      [4, 'Remove User'],
      [5, 'Delete'],
      [6, 'Create'],
    ]),
  },
};
