import { createHash } from 'node:crypto';
import { appendFile, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson, type JsonValue } from '../../src/manifest/canonical.js';
import { openSite, readManifest, type Site } from '../days/site.js';
import { inventEntry } from '../model/entry.js';
import { MODEL_ORG } from '../model/makeentries.js';

let site: Site;

beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

function sha256(text: string | Buffer): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const RANGE = '--from 2026-11-01 --to 2026-11-10';

test('a manifest records what was asked, answered and written', async () => {
  const { code } = await site.run(`export ${RANGE} --action member.role_changed -o roles.ndjson --manifest`);
  expect(code).toBe(0);
  const bytes = await readFile(join(site.home, 'roles.ndjson'));
  const entries = bytes
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; created_at: string });
  const manifest = await readManifest(site.home, 'roles.ndjson.manifest.json');
  expect(manifest).toMatchObject({
    format: 'auditlog-manifest-1',
    kind: 'export',
    tool: { name: 'auditlog', version: '0.1.0', node: process.version },
    source: {
      provider: 'invent',
      origin: site.model.base.origin,
      path: '/orgs/{org}/audit-logs',
      orgs: ['c'],
      key: `…${site.model.key.slice(-4)}`,
      tlsVerified: false,
    },
    query: {
      flags: { from: '2026-11-01', to: '2026-11-10', action: ['member.role_changed'] },
      from: '2026-11-01T00:00:00Z',
      before: '2026-11-11T00:00:00Z',
      wire: [{ org: 'c', filters: { action: 'member.role_changed' } }],
    },
    read: {
      requests: 1,
      retries: 0,
      serverCount: expect.any(Number),
      kept: entries.length,
      clockSkewMs: expect.any(Number),
    },
    status: 'verified',
    notes: [],
    file: {
      name: 'roles.ndjson',
      bytes: bytes.length,
      sha256: sha256(bytes),
      rows: entries.length,
      ids: {
        count: entries.length,
        sha256: sha256(
          entries
            .map(({ id }) => id)
            .sort()
            .join('\n'),
        ),
      },
      first: { id: entries[0]?.id, time: entries[0]?.created_at },
      last: { id: entries.at(-1)?.id, time: entries.at(-1)?.created_at },
    },
  });
  expect(manifest.read.windows).toMatchObject([
    { from: '2026-10-31', to: expect.stringMatching(/^2026-11-1[12]$/), note: null },
  ]);
  expect(manifest.assumptions).toContain('Entries come newest first.');
  const { hash, ...body } = manifest;
  expect(hash).toBe(sha256(`auditlog-manifest-1\n${canonicalJson(body as unknown as JsonValue)}`));
  expect((await stat(join(site.home, 'roles.ndjson.manifest.json'))).mode & 0o777).toBe(0o600);
});

test.each(['json', 'csv', 'ndjson.gz', 'csv.gz'])(
  'a file of %s has the ids that the NDJSON has, and verifies',
  async (ending) => {
    await site.run(`export ${RANGE} -o ids-of-${ending}.ndjson --manifest`);
    const { code } = await site.run(`export ${RANGE} -o all.${ending} --manifest`);
    expect(code).toBe(0);
    const plain = await readManifest(site.home, `ids-of-${ending}.ndjson.manifest.json`);
    const { file } = await readManifest(site.home, `all.${ending}.manifest.json`);
    expect(file?.ids).toEqual(plain.file?.ids);
    expect(file?.rows).toBe(plain.file?.rows);
    if (ending === 'ndjson.gz') {
      const unpacked = gunzipSync(await readFile(join(site.home, 'all.ndjson.gz')));
      expect(file?.unpacked).toEqual({ bytes: unpacked.length, sha256: plain.file?.sha256 });
    }
    const verified = await site.run(`verify all.${ending}`);
    expect(verified.code).toBe(0);
    expect(verified.stdout.split('\n')[0]).toBe('Checked 1 manifest and 1 file: no difference.');
  },
);

test('a CSV file without the column id has no set of ids in its manifest, but everything else', async () => {
  await site.run(`export ${RANGE} --columns time,action -o two.csv --manifest`);
  const { file } = await readManifest(site.home, 'two.csv.manifest.json');
  expect(file).toMatchObject({
    ids: null,
    csv: { columns: ['time', 'action'], guard: 'apostrophe-1', guardedCells: 0 },
  });
  expect((await site.run('verify two.csv')).code).toBe(0);
});

