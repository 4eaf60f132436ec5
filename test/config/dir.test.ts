import { expect, test } from 'vitest';
import { configDir, configFile } from '../../src/config/dir.js';

const linux = { env: {}, home: '/home/me', platform: 'linux', cwd: '/here' } as const;

test.each<[string, Parameters<typeof configDir>[0], string]>([
  ['the platform has a place', linux, '/home/me/.config/auditlog'],
  ['on a Mac as well', { ...linux, platform: 'darwin' }, '/home/me/Library/Preferences/auditlog'],
  ['XDG_CONFIG_HOME moves it', { ...linux, env: { XDG_CONFIG_HOME: '/x' } }, '/x/auditlog'],
  ['unless it is relative', { ...linux, env: { XDG_CONFIG_HOME: 'x' } }, '/home/me/.config/auditlog'],
  ['our own variable wins', { ...linux, env: { XDG_CONFIG_HOME: '/x', AUDITLOG_CONFIG_DIR: '/y' } }, '/y'],
  ['and may be relative', { ...linux, env: { AUDITLOG_CONFIG_DIR: 'y' } }, '/here/y'],
  ['an empty one counts for nothing', { ...linux, env: { AUDITLOG_CONFIG_DIR: '' } }, '/home/me/.config/auditlog'],
])('the folder of settings: %s', (_, places, wanted) => {
  expect(configDir(places)).toBe(wanted);
  expect(configFile(places)).toBe(`${wanted}/config.json`);
});
