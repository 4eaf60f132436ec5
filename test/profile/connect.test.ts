import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ConnectionChoice, connect } from '../../src/profile.js';
import { makeHome } from '../helpers/world.js';
import { worldOf } from '../http/asking.js';

/** What a command line, an environment and a saved configuration come to. */
async function connected(flags: ConnectionChoice, env: Record<string, string> = {}, config: unknown = {}) {
  const home = await makeHome();
  await mkdir(join(home, 'config'));
  await writeFile(join(home, 'config/config.json'), JSON.stringify(config));
  const told: string[] = [];
  const ctx = {
    ...worldOf({ env: { AUDITLOG_CONFIG_DIR: join(home, 'config'), ...env } }),
    stderr: {
      isTTY: false,
      columns: () => 0,
      rows: () => 0,
      write: async (text: string | Uint8Array) => void told.push(String(text)),
    },
  };
  return { ...(await connect(ctx, flags)), told };
}

test('without any setting it is Invent at its public address, at 300 requests a minute', async () => {
  const { provider, base, ...rest } = await connected({});
  expect(provider.name).toBe('invent');
  expect(base.href).toBe('https://api.useinvent.com/');
  expect(rest).toMatchObject({ orgs: ['c'], rate: 300, maxWait: 900_000, zone: 'UTC', profile: undefined, told: [] });
});

const CONFIG = {
  profile: 'eu',
  baseUrl: 'https://common.example',
  tz: 'Europe/Paris',
  rate: 60,
  maxWait: '1h',
  profiles: {
    eu: { baseUrl: 'https://eu.example/api/', org: ['org_1', 'org_2'], tz: 'Europe/Rome' },
    us: { org: 'org_3' },
  },
};

test('the profile in use wins over the defaults', async () => {
  const { base, ...rest } = await connected({}, {}, CONFIG);
  expect(base.href).toBe('https://eu.example/api');
  expect(rest).toMatchObject({
    orgs: ['org_1', 'org_2'],
    zone: 'Europe/Rome',
    rate: 60,
    maxWait: 3_600_000,
    profile: 'eu',
  });
});

test('a variable or a flag names another profile', async () => {
  const byVariable = await connected({}, { AUDITLOG_PROFILE: 'us' }, CONFIG);
  expect([byVariable.profile, byVariable.base.origin, byVariable.orgs]).toEqual([
    'us',
    'https://common.example',
    ['org_3'],
  ]);
  const byFlag = await connected({ profile: 'eu' }, { AUDITLOG_PROFILE: 'us' }, CONFIG);
  expect(byFlag.profile).toBe('eu');
});

test('variables win over the profile, flags over variables', async () => {
  const env = { AUDITLOG_BASE_URL: 'https://env.example', AUDITLOG_ORG: 'org_7, org_8', AUDITLOG_TZ: 'UTC' };
  const byVariable = await connected({}, env, CONFIG);
  expect([byVariable.base.origin, byVariable.orgs, byVariable.zone]).toEqual([
    'https://env.example',
    ['org_7', 'org_8'],
    'UTC',
  ]);
  const flags = {
    baseUrl: 'https://flag.example',
    org: ['org_9', 'c,org_9'],
    tz: 'local',
    rate: 'off',
    maxWait: '90s',
  };
  const byFlag = await connected(flags, env, CONFIG);
  expect(byFlag).toMatchObject({ orgs: ['org_9', 'c'], zone: 'local', rate: undefined, maxWait: 90_000 });
  expect(byFlag.base.origin).toBe('https://flag.example');
});

test('empty variables are ignored', async () => {
  const env = {
    AUDITLOG_BASE_URL: '',
    AUDITLOG_ORG: ' ',
    AUDITLOG_TZ: '',
    AUDITLOG_PROFILE: '',
    AUDITLOG_PROVIDER: '',
  };
  expect(await connected({}, env)).toMatchObject({ orgs: ['c'], zone: 'UTC', profile: undefined });
});

test('a profile called default is used without being named', async () => {
  const config = { profiles: { default: { org: 'org_5' } } };
  expect(await connected({}, {}, config)).toMatchObject({ profile: 'default', orgs: ['org_5'] });
});

test('a rate above the limit of the vendor gives a warning', async () => {
  expect((await connected({ rate: '501' })).told).toEqual([
    'warning: --rate 501 is more than the 500 requests a minute that Invent allows: expect to be held up.\n',
  ]);
  expect((await connected({ rate: '500' })).told).toEqual([]);
  expect((await connected({ rate: '501', quiet: true })).told).toEqual([]);
});

