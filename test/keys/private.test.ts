import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPrivateFile, writePrivateFile } from '../../src/keys/private.js';
import { makeHome } from '../helpers/world.js';

const us = { uid: userInfo().uid, platform: 'linux' } as const;

async function fileOf(mode: number): Promise<string> {
  const file = join(await makeHome(), 'key');
  await writeFile(file, 'the key\n');
  await chmod(file, mode);
  return file;
}

test.each([0o600, 0o400, 0o700])('a file of mode %o is private', async (mode) => {
  expect(await readPrivateFile(await fileOf(mode), us)).toBe('the key\n');
});

test.each([0o644, 0o640, 0o604, 0o660, 0o620, 0o602, 0o444, 0o777])(
  'a file of mode %o is not private',
  async (mode) => {
    const file = await fileOf(mode);
    await expect(readPrivateFile(file, us)).rejects.toMatchObject({
      message: `${file} is readable by others: its mode is 0${mode.toString(8)}`,
      hint: `To keep it to yourself: chmod 600 ${file}`,
      exitCode: 4,
    });
  },
);

test('a file of another user is refused, whatever its mode', async () => {
  const file = await fileOf(0o600);
  // Root can give a file away; others have to pretend that they are somebody else.
  if (us.uid === 0) await chown(file, 12345, 12345);
  const reader = us.uid === 0 ? us : { ...us, uid: us.uid + 1 };
  await expect(readPrivateFile(file, reader)).rejects.toMatchObject({
    message: `${file} belongs to another user`,
    exitCode: 4,
  });
});

test('a missing file gives undefined', async () => {
  expect(await readPrivateFile(join(await makeHome(), 'nothing'), us)).toBeUndefined();
});

test('a folder and a pipe are rejected, without waiting for the pipe', async () => {
  const home = await makeHome();
  await mkdir(join(home, 'folder'));
  execFileSync('mkfifo', ['-m', '600', join(home, 'pipe')]);
  for (const name of ['folder', 'pipe'])
    await expect(readPrivateFile(join(home, name), us)).rejects.toMatchObject({
      message: `${join(home, name)} is not a regular file`,
    });
});

test('the rights of a link are those of its target', async () => {
  const file = await fileOf(0o644);
  const link = `${file}.link`;
  await symlink(file, link);
  await expect(readPrivateFile(link, us)).rejects.toThrow('is readable by others');
  await chmod(file, 0o600);
  expect(await readPrivateFile(link, us)).toBe('the key\n');
});

test('a huge file is not read', async () => {
  const file = await fileOf(0o600);
  await writeFile(file, Buffer.alloc(2 << 20));
  await expect(readPrivateFile(file, us)).rejects.toThrow('is too large to hold a key');
});

test('a written file is private from its first byte, and leaves no draft', async () => {
  const home = await makeHome();
  const file = join(home, 'new', 'keys.json');
  await writePrivateFile(file, 'one', 42);
  await writePrivateFile(file, 'two', 42);
  expect(await readFile(file, 'utf8')).toBe('two');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(home, 'new'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(home, 'new'))).toEqual(['keys.json']);
});

test('a link in the place of the draft is not followed', async () => {
  const home = await makeHome();
  const file = join(home, 'keys.json');
  await symlink(join(home, 'elsewhere'), `${file}.42.tmp`);
  await writePrivateFile(file, 'secret', 42);
  expect(await readdir(home)).toEqual(['keys.json']);
});

test('a path that cannot be written is named', async () => {
  const home = await makeHome();
  await writeFile(join(home, 'file'), '');
  await expect(writePrivateFile(join(home, 'file', 'keys.json'), 'x', 42)).rejects.toMatchObject({
    message: expect.stringMatching(/^cannot write .*keys\.json \((ENOTDIR|EEXIST)\)$/),
    exitCode: 1,
  });
});
