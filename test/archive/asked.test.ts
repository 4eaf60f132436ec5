import { cp, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { NOW, type Ran, run } from '../helpers/world.js';
import { inventEntry } from '../model/entry.js';
import { type ArchiveSite, HOUR, openArchiveSite } from './site.js';

let site: ArchiveSite;
const DAY_FOLDER = 'org=org_A/date=2026-11-18';

beforeAll(async () => {
  site = await openArchiveSite();
  const entries = [16, 17, 18].map((day) =>
    inventEntry({
      id: `e${day}`,
      action: 'chat.deleted',
      created_at: `2026-11-${day}T10:00:00Z`,
      org: { id: 'org_A' },
    }),
  );
  await site.take({ entries });
  await site.take({ entries, now: NOW + 6 * HOUR });
});

/** Asks in a home of its own; a stand-in of DuckDB answers that it was reached. */
async function asks(home: string, input: string): Promise<Ran> {
  const path = join(home, 'node_modules/@duckdb/node-api');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), '{"name":"@duckdb/node-api","type":"module","exports":"./index.js"}');
  await writeFile(
    join(path, 'index.js'),
    'export const DuckDBInstance = { create: () => { throw new Error("IO Error: reached"); } };',
  );
  const env = { AUDITLOG_DUCKDB: join(home, 'node_modules'), AUDITLOG_STATE_DIR: join(home, 'state') };
  return run(['query', 'from events', '--input', input], { env, home, cwd: home });
}

async function copy(): Promise<string> {
  const other = await openArchiveSite();
  await cp(site.root, other.root, { recursive: true });
  return other.home;
}

test.each([
  [
    'a changed byte',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 40), Buffer.of(bytes[40]! ^ 1), bytes.subarray(41)]),
  ],
  ['one byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)])],
  ['nothing in it', () => Buffer.of()],
])('query never answers from a Parquet file with %s', async (_, change) => {
  const home = await copy();
  const path = join(home, 'archive', DAY_FOLDER, 'events.parquet');
  expect((await asks(home, 'archive')).stderr).toContain('reached');
  const before = await stat(path);
  await writeFile(path, change(await readFile(path)));
  // Not even if somebody sets the time back.
  await utimes(path, before.atime, before.mtime);
  for (const input of ['archive', 'archive/org=org_A', `archive/${DAY_FOLDER}/events.parquet`]) {
    const ran = await asks(home, input);
    expect(ran, input).toMatchObject({ code: 7, stdout: '' });
    expect(ran.stderr, input).toContain(`error: archive/${DAY_FOLDER}/events.parquet: `);
    expect(ran.stderr, input).toContain('auditlog verify archive/');
  }
});

test('query never answers if a manifest was changed, also together with the file', async () => {
  const home = await copy();
  const path = join(home, 'archive', DAY_FOLDER, 'events.manifest.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/("format": "parquet",\s+"bytes": )\d+/, '$17'));
  expect(await readFile(path, 'utf8')).not.toBe(text);
  const ran = await asks(home, 'archive');
  expect(ran).toMatchObject({ code: 7, stdout: '' });
  expect(ran.stderr).toContain(`error: archive/${DAY_FOLDER}/events.manifest.json: `);
});

test('a file that was compared once is not read again until it changes', async () => {
  const home = await copy();
  await asks(home, 'archive');
  const [name = ''] = await import('node:fs/promises').then(({ readdir }) => readdir(join(home, 'state/checked')));
  const memory = await readFile(join(home, 'state/checked', name), 'utf8');
  expect(memory).toContain(`${DAY_FOLDER}/events.parquet`);
  const { mtimeMs } = await stat(join(home, 'state/checked', name));
  expect((await asks(home, 'archive')).stderr).toContain('reached');
  expect((await stat(join(home, 'state/checked', name))).mtimeMs).toBe(mtimeMs);
});

test('query answers where nothing can be remembered', async () => {
  const home = await copy();
  await writeFile(join(home, 'state'), 'a file');
  expect((await asks(home, 'archive')).stderr).toContain('reached');
});
