import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findKey } from '../../src/keys/find.js';
import { removeKey, saveKey } from '../../src/keys/save.js';
import { findSavedKey, type KeyWorld, keysFile } from '../../src/keys/store.js';
import { makeSecret } from '../../src/keys.js';
import { worldWith } from './world.js';

const ONE = 'key_one_0123456789_aaaa';
const TWO = 'key_two_0123456789_bbbb';
const API = 'https://api.example.com';

const wanted = { profile: 'default', origin: API };
const saveIn = (world: KeyWorld, profile: string, origin: string, key: string) =>
  saveKey(world, { profile, origin }, makeSecret(key, 'a test'), { insecure: false });

test('the key comes from the named file, else from the variable, else from what is saved', async () => {
  const world = await worldWith({ AUDITLOG_API_KEY: TWO, AUDITLOG_API_KEY_FILE: 'key.txt' });
  await saveIn(world, 'default', API, 'key_saved_0123456789_cccc');
  await writeFile(join(world.cwd, 'key.txt'), `${ONE}\n`, { mode: 0o600 });
  const one = await findKey(world, wanted);
  expect([one.reveal(), one.from]).toEqual([ONE, join(world.cwd, 'key.txt')]);
  const two = await findKey({ ...world, env: { ...world.env, AUDITLOG_API_KEY_FILE: '' } }, wanted);
  expect([two.reveal(), two.from]).toEqual([TWO, '$AUDITLOG_API_KEY']);
  const three = await findKey({ ...world, env: { AUDITLOG_CONFIG_DIR: world.env.AUDITLOG_CONFIG_DIR } }, wanted);
  expect([three.hint, three.from]).toEqual(['…cccc', keysFile(world)]);
});

test('a named file that does not exist is an error', async () => {
  const world = await worldWith({ AUDITLOG_API_KEY: TWO, AUDITLOG_API_KEY_FILE: '/nowhere/key' });
  await expect(findKey(world, wanted)).rejects.toMatchObject({
    message: 'no such file: /nowhere/key ($AUDITLOG_API_KEY_FILE)',
    exitCode: 4,
  });
});

test('without any key the error says where to put one', async () => {
  const world = await worldWith({ AUDITLOG_API_KEY: '' });
  await expect(findKey(world, wanted)).rejects.toMatchObject({
    message: 'missing API key for https://api.example.com (profile default)',
    hint: 'To save one: auditlog auth login\nOr set: AUDITLOG_API_KEY_FILE, or AUDITLOG_API_KEY\n$AUDITLOG_API_KEY is set but empty\nWithout a key: auditlog list --demo',
    exitCode: 4,
  });
});

test.each(['http://api.example.com', 'https://api.example.com:8443', 'https://api.example.com.evil.example'])(
  'a saved key is not used for another origin: %s',
  async (origin) => {
    const world = await worldWith();
    await saveIn(world, 'default', API, ONE);
    await expect(findKey(world, { profile: 'default', origin })).rejects.toMatchObject({
      message: `the saved key of profile default is for ${API}, and is never sent to ${origin}`,
      exitCode: 4,
    });
  },
);

test('each profile has its own key', async () => {
  const world = await worldWith();
  await saveIn(world, 'one', API, ONE);
  await saveIn(world, 'two', API, TWO);
  expect((await findKey(world, { profile: 'two', origin: API })).reveal()).toBe(TWO);
  await expect(findKey(world, { profile: 'three', origin: API })).rejects.toMatchObject({ exitCode: 4 });
  expect(await removeKey(world, 'two')).toEqual({ origin: API, place: keysFile(world) });
  expect(await removeKey(world, 'two')).toBeUndefined();
  expect((await findSavedKey(world, 'one'))?.origin).toBe(API);
});

test('saving again replaces the key and its origin', async () => {
  const world = await worldWith();
  await saveIn(world, 'default', API, ONE);
  await saveIn(world, 'default', 'https://other.example', TWO);
  expect(await readFile(keysFile(world), 'utf8')).not.toContain(ONE);
  expect((await findKey(world, { profile: 'default', origin: 'https://other.example' })).reveal()).toBe(TWO);
});

test('without a keychain the key is saved in the private file, not in memory', async () => {
  const world = await worldWith({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' });
  expect(await saveIn(world, 'default', API, ONE)).toEqual({ store: 'file', place: keysFile(world) });
});

test('a key in a keychain that cannot be reached is an error that says so', async () => {
  const world = await worldWith();
  await saveIn(world, 'default', API, ONE);
  await writeFile(keysFile(world), JSON.stringify({ default: { origin: API, store: 'keychain' } }));
  await expect(findKey(world, wanted)).rejects.toMatchObject({
    message: 'the key is in a keychain that cannot be reached from here',
    hint: 'To save it again: auditlog auth login',
    exitCode: 4,
  });
});

test.each(['{', '[]', '{"default": {}}', '{"default": {"origin": 5, "store": "file", "key": "x"}}', 'null'])(
  'a damaged file of keys is named and not changed: %s',
  async (text) => {
    const world = await worldWith();
    await saveIn(world, 'default', API, ONE);
    await writeFile(keysFile(world), text);
    await expect(findKey(world, wanted)).rejects.toMatchObject({
      message: `${keysFile(world)} is damaged`,
      exitCode: 4,
    });
    await expect(saveIn(world, 'default', API, ONE)).rejects.toMatchObject({ exitCode: 4 });
    expect(await readFile(keysFile(world), 'utf8')).toBe(text);
  },
);

test('a file of keys that others can read is refused', async () => {
  const world = await worldWith();
  await saveIn(world, 'default', API, ONE);
  await chmod(keysFile(world), 0o644);
  await expect(findKey(world, wanted)).rejects.toThrow('is readable by others');
});
