import { describe, expect, test } from 'vitest';
import type { WireRequest } from '../../src/demo/contract.js';
import { answer } from '../../src/demo/contract.js';
import { demoEntries, inventLog } from '../../src/demo/entry.js';
import { demoOrganization } from '../../src/demo/organization.js';
import { TRANSLATIONS, translatedLog } from '../../src/demo/vendors/index.js';
import { logOf } from '../../src/demo/vendors/values.js';
import { actionWord } from '../../src/providers/actions.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import { loadShipped } from '../../src/providers/file/shipped.js';
import { findProvider } from '../../src/providers/index.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';

const NOW = Date.UTC(2026, 10, 20, 14, 3, 11);
const organization = demoOrganization(NOW);
const entry = demoEntries(organization);
const newest = inventLog(organization);

describe.each(Object.keys(TRANSLATIONS))('the history as %s tells it', (name) => {
  const provider = findProvider(name);
  const log = translatedLog(provider, organization);

  test('has as many entries, at the same times, in the same order', () => {
    expect(log.rows.length).toBe(newest.rows.length);
    const times = log.rows.map((row) => log.view.time(row));
    expect(times).toEqual(newest.rows.map((row) => newest.view.time(row)));
  });

  test('has the kind of every action, in words of its own', () => {
    const words = new Map<string, Set<string>>();
    for (const [at, row] of log.rows.entries()) {
      const { action } = toEvent(provider, { raw: Buffer.from(log.view.text(row)), id: undefined, time: 0 });
      const told = entry(newest.rows[at]!).action;
      expect(actionWord(provider, action).kind, `${told} as ${action}`).toBe(actionWord(invent, told).kind);
      words.set(action, (words.get(action) ?? new Set()).add(told));
    }
    expect(words.size).toBeGreaterThan(15);
  });
});

test('most of what happens at Chipp and RPAWatch is in their documented words', () => {
  for (const [name, least] of [
    ['chipp', 35],
    ['rpawatch', 17],
  ] as const) {
    const provider = findProvider(name);
    const log = translatedLog(provider, organization);
    const seen = new Set(
      log.rows.map((row) => toEvent(provider, { raw: Buffer.from(log.view.text(row)), id: '', time: 0 }).action),
    );
    const labels = [...seen].filter((action) => Object.hasOwn(provider.actions, action));
    expect(new Set(labels.map((action) => provider.actions[action]!.label)).size).toBeGreaterThanOrEqual(least);
  }
});

describe('the documented examples of vendors that come as files', () => {
  const asked = (provider: Provider, values: readonly object[], target: string) => {
    const request: WireRequest = { method: 'GET', target, headers: { authorization: 'Bearer k' } };
    return answer({ provider, key: 'k', knows: () => true, now: NOW }, () => logOf(provider, values), request);
  };

  test.each(['github', 'slack'])('%s: are served newest first, by its own parameters', async (name) => {
    const { provider, examples } = (await loadShipped(name))!;
    const path = provider.path.replace('{org}', 'acme');
    const { status, body } = asked(provider, examples.toReversed() as object[], path);
    expect(status).toBe(200);
    const items = provider.items === '' ? JSON.parse(body) : JSON.parse(body)[provider.items];
    expect(items).toEqual(name === 'github' ? [] : examples);
  });

  test('GitHub: a range stands in the words of its search', async () => {
    const { provider, examples } = (await loadShipped('github'))!;
    const told = (phrase: string) => {
      const { status, body } = asked(
        provider,
        examples as object[],
        `/orgs/acme/audit-log?phrase=${encodeURIComponent(phrase)}`,
      );
      return status === 200 ? (JSON.parse(body) as { action: string }[]).map(({ action }) => action) : status;
    };
    expect(told('created:2020-11-27..2020-12-02')).toEqual(['team.add_member', 'org.create']);
    expect(told('created:>=2020-12-01')).toEqual(['team.add_member']);
    expect(told('created:<=2020-11-27')).toEqual(['org.create', 'repo.destroy']);
    expect(told('actor:octocat')).toBe(400);
  });

  test('Slack: a range is seconds since 1970, both ends included', async () => {
    const { provider, examples } = (await loadShipped('slack'))!;
    const told = (query: string) =>
      JSON.parse(asked(provider, examples as object[], `/audit/v1/logs?${query}`).body).entries.length;
    expect(told('oldest=1521214343')).toBe(1);
    expect(told('oldest=1521214201&latest=1521214343')).toBe(2);
    expect(told('latest=1521214342&action=user_login')).toBe(0);
    expect(told('actor=W987ZY654')).toBe(1);
  });
});
