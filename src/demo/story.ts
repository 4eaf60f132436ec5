import { HOSTILE_AGENT, HOSTILE_NAME } from './names.js';
import type { DemoPerson } from './people.js';

/** The place that somebody acted from. */
export interface Whereabouts {
  readonly ip: string;
  readonly country: string;
  readonly agent: string;
}

/** One planned event of the story, `minute` minutes into the UTC day that is `daysAgo` days before today. */
export interface Scene {
  readonly daysAgo: number;
  readonly minute: number;
  /** The mail name of a person; undefined for an automated event. */
  readonly by: string | undefined;
  readonly action: string;
  readonly on?: string;
  readonly source?: 'admin' | 'api' | 'system';
  readonly from?: Whereabouts;
  /** How many such events, all at the same instant. */
  readonly times?: number;
  /** Stays on its day even on a weekend. */
  readonly exact?: true;
}

const OWNER = 'ingrid.solheim';
export const TOMAS = 'tomas.echeverria';
export const DANA = 'dana.whitfield';
export const PRIYA = 'priya.r';

/** Rare events that give the log every action of the vocabulary, oldest first. */
export function milestones(): readonly Scene[] {
  return MILESTONES.map(scene);
}

/** A scene as a row; `clock` is `hh:mm`, UTC. */
export type SceneRow = readonly [
  daysAgo: number,
  clock: string,
  by: string | undefined,
  action: string,
  more?: Partial<Scene>,
];

const MILESTONES: readonly SceneRow[] = [
  [545, '08:10', OWNER, 'org.updated'],
  [544, '09:30', TOMAS, 'email.domain.created'],
  [544, '09:41', TOMAS, 'email.identity.created'],
  [540, '10:02', TOMAS, 'domain.created'],
  [503, '08:15', PRIYA, 'sso.profile.created'],
  [503, '08:21', PRIYA, 'sso.domain.create_code_requested'],
  [503, '09:05', PRIYA, 'sso.domain.created'],
  [501, '10:00', PRIYA, 'sso.domain.updated'],
  [476, '09:00', OWNER, 'org.sub_org_created'],
  [474, '09:20', OWNER, 'org.sub_org_member_joined'],
  [430, '11:45', PRIYA, 'sso.profile.updated'],
  [411, '14:00', TOMAS, 'connection.created', { source: 'api', times: 5 }],
  [352, '07:55', undefined, 'org.disabled', { source: 'admin' }],
  [352, '09:18', undefined, 'org.enabled', { source: 'admin' }],
  [320, '10:30', OWNER, 'org.sub_org_created'],
  [318, '09:00', OWNER, 'org.sub_org_updated'],
  [301, '13:14', TOMAS, 'email.domain.created'],
  [277, '13:02', TOMAS, 'email.domain.deleted'],
  [255, '08:00', OWNER, 'org.transferred'],
  [255, '08:00', OWNER, 'org.transferred_to'],
  [240, '09:00', OWNER, 'org.sub_org_created'],
  [198, '15:07', DANA, 'org.deleted'],
  [198, '15:16', OWNER, 'org.restored', { source: 'admin' }],
  [166, '10:10', TOMAS, 'domain.created'],
  [164, '10:10', TOMAS, 'domain.deleted'],
  [140, '08:40', PRIYA, 'sso.profile.created'],
  [139, '08:44', PRIYA, 'sso.domain.created'],
  [121, '09:10', OWNER, 'org.sub_org_member_role_changed'],
  [96, '12:00', OWNER, 'org.detached'],
  [95, '09:00', OWNER, 'org.detached_from', { source: 'admin' }],
  [77, '16:20', PRIYA, 'sso.domain.delete_code_requested'],
  [77, '16:31', PRIYA, 'sso.domain.deleted'],
  [76, '08:05', PRIYA, 'sso.profile.deleted'],
  [61, '07:30', TOMAS, 'email.identity.created'],
  [60, '07:30', TOMAS, 'email.identity.deleted'],
  [33, '13:00', DANA, 'member.invited', { times: 6 }],
  [
    16,
    '10:12',
    undefined,
    'integration.updated',
    { source: 'api', from: { ip: '192.0.2.66', country: 'ZZ', agent: HOSTILE_AGENT } },
  ],
  [15, '14:41', 'camila.ferreira', 'assistant.created', { on: HOSTILE_NAME }],
  [15, '15:03', DANA, 'assistant.deleted', { on: HOSTILE_NAME }],
];

/** How people came and went. */
export function arrivals(people: readonly DemoPerson[]): readonly Scene[] {
  return people.flatMap(({ email: on, joined, left }) => {
    const mail = on.slice(0, on.indexOf('@'));
    const rows: SceneRow[] = [];
    if (joined < 600)
      rows.push(
        [joined + 3, '10:05', DANA, 'member.invited', { on }],
        [joined, '09:12', mail, 'member.joined', { on }],
      );
    // The last to leave does so in the incident.
    if (left > 10)
      rows.push(
        // Exact, because people act up to the day before.
        left % 2 === 0
          ? [left, '15:40', DANA, 'member.removed', { on, exact: true }]
          : [left, '15:40', mail, 'member.left', { on, exact: true }],
      );
    return rows.map(scene);
  });
}

export function scene([daysAgo, clock, by, action, more]: SceneRow): Scene {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { daysAgo, minute: hours * 60 + minutes, by, action, ...more };
}
