import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDemo } from '../../src/demo/server.js';
import { makeHome, NOW, run } from '../helpers/world.js';

const PASSWORD = 'Sw0rdfish-of-the-proxy';
let home: string;
let key: string;
let origin: string;
let demo: Awaited<ReturnType<typeof startDemo>>;

/** A home with two profiles, a saved key, settings, a file of a vendor that is wrong, and a password in an address. */
beforeAll(async () => {
  home = await makeHome();
  demo = await startDemo({ now: NOW });
  key = demo.key;
  origin = demo.base.origin;
  await run(`profile add eu --base-url ${origin} --org c --rate 60`, { home });
  await run('config set tz Europe/Oslo', { home });
  await run('profile use eu', { home });
  await run('auth login', { home, typed: key });
  await run('profile add other', { home });
  await mkdir(join(home, 'config/providers'));
  await writeFile(join(home, 'config/providers/broken.json'), '{}');
});

afterAll(() => demo.close());

async function json(line: string): Promise<unknown> {
  const { stdout } = await run(line, { home });
  expect(stdout).not.toContain(key);
  return JSON.parse(stdout);
}

describe('-f json of lists', () => {
  test('profile list', async () => {
    const list = await json('profile list -f json');
    expect(list).toEqual([
      { name: 'default', current: false, settings: {}, key: null },
      {
        name: 'eu',
        current: true,
        settings: { baseUrl: origin, org: ['c'], rate: '60' },
        key: { origin, place: join(home, 'config/keys.json') },
      },
      { name: 'other', current: false, settings: {}, key: null },
    ]);
    expect(await json('profile list --json')).toEqual(list);
  });

  test('config list, of all and of one', async () => {
    const eu = { baseUrl: origin, org: ['c'], rate: '60' };
    expect(await json('config list --json')).toEqual({
      profile: 'eu',
      settings: { tz: 'Europe/Oslo' },
      profiles: { eu, other: {} },
    });
    expect(await json('config list --profile eu -f json')).toEqual(eu);
  });

  test('auth list', async () => {
    expect(await json('auth list --json')).toEqual([{ name: 'eu', origin, place: join(home, 'config/keys.json') }]);
    expect((await run('auth list', { home })).stdout).toMatch(/^NAME {2}ADDRESS +SAVED IN\neu {4}http/);
    expect(await run('auth list')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no keys') });
  });

  test('auth status, with a key that works, one that does not, and none', async () => {
    const facts = { profile: 'eu', api: origin, provider: 'invent', title: 'Invent', orgs: ['c'], tokens: null };
    const saved = { hint: `…${key.slice(-4)}`, from: join(home, 'config/keys.json') };
    expect(await json('auth status --offline --json')).toEqual({ ...facts, key: saved, works: null });
    expect(await json('auth status --json')).toEqual({ ...facts, key: saved, works: true });
    const wrong = await run('auth status --json', { home, env: { AUDITLOG_API_KEY: 'inv_wrong' } });
    expect(wrong.code).toBe(4);
    const given = { hint: '…', from: '$AUDITLOG_API_KEY' };
    expect(JSON.parse(wrong.stdout)).toEqual({ ...facts, key: given, works: false });
    const none = await run('auth status --json --profile other', { home });
    expect(none.code).toBe(4);
    expect(none.stderr).toContain('error: missing API key');
    expect(JSON.parse(none.stdout)).toMatchObject({ profile: 'other', key: null, works: false });
  });

  test('provider list and show', async () => {
    const list = (await json('provider list --json')) as { name: string; logs: unknown[]; error: unknown }[];
    expect(list.find(({ name }) => name === 'okta')).toEqual({
      name: 'okta',
      title: 'Okta',
      origin: 'file of the program',
      base: 'https://{tenant}.okta.com',
      logs: [],
      error: null,
    });
    expect(list.find(({ name }) => name === 'entra')?.logs).toContainEqual({
      name: 'entra/sign-ins',
      title: expect.any(String),
    });
    expect(list.find(({ name }) => name === 'broken')).toMatchObject({ error: expect.stringContaining('broken.json') });
    expect(await json('provider show chipp -f json')).toEqual(await json('provider show chipp'));
  });

  test('collectors and archives have it as well', async () => {
    expect(await json('collect list --json')).toEqual([]);
    expect(await json('collect status --json')).toEqual([]);
  });

  test('no address shows its password', async () => {
    const other = await makeHome();
    await mkdir(join(other, 'config'));
    const config = { baseUrl: `https://ann:${PASSWORD}@api.example.com?k=${PASSWORD}` };
    await writeFile(join(other, 'config/config.json'), JSON.stringify({ profiles: { eu: config }, ...config }));
    for (const line of [
      'config list --json',
      'profile list --json',
      'config list',
      'auth status --json --profile eu',
    ]) {
      const ran = await run(line, { home: other });
      expect(ran.stdout + ran.stderr, line).not.toContain(PASSWORD);
    }
    const shown = await run('config list --json', { home: other });
    expect(shown.stdout).toContain('[redacted]@api.example.com');
  });
});
