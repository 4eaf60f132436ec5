import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadShipped } from '../../src/providers/file/shipped.js';
import { PROVIDERS } from '../../src/providers/index.js';
import type { Provider } from '../../src/providers/provider.js';
import { periodBefore } from '../../src/report/before.js';
import { axisTexts, rangeText } from '../../src/report/html/words.js';
import { BURST, openBursts } from '../../src/report/review/bursts.js';
import { openSorter } from '../../src/report/review/classify.js';
import { sectionsIn } from '../../src/report/review/review.js';
import { openZone, UTC } from '../../src/time.js';

async function vendor(name: string): Promise<Provider> {
  const built = PROVIDERS.find((provider) => provider.name === name);
  if (built !== undefined) return built;
  const file = await loadShipped(name);
  if (file === undefined) throw new Error(`no ${name}`);
  return 'provider' in file ? (file.provider as Provider) : (file as unknown as Provider);
}

/** An action of a vendor and its sections. */
const SORTED: readonly (readonly [vendor: string, action: string, sections: string])[] = [
  ['invent', 'member.role_changed', 'roles'],
  ['invent', 'org.sub_org_member_role_changed', 'roles'],
  ['invent', 'member.joined', 'members'],
  ['invent', 'member.removed', 'members'],
  ['invent', 'member.left', 'members'],
  ['invent', 'api_key.created', 'keys'],
  ['invent', 'connection.deleted', 'keys'],
  ['invent', 'connection.updated', ''],
  ['invent', 'sso.profile.updated', 'settings'],
  ['invent', 'sso.domain.created', 'settings'],
  ['invent', 'org.updated', 'settings'],
  ['invent', 'assistant.updated', ''],
  ['invent', 'chat.deleted', ''],
  ['chipp', 'member.offboarded', 'members'],
  ['chipp', 'member.role_changed', 'roles'],
  ['chipp', 'workspace.permissions_updated', 'roles'],
  ['chipp', 'oauth.connected', 'keys'],
  ['chipp', 'mcp_integration.deleted', 'keys'],
  ['chipp', 'app.created', ''],
  ['chipp', 'knowledge_source.created', ''],
  ['okta', 'user.lifecycle.create', 'members'],
  ['okta', 'user.session.start', ''],
  ['okta', 'user.account.privilege.grant', 'roles'],
  ['slack', 'role_change_to_admin', 'roles'],
  ['slack', 'user_deactivated', 'members'],
  ['slack', 'user_login_failed', 'failed'],
  ['slack', 'user_login', ''],
  ['slack', 'app_installed', 'keys'],
  ['github', 'org.update_member', 'roles'],
  ['github', 'org.remove_member', 'members'],
  ['github', 'org.enable_two_factor_requirement', 'settings'],
  ['openai', 'api_key.created', 'keys'],
  ['openai', 'login.failed', 'failed'],
  ['entra', 'Add user', 'members'],
  ['entra', 'Add member to role', 'roles'],
  ['jira', 'User created', 'members'],
  ['jira', 'Global permission added', 'roles'],
  ['asana', 'user_workspace_admin_role_changed', 'roles'],
  ['asana', 'workspace_saml_settings_changed', 'settings'],
  ['twilio', 'api-key.deleted', 'keys'],
  ['mongodb-atlas', 'USER_ROLES_CHANGED_AUDIT', 'roles'],
  ['mongodb-atlas', 'JOINED_ORG', 'members'],
  ['mongodb-atlas', 'API_KEY_CREATED', 'keys'],
  ['figma', 'personal_access_token_create', 'keys'],
  ['figma', 'org_user_delete', 'members'],
  ['google-workspace', 'login.login_failure', 'failed'],
  ['snyk', 'org.edit', 'settings'],
  ['snyk', 'org.sast_settings.edit', 'settings'],
  ['snyk', 'org.project.edit', ''],
  ['docker-hub', 'org.create', 'settings'],
  ['docker-hub', 'org.team.delete', ''],
  ['airtable', 'addWorkspaceCollaborator', 'members'],
  ['asana', 'user_app_revoked', ''],
  ['okta', 'application.user_membership.add', ''],
  ['entra', 'Admin deleted security info', ''],
  ['mongodb-atlas', 'REMOVED_FROM_ORG', 'members'],
  ['mongodb-atlas', 'NETWORK_PERMISSION_ENTRY_ADDED', ''],
];

describe('sections by the words of actions', () => {
  test.each(SORTED)('%s: %s is in "%s"', async (name, action, sections) => {
    expect(sectionsIn(openSorter(await vendor(name))(action).sections).join(' ')).toBe(sections);
  });

  test('never throws, whatever an action is called', async () => {
    const sort = openSorter(await vendor('invent'));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (action) => sort(action).sections >= 0));
  });
});

