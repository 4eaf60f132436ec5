import { MAIL_DOMAIN } from './people.js';
import { DANA, PRIYA, type Scene, type SceneRow, scene, TOMAS, type Whereabouts } from './story.js';

const ROWAN = 'rowan.pike';

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

/** The incident: at night one person, from an unusual place, deletes whatever is left. On Monday it is handled. */
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