test('--manifest without a file, or with a manifest in the way, is rejected before any request', async () => {
  const before = site.model.requests.length;
  const none = await site.run('export --manifest');
  expect(none).toMatchObject({ code: 2, stdout: '' });
  expect(none.stderr).toContain('error: --manifest needs -o FILE\nName it with -o FILE\n');
  await writeFile(join(site.home, 'busy.ndjson.manifest.json'), '{}');
  const busy = await site.run('export -o busy.ndjson --manifest');
  expect(busy.code).toBe(2);
  expect(busy.stderr).toContain('busy.ndjson.manifest.json already exists');
  expect(site.model.requests.length).toBe(before);
  await expect(stat(join(site.home, 'busy.ndjson'))).rejects.toThrow('ENOENT');
  expect((await site.run('export -o busy.ndjson --manifest --force')).code).toBe(0);
  expect((await site.run('verify busy.ndjson')).code).toBe(0);
});

test('the manifest of an unreconciled export says so', async () => {
  const twice = { id: 'al_1', action: 'chat.deleted', created_at: '2026-11-05T10:00:00Z', org: MODEL_ORG };
  const doubtful = await openSite({ entries: [inventEntry(twice), inventEntry({ ...twice, source: 'api' })] });
  try {
    const { code } = await doubtful.run('export -o doubt.ndjson --manifest');
    expect(code).toBe(3);
    const manifest = await readManifest(doubtful.home, 'doubt.ndjson.manifest.json');
    expect(manifest.status).toBe('unreconciled');
    expect(manifest.notes).toEqual([
      '1 event came twice with the same id and different content; both versions are in the output',
    ]);
    expect(manifest.file).toMatchObject({ rows: 2, ids: { count: 1 } });
    const { code: verified, stdout } = await doubtful.run('verify doubt.ndjson');
    expect(verified).toBe(0);
    expect(stdout).toContain('1 manifest records an incomplete export.\n');
  } finally {
    await doubtful.close();
  }
});

test('ids and times of a server are well-formed and safe to print in a manifest', async () => {
  const id = 'al_\u202e\ud800\u001b[2J"x';
  const value = { id, action: 'chat.deleted', created_at: '2026-11-05T10:00:00Z', org: MODEL_ORG };
  const hostile = await openSite({ entries: [inventEntry(value)] });
  try {
    for (const name of ['h.ndjson', 'h.csv']) {
      expect((await hostile.run(`export -o ${name} --manifest`)).code).toBe(0);
      const text = await readFile(join(hostile.home, `${name}.manifest.json`), 'utf8');
      expect(text).not.toMatch(/[\u202e\u001b\ufffe]/);
      expect((await hostile.run(`verify ${name}`)).code).toBe(0);
    }
    const shown = await hostile.run('verify --verbose h.ndjson');
    expect(shown.stdout).not.toMatch(/[\u202e\u001b]/);
  } finally {
    await hostile.close();
  }
});

test('a manifest never contains the key', async () => {
  await site.run(`export ${RANGE} -o secret.ndjson --manifest`);
  expect(await readFile(join(site.home, 'secret.ndjson.manifest.json'), 'utf8')).not.toContain(site.model.key);
});

test.each([
  ['a byte added', (path: string) => appendFile(path, '\n')],
  ['a cut end', (path: string) => truncate(path, 100)],
  ['nothing in it', (path: string) => truncate(path, 0)],
  ['another file in its place', (path: string) => writeFile(path, '{"id":"al_x"}\n')],
])('a file with %s is changed', async (_, change) => {
  const name = `changed-${Math.random()}.ndjson`;
  await site.run(`export ${RANGE} -o ${name} --manifest`);
  await change(join(site.home, name));
  const { code, stdout } = await site.run(`verify ${name}`);
  expect(code).toBe(7);
  expect(stdout).toMatch(new RegExp(`^${name}: changed: `));
  expect(stdout).toContain('\nChecked 1 manifest and 1 file: 1 changed.\n');
});

test('verify reports a removed file as missing, and a file renamed with its manifest as changed', async () => {
  await site.run(`export ${RANGE} -o one.ndjson --manifest`);
  await rename(join(site.home, 'one.ndjson'), join(site.home, 'two.ndjson'));
  const missing = await site.run('verify one.ndjson');
  expect(missing.code).toBe(7);
  expect(missing.stdout).toContain('one.ndjson: missing: the file is missing, its manifest is here\n');
  await rename(join(site.home, 'one.ndjson.manifest.json'), join(site.home, 'two.ndjson.manifest.json'));
  const renamed = await site.run('verify two.ndjson');
  expect(renamed.code).toBe(7);
  expect(renamed.stdout).toContain(
    'two.ndjson.manifest.json: changed: it is the manifest of one.ndjson, not of two.ndjson\n',
  );
});

test('two exports of the same closed days have the same bytes and hash', async () => {
  await site.run(`export ${RANGE} -o once.ndjson --manifest`);
  await site.run(`export ${RANGE} -o again.ndjson --manifest`);
  const [once, again] = await Promise.all(
    ['once', 'again'].map((name) => readManifest(site.home, `${name}.ndjson.manifest.json`)),
  );
  expect(once?.file?.sha256).toBe(again?.file?.sha256);
});
