import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openArchive } from '../../../src/destinations/archive/open.js';
import { findDestination } from '../../../src/destinations/index.js';
import { invent } from '../../../src/providers/invent.js';
import type { Schema } from '../../../src/schemas/schema.js';
import { openArchiveSite } from '../../archive/site.js';
import { findings } from '../entries.js';

const OPTIONS = { provider: invent, schema: undefined };

test('a path is an archive', async () => {
  expect(await findDestination('./archive').load()).toBe(openArchive);
});

test('a check reports the directory and whether it is writable, and leaves nothing behind', async () => {
  const { home, ctx } = await openArchiveSite();
  const check = (path: string) => findings(openArchive(ctx(), path, OPTIONS));
  expect(await check('a/b')).toEqual([
    { name: 'directory', status: 'ok', what: 'not there yet: it is made by the first run' },
    { name: 'writing', status: 'ok', what: 'allowed' },
  ]);
  expect(await readdir(home)).toEqual([]);
  await mkdir(join(home, 'archive/org=org_1'), { recursive: true });
  expect(await check('archive')).toMatchObject([{ status: 'ok', what: 'organizations: 1' }, { status: 'ok' }]);
  await writeFile(join(home, 'archive/notes.txt'), '');
  expect(await check('archive')).toMatchObject([
    { name: 'directory', status: 'warning', what: 'archive holds something else: notes.txt' },
    { name: 'writing', status: 'ok' },
  ]);
  expect(await check('archive/notes.txt')).toMatchObject([
    { name: 'directory', status: 'failed', what: 'archive/notes.txt is not a directory' },
    { name: 'writing', status: 'skipped' },
  ]);
  expect((await readdir(join(home, 'archive'))).sort()).toEqual(['notes.txt', 'org=org_1']);
});

test.runIf(process.platform === 'linux')(
  'a place where nothing can be made is told, and nobody waits for it',
  async () => {
    const { ctx } = await openArchiveSite();
    const archive = openArchive(ctx(), '/proc/nothing/here', OPTIONS);
    expect(await findings(archive)).toMatchObject([{ name: 'directory' }, { name: 'writing', status: 'failed' }]);
    await expect(archive.open()).rejects.toThrow('cannot write /proc/nothing/here: ');
  },
);

test('entries are archived as the vendor gave them, and --schema is rejected', async () => {
  const { ctx } = await openArchiveSite();
  const schema = { name: 'ecs' } as Schema;
  expect(() => openArchive(ctx(), 'archive', { provider: invent, schema })).toThrow(
    'an archive holds each entry as the vendor sent it: --schema ecs is for other destinations',
  );
});