describe('bursts', () => {
  const MINUTE = 60_000;
  const start = Date.parse('2026-10-01T02:00:00Z');
  const found = (minutes: readonly number[], key = 'a') => {
    const bursts = openBursts();
    for (const minute of minutes)
      bursts.add({ key, who: { main: key, detail: '' }, time: start + minute * MINUTE, label: 'Deleted', place: 'DE' });
    return bursts.result().bursts.map(({ from, to, count }) => [(from - start) / MINUTE, (to - start) / MINUTE, count]);
  };
  const every = (step: number, count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at * step);

  test('ten deletions within ten minutes are one, nine are none, ten in eleven minutes are none', () => {
    expect(found(every(1, 10))).toEqual([[0, 9, 10]]);
    expect(found(every(1, 9))).toEqual([]);
    expect(found([...every(1, 9), 10])).toEqual([]);
    expect(found(every(0, 10))).toEqual([[0, 0, 10]]);
  });

  test('a long one is one, and two apart are two, newest first', () => {
    expect(found(every(0.5, 100))).toEqual([[0, 49, 100]]);
    expect(found([...every(0, 12), ...every(0, 11, 60)])).toEqual([
      [60, 60, 11],
      [0, 0, 12],
    ]);
  });

  test('people are told apart', () => {
    const bursts = openBursts();
    for (let at = 0; at < 18; at += 1)
      bursts.add({ key: `${at % 2}`, who: { main: 'x', detail: '' }, time: start, label: '', place: '' });
    expect(bursts.result().bursts).toEqual([]);
  });

  test('every deletion with nine others around it is in one, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 80 }), (minutes) => {
        const inWindow = (first: number) => minutes.filter((one) => one >= first && one < first + BURST.minutes).length;
        const busy = minutes.filter((minute) =>
          Array.from({ length: BURST.minutes }, (_, at) => minute - at).some(
            (first) => inWindow(first) >= BURST.deletions,
          ),
        );
        const counted = found(minutes).reduce((sum, [, , count = 0]) => sum + count, 0);
        expect(counted).toBe(busy.length);
      }),
    );
  });
});

describe('the period before', () => {
  const at = (text: string) => Date.parse(text);

  test('is as many months, or as long', async () => {
    const paris = await openZone('Europe/Paris');
    expect(periodBefore({ from: at('2026-07-01T00:00:00Z'), before: at('2026-10-01T00:00:00Z') }, UTC)).toEqual({
      from: at('2026-04-01T00:00:00Z'),
      before: at('2026-07-01T00:00:00Z'),
    });
    expect(periodBefore({ from: at('2026-02-28T23:00:00Z'), before: at('2026-03-31T22:00:00Z') }, paris)).toEqual({
      from: at('2026-01-31T23:00:00Z'),
      before: at('2026-02-28T23:00:00Z'),
    });
    expect(periodBefore({ from: at('2026-01-01T00:00:00Z'), before: at('2026-02-01T00:00:00Z') }, UTC)).toMatchObject({
      from: at('2025-12-01T00:00:00Z'),
    });
    expect(periodBefore({ from: 1000, before: 1500 }, UTC)).toEqual({ from: 500, before: 1000 });
    expect(periodBefore({ from: undefined, before: 1500 }, UTC)).toBeUndefined();
  });

  test('an axis names months, or days and times, and never a month between days', () => {
    const texts = (...times: readonly string[]) => axisTexts(times.map(at));
    expect(texts('2026-10-26T00:00:00Z', '2026-11-01T00:00:00Z')).toEqual(['26 Oct', '1 Nov']);
    expect(texts('2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z')).toEqual([
      'Nov',
      'Dec',
      'Jan 2027',
    ]);
    expect(texts('2026-10-31T18:00:00Z', '2026-11-01T00:00:00Z')).toEqual(['18:00', '1 Nov']);
  });

  test('ranges are named by their days', () => {
    const text = (from: string | undefined, before: string | undefined) =>
      rangeText(
        { from: from === undefined ? undefined : at(from), before: before === undefined ? undefined : at(before) },
        UTC,
      );
    expect(text('2026-07-01T00:00:00Z', '2026-10-01T00:00:00Z')).toBe('1 July to 30 September 2026');
    expect(text('2026-07-01T00:00:00Z', '2026-07-02T00:00:00Z')).toBe('1 July 2026');
    expect(text('2025-12-01T00:00:00Z', '2026-02-01T00:00:00Z')).toBe('1 December 2025 to 31 January 2026');
    expect(text('2026-07-01T09:30:00Z', undefined)).toBe('1 July 2026 09:30 to the end of the log');
    expect(text(undefined, '2026-07-02T00:00:00Z')).toBe('the beginning of the log to 1 July 2026');
    expect(text(undefined, undefined)).toBe('the whole log');
    expect(rangeText({ from: undefined, before: undefined }, UTC, 'export')).toBe('the whole export');
  });
});