test.each<[ConnectionChoice, string]>([
  [{ baseUrl: 'http://api.example.com' }, '--base-url: http would send the key unprotected to api.example.com'],
  [
    { baseUrl: 'http://127.0.0.1.evil.example' },
    '--base-url: http would send the key unprotected to 127.0.0.1.evil.example',
  ],
  [{ baseUrl: 'http://10.0.0.1' }, '--base-url: http would send the key unprotected to 10.0.0.1'],
  [{ baseUrl: 'https://u:p@api.example.com' }, '--base-url: an address must not contain a name or password'],
  [{ baseUrl: 'https://api.example.com/?a=b' }, 'invalid --base-url: expected an address without "?" and "#"'],
  [{ baseUrl: 'https://api.example.com/?' }, 'invalid --base-url: expected an address without "?" and "#"'],
  [{ baseUrl: 'https://api.example.com/#x' }, 'invalid --base-url: expected an address without "?" and "#"'],
  [{ baseUrl: 'api.example.com' }, 'invalid --base-url: expected the address of an API'],
  [{ baseUrl: 'file:///etc/passwd' }, 'invalid --base-url: expected the address of an API'],
  [{ org: ['a/b'] }, 'invalid --org "a/b": expected the id of an organization'],
  [{ org: ['..'] }, 'invalid --org "..": expected the id of an organization'],
  [{ org: ['a,,b'] }, 'invalid --org "": expected the id of an organization'],
  [{ org: ['x'.repeat(129)] }, `invalid --org "${'x'.repeat(129)}": expected the id of an organization`],
  [{ rate: '0' }, 'invalid --rate "0": expected requests per minute (for example 300) or "off"'],
  [{ rate: '-5' }, 'invalid --rate "-5": expected requests per minute (for example 300) or "off"'],
  [{ rate: '1.5' }, 'invalid --rate "1.5": expected requests per minute (for example 300) or "off"'],
  [{ maxWait: '15' }, 'invalid --max-wait "15": expected a duration such as 45m, 2h or 7d'],
  [{ tz: 'Nowhere/City' }, 'invalid --tz "Nowhere/City": unknown time zone'],
  [{ tz: '+02:00' }, 'invalid --tz "+02:00": unknown time zone'],
  [{ provider: 'acme' }, 'provider "acme" does not exist'],
  [{ profile: 'nope' }, 'profile "nope" does not exist (--profile)'],
  [{ demo: true, baseUrl: 'https://x.example' }, '--demo has its own address: --base-url does not go with it'],
  [{ demo: true, profile: 'x' }, '--demo has its own settings: --profile does not go with it'],
])('the flags %j are rejected', async (flags, message) => {
  await expect(connected(flags)).rejects.toMatchObject({ message, exitCode: 2 });
});

test('the error for a wrong value names its source', async () => {
  await expect(connected({ tz: 'Oslo' })).rejects.toThrow(
    expect.objectContaining({ hint: expect.stringMatching(/^Did you mean Europe\/Oslo\?/) }),
  );
  await expect(connected({}, { AUDITLOG_TZ: 'Mars' })).rejects.toThrow(
    'invalid $AUDITLOG_TZ "Mars": unknown time zone',
  );
  const config = { profile: 'eu', profiles: { eu: { rate: 'fast' } } };
  await expect(connected({}, {}, config)).rejects.toThrow('invalid profile eu "fast": expected requests per minute');
  await expect(connected({}, {}, { rate: 'fast' })).rejects.toThrow(
    'invalid the saved settings "fast": expected requests per minute',
  );
});

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
  ['http://127.9.9.9', 'http://127.9.9.9/'],
  ['http://localhost:1/', 'http://localhost:1/'],
  ['http://[::1]:1', 'http://[::1]:1/'],
  ['https://API.example.com/v1//', 'https://api.example.com/v1'],
])('%s is accepted as a base URL', async (baseUrl, href) => {
  expect((await connected({ baseUrl })).base.href).toBe(href);
});

test('the key is read once, when it is first needed', async () => {
  const { key } = await connected({ baseUrl: 'https://x.example' }, { AUDITLOG_API_KEY: 'k'.repeat(20) });
  expect(await key()).toBe(await key());
  const none = await connected({ baseUrl: 'https://x.example' });
  await expect(none.key()).rejects.toMatchObject({ exitCode: 4 });
});
