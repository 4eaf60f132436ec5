import { HOSTILE_AGENT, HOSTILE_NAME } from './names.js';
import { type DemoPerson, MAIL_DOMAIN } from './people.js';

/** Where somebody acted from. */
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
  /** Stays on its day when that is on a weekend. */
  readonly exact?: true;
}

const OWNER = 'ingrid.solheim';
const TOMAS = 'tomas.echeverria';
const DANA = 'dana.whitfield';
const PRIYA = 'priya.r';
const ROWAN = 'rowan.pike';

/** Rare events, so that the log has every action of the vocabulary. Oldest first. */
export function milestones(): readonly Scene[] {
  return MILESTONES.map(scene);
}

type SceneRow = readonly [
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

const NIGHT: Whereabouts = {
  ip: '192.0.2.203',
  country: 'MD',
  agent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36',
};

const SWEEP: readonly string[] = [
  'assistant.deleted',
  'chat.deleted',
  'workflow.deleted',
  'integration.deleted',
  'chat.deleted',
  'connection.deleted',
  'broadcast.deleted',
  'action.deleted',
];

/** The night to find: one person, from an unusual place, deletes whatever is left. On Monday it is dealt with. */
export function incident(today: number): readonly Scene[] {
  // Days since the last Saturday whose Monday is over, too: day 0, 1970-01-01, was a Thursday.
  const sinceSaturday = (today + 5) % 7;
  const night = sinceSaturday < 3 ? sinceSaturday + 7 : sinceSaturday;
  const deletions = Array.from({ length: 44 }, (_, n) => ({
    daysAgo: night,
    minute: 2 * 60 + 14 + n * 0.55 + (n % 3) * 0.11,
    by: ROWAN,
    action: SWEEP[n % SWEEP.length]!,
    from: NIGHT,
    exact: true as const,
    ...(n > 30 && { source: 'api' as const }),
  }));
  const before: readonly SceneRow[] = [
    [night + 1, '16:48', DANA, 'member.role_changed', { on: `${ROWAN}@${MAIL_DOMAIN}`, exact: true }],
    [night, '02:11', ROWAN, 'api_key.created', { on: 'backup', from: NIGHT, exact: true }],
  ];
  const after: readonly SceneRow[] = [
    [night - 2, '07:32', PRIYA, 'sso.profile.sessions.revoked', { exact: true }],
    [night - 2, '07:34', PRIYA, 'api_key.deleted', { on: 'backup', exact: true }],
    [night - 2, '07:35', PRIYA, 'member.removed', { on: `${ROWAN}@${MAIL_DOMAIN}`, exact: true }],
    [night - 2, '07:51', PRIYA, 'assistant.restored', { times: 4, exact: true }],
    [night - 2, '08:04', TOMAS, 'workflow.restored', { times: 4, exact: true }],
  ];
  return [...before.map(scene), ...deletions, ...after.map(scene)];
}

/** How people came and went. */
export function arrivals(people: readonly DemoPerson[]): readonly Scene[] {
  return people.flatMap(({ email: on, joined, left }) => {
    const mail = on.slice(0, on.indexOf('@'));
    const rows: SceneRow[] = [];
    if (joined < 600)
      rows.push(
        [joined + 2, '10:05', DANA, 'member.invited', { on }],
        [joined, '09:12', mail, 'member.joined', { on }],
      );
    // The last to leave does so in the incident.
    if (left > 10)
      rows.push(
        left % 2 === 0 ? [left, '15:40', DANA, 'member.removed', { on }] : [left, '15:40', mail, 'member.left', { on }],
      );
    return rows.map(scene);
  });
}

function scene([daysAgo, clock, by, action, more]: SceneRow): Scene {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { daysAgo, minute: hours * 60 + minutes, by, action, ...more };
}
