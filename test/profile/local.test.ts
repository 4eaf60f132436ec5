import { existsSync } from 'node:fs';
import { copyFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settledZone } from '../../src/profile/local.js';
import { makeHome, run, runCli } from '../helpers/world.js';

async function zoneOf(TZ: string | undefined) {
  const told: string[] = [];
  const name = await settledZone({ env: { TZ } }, 'local', (text) => told.push(text));
  return { name, told };
}

test.each([
  ['Europe/Oslo', 'Europe/Oslo'],
  [':Europe/Oslo', 'Europe/Oslo'],
  [' Europe/Oslo ', 'Europe/Oslo'],
  [':/usr/share/zoneinfo/Europe/Oslo', 'Europe/Oslo'],
  ['/usr/share/zoneinfo/posix/Europe/Oslo', 'Europe/Oslo'],
  ['', 'UTC'],
  [':', 'UTC'],
  ['UTC', 'UTC'],
  ['UTC0', 'UTC'],
  ['GMT0', 'GMT0'],
  ['JST-9', 'Etc/GMT-9'],
  ['<+03>-3', 'Etc/GMT-3'],
  ['<-05>5', 'Etc/GMT+5'],
  ['EST5', 'Etc/GMT+5'],
  ['IST-5:30', 'Asia/Kolkata'],
  ['EST5EDT', 'EST5EDT'],
  ['EST5EDT,M3.2.0,M11.1.0', 'America/New_York'],
  ['EST5EDT,M3.2.0/2,M11.1.0/02:00:00', 'America/New_York'],
  ['CET-1CEST,M3.5.0,M10.5.0/3', 'CET'],
  ['AEST-10AEDT,M10.1.0,M4.1.0/3', 'Australia/Sydney'],
])('TZ=%s is %s', async (tz, name) => {
  expect(await zoneOf(tz)).toEqual({ name, told: [] });
});

test.each([
  'Nowhere/City',
  ':Nowhere/City',
  '/nowhere/zoneinfo/City',
  'CET-1CEST,M4.5.0,M10.5.0/3',
  'XXX-99',
  '\u0000',
  '🕰',
])('TZ=%j is unknown: UTC, and a warning', async (tz) => {
  const { name, told } = await zoneOf(tz);
  expect(name).toBe('UTC');
  expect(told).toEqual([expect.stringContaining('is not a time zone that is known here: using UTC')]);
});

test('a rule without the days of summer time is taken for the zone that people mean, with a warning', async () => {
  expect(await zoneOf('CET-1CEST')).toEqual({
    name: 'CET',
    told: ['warning: TZ=CET-1CEST does not say when summer time begins: taken as CET'],
  });
});

test.runIf(existsSync('/usr/share/zoneinfo/Europe/Oslo'))(
  'a file is known by where it leads, or by its rule',
  async () => {
    const home = await makeHome();
    await symlink('/usr/share/zoneinfo/Europe/Oslo', join(home, 'localtime'));
    await copyFile('/usr/share/zoneinfo/Europe/Oslo', join(home, 'copied'));
    const linked = await zoneOf(`:${join(home, 'localtime')}`);
    expect(linked.name).toMatch(/^Europe\/(Oslo|Berlin)$/);
    expect((await zoneOf(join(home, 'copied'))).name).toBe('CET');
  },
);

test('--tz local never ends as a fault of ours, whatever TZ is', async () => {
  for (const TZ of [
    ':/etc/localtime',
    'CET-1CEST,M3.5.0,M10.5.0/3',
    '',
    'Nowhere/City',
    '<+0330>-3:30',
    '\u0001',
    undefined,
  ]) {
    const ran = await run('list -n 1 --demo --tz local', { env: { TZ } });
    expect({ TZ, code: ran.code, fault: ran.stderr.includes('internal error in auditlog') }).toEqual({
      TZ,
      code: 0,
      fault: false,
    });
  }
});

test('days begin where TZ says', async () => {
  const { stdout } = await run('stats --demo --every day --from 2026-11-10 --to 2026-11-10 --tz local --format json', {
    env: { TZ: 'NZST-12NZDT,M9.5.0,M4.1.0/3' },
  });
  const there = await run(
    'stats --demo --every day --from 2026-11-10 --to 2026-11-10 --tz Pacific/Auckland --format json',
  );
  expect(stdout).toBe(there.stdout);
  expect(stdout).not.toBe('');
});

test('the program runs with TZ in any form, without HOME, and with the null device for all streams', async () => {
  for (const TZ of [':/etc/localtime', 'JST-9', '', 'Nowhere/City']) {
    const { code, stderr } = await runCli(['list', '--demo', '-n', '1', '--tz', 'local'], { env: { TZ } });
    expect({ TZ, code, fault: /internal error in auditlog|at .*\.js/.test(stderr) }).toEqual({
      TZ,
      code: 0,
      fault: false,
    });
  }
  for (const HOME of ['', 'relative']) {
    const none = { HOME, AUDITLOG_CONFIG_DIR: undefined };
    for (const args of [
      ['list', '--demo', '-n', '1'],
      ['config', 'list'],
      ['profile', 'list'],
      ['doctor', '--demo'],
    ]) {
      const { code, stderr } = await runCli(args, { env: none });
      expect({ HOME, args, code, stderr: stderr.includes('fault of') }).toEqual({ HOME, args, code: 0, stderr: false });
    }
  }
});
