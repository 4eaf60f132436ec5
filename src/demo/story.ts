import { HOSTILE_AGENT, HOSTILE_NAME } from './names.js';
import { type DemoPerson, MAIL_DOMAIN } from './people.js';

/** Where someone acted from, when it was not from their usual place. */
export interface Whereabouts {
  readonly ip: string;
  readonly country: string;
  readonly agent: string;
}

/** One planned event of the story, `minute` minutes into the UTC day that is `daysAgo` days before today. */
export interface Scene {
  readonly daysAgo: number;
  readonly minute: number;
  /** Who, by the mail name; undefined is nobody: an automated event. */
  readonly by: string | undefined;
  readonly action: string;
  readonly on?: string;
  readonly source?: 'admin' | 'api' | 'system';
  readonly from?: Whereabouts;
  /** How many of them, all at the same instant. */
  readonly times?: number;
  /** Left where it is when it falls on a weekend. */
  readonly exact?: true;
}

const OWNER = 'ingrid.solheim';
const TOMAS = 'tomas.echeverria';
const DANA = 'dana.whitfield';
const PRIYA = 'priya.r';
const ROWAN = 'rowan.pike';

/** What does not happen every day, so that every action of the vocabulary is there to be found. Newest last. */
export function milestones(): readonly Scene[] {
  return [
    scene(545, '08:10', OWNER, 'org.updated'),
    scene(544, '09:30', TOMAS, 'email.domain.created'),
    scene(544, '09:41', TOMAS, 'email.identity.created'),
    scene(540, '10:02', TOMAS, 'domain.created'),
    scene(503, '08:15', PRIYA, 'sso.profile.created'),
    scene(503, '08:21', PRIYA, 'sso.domain.create_code_requested'),
    scene(503, '09:05', PRIYA, 'sso.domain.created'),
    scene(501, '10:00', PRIYA, 'sso.domain.updated'),
    scene(476, '09:00', OWNER, 'org.sub_org_created'),
    scene(474, '09:20', OWNER, 'org.sub_org_member_joined'),
    scene(430, '11:45', PRIYA, 'sso.profile.updated'),
    scene(411, '14:00', TOMAS, 'connection.created', { source: 'api', times: 5 }),
    scene(352, '07:55', undefined, 'org.disabled', { source: 'admin' }),
    scene(352, '09:18', undefined, 'org.enabled', { source: 'admin' }),
    scene(320, '10:30', OWNER, 'org.sub_org_created'),
    scene(318, '09:00', OWNER, 'org.sub_org_updated'),
    scene(301, '13:14', TOMAS, 'email.domain.created'),
    scene(277, '13:02', TOMAS, 'email.domain.deleted'),
    scene(255, '08:00', OWNER, 'org.transferred'),
    scene(255, '08:00', OWNER, 'org.transferred_to'),
    scene(240, '09:00', OWNER, 'org.sub_org_created'),
    scene(198, '15:07', DANA, 'org.deleted'),
    scene(198, '15:16', OWNER, 'org.restored', { source: 'admin' }),
    scene(166, '10:10', TOMAS, 'domain.created'),
    scene(164, '10:10', TOMAS, 'domain.deleted'),
    scene(140, '08:40', PRIYA, 'sso.profile.created'),
    scene(139, '08:44', PRIYA, 'sso.domain.created'),
    scene(121, '09:10', OWNER, 'org.sub_org_member_role_changed'),
    scene(96, '12:00', OWNER, 'org.detached'),
    scene(95, '09:00', OWNER, 'org.detached_from', { source: 'admin' }),
    scene(77, '16:20', PRIYA, 'sso.domain.delete_code_requested'),
    scene(77, '16:31', PRIYA, 'sso.domain.deleted'),
    scene(76, '08:05', PRIYA, 'sso.profile.deleted'),
    scene(61, '07:30', TOMAS, 'email.identity.created'),
    scene(60, '07:30', TOMAS, 'email.identity.deleted'),
    scene(33, '13:00', DANA, 'member.invited', { times: 6 }),
    scene(16, '10:12', undefined, 'integration.updated', {
      source: 'api',
      from: { ip: '192.0.2.66', country: 'ZZ', agent: HOSTILE_AGENT },
    }),
    scene(15, '14:41', 'camila.ferreira', 'assistant.created', { on: HOSTILE_NAME }),
    scene(15, '15:03', DANA, 'assistant.deleted', { on: HOSTILE_NAME }),
  ];
}

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

/** The night to find: one person, from a place where they never were, deletes whatever there is, and what is done about it on Monday. */
export function incident(today: number): readonly Scene[] {
  // Days since the last Saturday whose Monday is over, too: day 0, 1970-01-01, was a Thursday.
  const sinceSaturday = (today + 5) % 7;
  const night = sinceSaturday < 3 ? sinceSaturday + 7 : sinceSaturday;
  const scenes: Scene[] = [
    scene(night + 1, '16:48', DANA, 'member.role_changed', { on: `${ROWAN}@${MAIL_DOMAIN}`, exact: true }),
    scene(night, '02:11', ROWAN, 'api_key.created', { on: 'backup', from: NIGHT, exact: true }),
  ];
  for (let n = 0; n < 44; n += 1) {
    const action = SWEEP[n % SWEEP.length]!;
    const minute = 2 * 60 + 14 + n * 0.55 + (n % 3) * 0.11;
    scenes.push({
      daysAgo: night,
      minute,
      by: ROWAN,
      action,
      from: NIGHT,
      exact: true,
      ...(n > 30 && { source: 'api' as const }),
    });
  }
  scenes.push(
    scene(night - 2, '07:32', PRIYA, 'sso.profile.sessions.revoked', { exact: true }),
    scene(night - 2, '07:34', PRIYA, 'api_key.deleted', { on: 'backup', exact: true }),
    scene(night - 2, '07:35', PRIYA, 'member.removed', { on: `${ROWAN}@${MAIL_DOMAIN}`, exact: true }),
    scene(night - 2, '07:51', PRIYA, 'assistant.restored', { times: 4, exact: true }),
    scene(night - 2, '08:04', TOMAS, 'workflow.restored', { times: 4, exact: true }),
  );
  return scenes;
}

/** How people came and went. */
export function arrivals(people: readonly DemoPerson[]): readonly Scene[] {
  return people.flatMap(({ email, joined, left }) => {
    const mail = email.slice(0, email.indexOf('@'));
    const scenes: Scene[] = [];
    if (joined < 600) {
      scenes.push(scene(joined + 2, '10:05', DANA, 'member.invited', { on: email }));
      scenes.push(scene(joined, '09:12', mail, 'member.joined', { on: email }));
    }
    // Whoever leaves last does so in the incident.
    if (left > 10)
      scenes.push(
        scene(left, '15:40', left % 2 === 0 ? DANA : mail, left % 2 === 0 ? 'member.removed' : 'member.left', {
          on: email,
        }),
      );
    return scenes;
  });
}

function scene(
  daysAgo: number,
  clock: string,
  by: string | undefined,
  action: string,
  more: Partial<Scene> = {},
): Scene {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return { daysAgo, minute: hours * 60 + minutes, by, action, ...more };
}
