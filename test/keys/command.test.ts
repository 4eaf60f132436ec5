import { describe, expect, test } from 'vitest';
import { findKey } from '../../src/keys/find.js';
import type { KeyWorld } from '../../src/keys/store.js';
import { makeHome, run } from '../helpers/world.js';

const wanted = { profile: 'default', origin: 'https://api.example.com' };
const KEY = 'sk_command_Zq8xW2eR7uJ4nB9kT1';

const SHOWN = ['VAULT_ADDR', 'AUDITLOG_DEST_SECRET-none', 'OTHER-none'].map((name) => `\${${name}}`).join('_');

async function worldWith(env: Record<string, string>): Promise<KeyWorld> {
  const home = await makeHome();
  return {
    env: { AUDITLOG_CONFIG_DIR: home, PATH: process.env.PATH ?? '', ...env },
    home,
    platform: 'linux',
    cwd: home,
    pid: 1,
    uid: process.getuid?.(),
    isRunning: () => true,
    clock: { now: Date.now, monotonic: () => performance.now(), sleep: async () => {} },
    random: Math.random,
    signal: new AbortController().signal,
  };
}

describe('AUDITLOG_API_KEY_COMMAND', () => {
  test.each([
    ['a plain command', `echo ${KEY}`],
    ['quotes', `printf '%s\\n' "${KEY}"`],
    ['a backslash', `printf %s\\\\n ${KEY}`],
    ['a shell of its own', `sh -c 'echo ${KEY} | cat'`],
    ['a key without a line end', `printf ${KEY}`],
    ['what is on its stderr as well', `sh -c 'echo noise >&2; echo ${KEY}'`],
  ])('takes %s', async (_, command) => {
    const key = await findKey(
      await worldWith({ AUDITLOG_API_KEY_COMMAND: command, AUDITLOG_API_KEY: 'other' }),
      wanted,
    );
    expect([key.reveal(), key.from]).toEqual([KEY, '$AUDITLOG_API_KEY_COMMAND']);
  });

  test('is run without a shell, with the variables that such programs need and no others', async () => {
    const none = await worldWith({ AUDITLOG_API_KEY_COMMAND: `echo $(echo ${KEY})` });
    await expect(findKey(none, wanted)).rejects.toThrow('it has white space inside');
    const world = await worldWith({
      AUDITLOG_API_KEY_COMMAND: `sh -c 'echo "${SHOWN}"'`,
      AUDITLOG_DEST_SECRET: 'hunter22',
      VAULT_ADDR: 'vault',
      OTHER: 'hunter22',
    });
    expect((await findKey(world, wanted)).reveal()).toBe('vault_none_none');
  });

  test.each([
    ['fails', `sh -c 'echo ${KEY}; echo ${KEY} >&2; exit 3'`, 'failed (exit code 3)'],
    ['is not there', `/nowhere/${KEY}`, 'cannot be started (ENOENT)'],
    ['prints nothing', 'true', 'expected a text, not an empty one'],
    ['prints several lines', `printf '%s\\n%s\\n' ${KEY} ${KEY}`, 'it has more than one line'],
    ['prints far too much', `sh -c 'yes ${KEY}'`, 'prints too much to be a key'],
    ['names no program', ' "" ', 'names no program'],
  ])('that %s is refused, and neither it nor what it prints is shown', async (_, command, message) => {
    const { code, stdout, stderr } = await run('list --debug', {
      env: { AUDITLOG_API_KEY_COMMAND: command, AUDITLOG_BASE_URL: 'http://127.0.0.1:1', PATH: process.env.PATH },
    });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(KEY);
  });

  test('ends when the run is stopped', async () => {
    const stop = new AbortController();
    const world = { ...(await worldWith({ AUDITLOG_API_KEY_COMMAND: 'sleep 30' })), signal: stop.signal };
    const found = findKey(world, wanted);
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(found).rejects.toThrow('stopped');
  });
});
