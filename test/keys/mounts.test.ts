import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mountIn, mountOf } from '../../src/keys/mounts.js';
import { readPrivateFile } from '../../src/keys/private.js';

const MOUNTS = [
  '21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
  '30 21 0:44 / /run/secrets rw,relatime - tmpfs tmpfs rw,size=64k',
  '31 30 0:45 / /run/secrets/key ro,relatime - tmpfs tmpfs rw',
  '32 21 8:1 /srv/key /run/bound ro,relatime shared:7 master:1 - ext4 /dev/sda1 rw',
  '33 21 0:46 / /etc/with\\040blank ro - tmpfs tmpfs rw',
  '34 21 8:2 / /readonly rw - ext4 /dev/sdb1 ro',
  '35 21 0:47 / /twice ro - tmpfs tmpfs ro',
  '36 21 8:3 / /twice rw - ext4 /dev/sdc1 rw',
  '',
].join('\n');

test.each([
  ['/run/secrets/key', 'fixed'],
  ['/run/secrets/other', 'memory'],
  ['/run/secretsother', 'other'],
  ['/run/bound', 'fixed'],
  ['/etc/with blank/..2026/key', 'fixed'],
  ['/readonly/key', 'fixed'],
  ['/twice/key', 'other'],
  ['/home/me/key', 'other'],
])('%s is on a mount that is %s', (path, kind) => {
  expect(mountIn(MOUNTS, path)).toBe(kind);
});

describe.skipIf(process.getuid?.() !== 0 || (await mountOf('/dev/shm')) !== 'memory')(
  'the secret of a container',
  () => {
    /** As Kubernetes lays it out: a name that leads through `..data`, which is replaced as a whole. */
    async function secret(mode: number): Promise<string> {
      const folder = await mkdtemp('/dev/shm/auditlog-test-');
      onTestFinished(() => rm(folder, { recursive: true }));
      await mkdir(join(folder, '..2026'));
      await writeFile(join(folder, '..2026', 'key'), 'the key\n');
      await chmod(join(folder, '..2026', 'key'), mode);
      await symlink('..2026', join(folder, '..tmp'));
      await rename(join(folder, '..tmp'), join(folder, '..data'));
      await symlink(join('..data', 'key'), join(folder, 'key'));
      return join(folder, 'key');
    }

    test.each([0o444, 0o644, 0o440, 0o400])(
      "of mode %o is read where it is root's and we are not root",
      async (mode) => {
        expect(await readPrivateFile(await secret(mode), { uid: 1000, platform: 'linux' })).toBe('the key\n');
      },
    );

    test.each([0o666, 0o446, 0o664])('of mode %o is refused, as others can change it', async (mode) => {
      await expect(readPrivateFile(await secret(mode), { uid: 1000, platform: 'linux' })).rejects.toThrow(
        'readable by others',
      );
    });

    test('that we can make private ourselves is refused, with the settings of containers', async () => {
      await expect(readPrivateFile(await secret(0o644), { uid: 0, platform: 'linux' })).rejects.toMatchObject({
        hint: expect.stringContaining('mode: 0400 in Docker, defaultMode: 0400 in Kubernetes'),
      });
    });
  },
);
