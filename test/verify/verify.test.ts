import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fileText, type Manifest, sealManifest } from '../../src/manifest/manifest.js';
import { DAY, openSite, readManifest, type Site, someEntries } from '../days/site.js';
import { inventEntry } from '../model/entry.js';
import { MODEL_ORG } from '../model/makeentries.js';

let site: Site;
let directory: string;

beforeAll(async () => {
  site = await openSite({ entries: someEntries(120) });
  await site.run('export --split day -o whole');
  directory = join(site.home, 'days');
});
afterAll(() => site.close());
beforeEach(async () => {
  await rm(directory, { recursive: true, force: true });
  await cp(join(site.home, 'whole'), directory, { recursive: true });
});

/** Writes a manifest whose hash is right, whatever it says. */
async function forge(path: string, change: (manifest: Manifest) => object): Promise<void> {
  const { hash: _, ...body } = change(await readManifest(path)) as Manifest;
  await writeFile(path, fileText(sealManifest(body)));
}

async function found(line = 'verify days'): Promise<{ code: number; differences: string[]; totals: string }> {
  const { code, stdout } = await site.run(line);
  const lines = stdout.split('\n');
  const end = lines.findIndex((one) => /^Checked \d+ manifests? and /.test(one));
  return { code, differences: lines.slice(0, end), totals: lines[end] ?? '' };
}

describe('differences are told apart', () => {
  test.each(['.DS_Store', 'Thumbs.db', 'desktop.ini', '._2026-11-03.ndjson'])(
    '%s of a desktop is no difference, and days go on beside it',
    async (name) => {
      await writeFile(join(directory, name), 'x');
      expect(await found()).toMatchObject({ code: 0, differences: [] });
      expect(await site.run('export --split day -o days')).toMatchObject({ code: 0 });
      expect(await site.run('list --input days -n 1')).toMatchObject({ code: 0 });
      expect(await found()).toMatchObject({ code: 0, differences: [] });
    },
  );

  test('a changed file is reported as changed', async () => {
    await writeFile(join(directory, '2026-11-03.ndjson'), '');
    const { code, differences, totals } = await found();
    expect(code).toBe(7);
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatch(/^days\/2026-11-03\.ndjson: changed: it is empty, \d+ rows are recorded$/);
    expect(totals).toBe('Checked 32 manifests and 32 files: 1 changed.');
  });

  test('a missing file is reported as missing', async () => {
    await rm(join(directory, '2026-11-03.ndjson'));
    expect(await found()).toEqual({
      code: 7,
      differences: ['days/2026-11-03.ndjson: missing: the file is missing, its manifest is here'],
      totals: 'Checked 32 manifests and 32 files: 1 missing.',
    });
  });

  test('a removed manifest is reported as a gap', async () => {
    await rm(join(directory, '2026-11-03.ndjson'));
    await rm(join(directory, '2026-11-03.manifest.json'));
    expect(await found()).toEqual({
      code: 7,
      differences: ['days: gap: no manifest with number 15 in the chain'],
      totals: 'Checked 31 manifests and 31 files: 1 gap.',
    });
  });

  test('a chain without its newest end is reported', async () => {
    for (const day of ['2026-11-20', '2026-11-19']) {
      await rm(join(directory, `${day}.ndjson`));
      await rm(join(directory, `${day}.manifest.json`));
    }
    expect((await found()).differences).toEqual([
      'days: gap: no manifest with number 31 in the chain',
      'days: gap: no manifest with number 32 in the chain',
    ]);
  });

  test('an unlisted file is reported as extra', async () => {
    await writeFile(join(directory, '2026-11-21.ndjson'), '');
    await mkdir(join(directory, 'more'));
    expect(await found()).toEqual({
      code: 7,
      differences: [
        'days/2026-11-21.ndjson: extra: not listed in any manifest',
        'days/more: extra: not listed in any manifest',
      ],
      totals: 'Checked 32 manifests and 32 files: 2 extra.',
    });
  });

  test('a changed manifest is reported, with its hash adjusted or not', async () => {
    const path = join(directory, '2026-11-03.manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"retries": 0', '"retries": 1'));
    const first = await found();
    expect(first.differences).toHaveLength(1);
    expect(first.differences[0]).toMatch(/^days\/2026-11-03\.manifest\.json: changed: its hash is sha256:/);
    await writeFile(path, text);
    await forge(path, (manifest) => ({ ...manifest, status: 'uncounted' }));
    expect((await found()).differences).toEqual([
      'days/2026-11-04.manifest.json: changed: it does not follow from the manifest before it in the chain',
    ]);
  });

  test('a day replaced by another is reported, even with adjusted hashes', async () => {
    await rename(join(directory, '2026-11-03.ndjson'), join(directory, '2026-11-04.ndjson'));
    await rename(join(directory, '2026-11-03.manifest.json'), join(directory, '2026-11-04.manifest.json'));
    expect((await found()).differences).toEqual([
      'days/2026-11-04.manifest.json: changed: its content does not belong to its name',
      'days: gap: no manifest with number 16 in the chain',
    ]);
  });

  test('a missing or changed record of the chain is reported', async () => {
    const path = join(directory, 'chain.json');
    const text = await readFile(path, 'utf8');
    await rm(path);
    expect((await found()).differences).toEqual(['days/chain.json: missing: the record of the chain is missing']);
    await writeFile(path, text.replace('"last": "2026-11-20"', '"last": "2026-11-21"'));
    expect((await found()).differences).toEqual(['days/chain.json: changed: its hash does not match its content']);
    await writeFile(path, text.replace('\n', '\n '));
    expect((await found()).differences).toEqual([
      'days/chain.json: changed: it is not written as it was when it was made',
    ]);
  });

  test('several differences at once are all reported', async () => {
    await writeFile(join(directory, '2026-11-01.ndjson'), 'x');
    await rm(join(directory, '2026-11-02.ndjson'));
    await writeFile(join(directory, '2026-11-03.manifest.json'), '{');
    await writeFile(join(directory, 'x'), '');
    const { code, differences, totals } = await found();
    expect(code).toBe(7);
    expect(differences.map((line) => line.replace(/^(\S+ \S+:) .*/, '$1'))).toEqual([
      'days/2026-11-01.ndjson: changed:',
      'days/2026-11-02.ndjson: missing:',
      'days/2026-11-03.manifest.json: changed:',
      'days/x: extra:',
    ]);
    expect(totals).toBe('Checked 32 manifests and 31 files: 2 changed, 1 missing, 1 extra.');
  });
});

describe('a manifest is not trusted', () => {
  test.each([
    ['a path out of the directory', '../secret.ndjson'],
    ['an absolute path', '/etc/passwd'],
    ['another file of the directory', '2026-11-05.ndjson'],
    ['a directory', '.'],
    ['nothing', ''],
  ])('when it names %s, that is not opened', async (_, name) => {
    await writeFile(join(site.home, 'secret.ndjson'), '{"id":"al_secret"}\n');
    await forge(join(directory, '2026-11-03.manifest.json'), (manifest) => ({
      ...manifest,
      file: { ...manifest.file, name },
    }));
    const { code, differences } = await found();
    expect(code).toBe(7);
    expect(differences).toContain('days/2026-11-03.manifest.json: changed: its content does not belong to its name');
    expect(differences.join('\n')).not.toContain('secret');
    await site.run('export --from 2026-11-01 --to 2026-11-02 -o a.ndjson --manifest --force');
    await forge(join(site.home, 'a.ndjson.manifest.json'), (manifest) => ({
      ...manifest,
      file: { ...manifest.file, name },
    }));
    const why = name.startsWith('2026')
      ? `it is the manifest of ${name}, not of a.ndjson`
      : 'its content does not belong to its name';
    expect((await found('verify a.ndjson')).differences).toEqual([`a.ndjson.manifest.json: changed: ${why}`]);
  });

  test.each([
    ['no JSON', '{"format":', 'it is not valid JSON'],
    ['no UTF-8', Buffer.from('"\xff"', 'latin1'), 'it is not valid JSON'],
    ['nothing at all', '', 'it is not valid JSON'],
    ['another JSON', '[1, 2]\n', 'it is not a manifest of ours'],
    ['JSON without an end to its depth', '['.repeat(100_000) + ']'.repeat(100_000), 'it is not a manifest of ours'],
    ['a member too many', '{"a":1}', 'it is not a manifest of ours'],
  ])('when it is %s', async (_, content, why) => {
    await writeFile(join(directory, '2026-11-03.manifest.json'), content);
    expect(await found()).toMatchObject({
      code: 7,
      differences: [`days/2026-11-03.manifest.json: changed: ${why}`],
    });
  });

  test.each([
    ['flags that go deep', (): object => JSON.parse(`{"x":${'['.repeat(50)}${']'.repeat(50)}}`) as object],
    ['keys of every object', (): object => JSON.parse('{"__proto__":"x","constructor":"y"}') as object],
  ])('when it has %s', async (_, flags) => {
    const path = join(directory, '2026-11-03.manifest.json');
    const manifest = await readManifest(path);
    await writeFile(path, fileText({ ...manifest, query: { ...manifest.query, flags: flags() } }));
    expect((await found()).differences[0]).toMatch(/^days\/2026-11-03\.manifest\.json: changed: it/);
  });

  test('when it is larger than any of ours: it is not read', async () => {
    const path = join(directory, '2026-11-03.manifest.json');
    await writeFile(path, Buffer.alloc(65 * 1024 * 1024, ' '));
    expect((await found()).differences).toEqual([
      'days/2026-11-03.manifest.json: changed: it is larger than any manifest of ours',
    ]);
  });

  test('when it claims a huge number: verifying still ends', async () => {
    await forge(join(directory, '2026-11-20.manifest.json'), (manifest) => ({
      ...manifest,
      chain: { ...manifest.chain, seq: Number.MAX_SAFE_INTEGER },
    }));
    const { code, differences } = await found();
    expect(code).toBe(7);
    expect(differences.length).toBeLessThan(110);
    expect(differences).toContain('days: gap: more numbers of the chain have no manifest');
  });

  test('when its file is a pipe: verify does not wait for it', async () => {
    await rm(join(directory, '2026-11-03.ndjson'));
    execFileSync('mkfifo', [join(directory, '2026-11-03.ndjson')]);
    expect((await found()).differences).toEqual(['days/2026-11-03.ndjson: changed: it is not a regular file']);
  });

  test('when names contain terminal escapes: they are shown as text', async () => {
    await writeFile(join(directory, 'a\u001b[2J\nok'), '');
    const { stdout } = await site.run('verify days');
    expect(stdout.split('\n')[0]).toBe('days/a\\x1b[2J\\x0aok: extra: not listed in any manifest');
  });
});

test('files, manifests and directories are verified together, each once', async () => {
  await site.run('export --from 2026-11-01 --to 2026-11-02 -o both.csv --manifest --force');
  const { code, totals } = await found(
    'verify both.csv both.csv.manifest.json days days/chain.json days/2026-11-03.ndjson',
  );
  expect(code).toBe(0);
  expect(totals).toBe('Checked 34 manifests and 34 files: no difference.');
  expect(await found('verify days/2026-11-03.manifest.json')).toMatchObject({ code: 0, differences: [] });
});

test('a folder of single exports may hold other things, but no export without its manifest', async () => {
  const folder = join(site.home, 'folder');
  await mkdir(folder);
  await site.run('export --from 2026-11-01 --to 2026-11-02 -o folder/a.ndjson --manifest');
  await writeFile(join(folder, 'README'), 'ours');
  await mkdir(join(folder, 'more'));
  expect((await found('verify folder')).code).toBe(0);
  await site.run('export --from 2026-11-01 --to 2026-11-01 -o folder/2026-11-01.ndjson --manifest');
  expect((await found('verify folder')).totals).toBe('Checked 2 manifests and 2 files: no difference.');
  await writeFile(join(folder, 'b.csv'), '');
  expect(await found('verify folder')).toMatchObject({
    code: 7,
    differences: ['folder/b.csv: extra: not listed in any manifest'],
  });
});

test.each([
  ['verify nothing', 'nothing: no such file\n'],
  ['verify alone.ndjson', 'alone.ndjson: no manifest beside it\n'],
  ['verify empty', 'empty: no manifest in it\n'],
  ['verify x.manifest.json', 'x.manifest.json: no such file\n'],
  ['verify', 'missing path: expected a file, a directory or an archive\n'],
  ['verify --input -', 'standard input has no manifest beside it\n'],
])('%s: there is nothing to verify', async (line, why) => {
  await writeFile(join(site.home, 'alone.ndjson'), '');
  await mkdir(join(site.home, 'empty'), { recursive: true });
  const { code, stdout, stderr } = await site.run(line);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`error: ${why}`);
});

test('the result says what it shows and what it does not, and names the head to keep elsewhere', async () => {
  const { stdout } = await site.run('verify days');
  expect(stdout).toContain(
    'It does not show who wrote them: compare a hash that you were sent another way (--expect).',
  );
  expect(stdout).not.toMatch(/guarantee|immutable|legal/i);
  const { hash, chain } = await readManifest(directory, '2026-11-18.manifest.json');
  expect(stdout).toContain(`  Chain head: ${hash} (number ${chain?.seq})\n`);
});

test('--input names a file to verify', async () => {
  expect((await found('verify --input days/2026-11-03.ndjson')).code).toBe(0);
  await writeFile(join(directory, '2026-11-03.ndjson'), '');
  const { code, differences } = await found('verify --input days/2026-11-03.ndjson');
  expect(code).toBe(7);
  expect(differences[0]).toContain('days/2026-11-03.ndjson: changed: ');
});

test('-f json prints one object', async () => {
  await rm(join(directory, '2026-11-03.ndjson'));
  const { code, stdout } = await site.run('verify days --format json');
  expect(code).toBe(7);
  expect(JSON.parse(stdout)).toMatchObject({
    format: 'auditlog-verify-1',
    valid: false,
    manifests: { all: 32, valid: 32 },
    files: { all: 32, valid: 31 },
    findings: [{ kind: 'missing', path: join(directory, '2026-11-03.ndjson') }],
    chains: [{ firstDay: '2026-10-20', lastDay: '2026-11-20', sealedTo: '2026-11-18', entries: 120 }],
    online: null,
  });
});

test('--verbose lists what is in order', async () => {
  const { differences } = await found('verify --verbose days/2026-11-03.ndjson');
  expect(differences[0]).toBe('days/2026-11-03.manifest.json: ok: manifest, verified');
  expect(differences[1]).toMatch(/^days\/2026-11-03\.ndjson: ok: \d+ events, sha256:/);
});

describe('counting again on the server', () => {
  let online: Site;
  beforeEach(async () => {
    online = await openSite({ entries: someEntries(300) });
    await online.run('export --split day -o days');
    await online.run('export --from 2026-11-01 --to 2026-11-10 -o part.ndjson --manifest');
    return () => online.close();
  });

  test('takes one request for all closed days, and one for the open ones', async () => {
    const asked = online.model.requests.length;
    const { code, stdout } = await online.run('verify --online days');
    expect(code).toBe(0);
    expect(stdout).toContain('compared with the server: until 2026-11-19\n');
    expect(online.model.requests.slice(asked).map(({ query }) => query)).toEqual([
      { page: '1', take: '1', to: '2026-11-19' },
      { page: '1', take: '1' },
    ]);
  });

  test('takes one request for a closed range', async () => {
    const asked = online.model.requests.length;
    expect((await online.run('verify --online part.ndjson')).code).toBe(0);
    expect(online.model.requests.length).toBe(asked + 1);
  });

  test('finds late entries and gone ones', async () => {
    online.model.insert(
      inventEntry({ id: 'al_l', action: 'chat.deleted', created_at: '2026-11-05T10:00:00Z', org: MODEL_ORG }),
    );
    const late = await online.run('verify --online part.ndjson');
    expect(late.code).toBe(7);
    expect(late.stdout).toMatch(
      /^part\.ndjson\.manifest\.json: server: 2026-10-31 to 2026-11-1\d: the server reports (\d+) events now, \d+ when they were read \(2026-11-20T14:00:00Z\): some arrived late, export again\n/,
    );
    online.model.remove(
      ...online.model
        .truth()
        .slice(50, 60)
        .map(({ id }) => id as string),
    );
    const gone = await online.run('verify --online days --format json');
    expect(gone.code).toBe(7);
    expect(JSON.parse(gone.stdout)).toMatchObject({
      valid: false,
      findings: [{ kind: 'server', why: expect.stringContaining('some are gone') }, { kind: 'server' }],
    });
  });

  test('accepts new entries in open days', async () => {
    online.model.advance(DAY);
    online.model.insert(
      inventEntry({ id: 'al_n', action: 'chat.deleted', created_at: '2026-11-21T10:00:00Z', org: MODEL_ORG }),
    );
    expect((await online.run('verify --online days')).code).toBe(0);
  });

  test('finds the range that differs by bisection, newest answers first', async () => {
    const paths = [];
    for (const day of ['02', '04', '06', '08']) {
      const path = `d${day}.ndjson`;
      await online.run(`export --from 2026-11-${day} --to 2026-11-${day} -o ${path} --manifest`);
      paths.push(path);
    }
    const asked = online.model.requests.length;
    const { code, stdout } = await online.run(['verify', '--online', ...paths]);
    expect(code).toBe(0);
    expect(stdout).toContain('Checked 4 manifests and ');
    expect(online.model.requests.length - asked).toBeLessThanOrEqual(4);
  });

  test('asks only the server that the manifests name', async () => {
    const asked = online.model.requests.length;
    const elsewhere = await online.run('verify --online days --base-url http://127.0.0.1:1');
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain(
      `was made from invent at ${online.model.base.origin}, but --online would read invent at http://127.0.0.1:1\n`,
    );
    expect(online.model.requests.length).toBe(asked);
  });

  test('says what it proves', async () => {
    const { stdout } = await online.run('verify --online part.ndjson');
    expect(stdout).toContain(
      'The same count online means that the server has as many events as before, not that they are the same ones.\n',
    );
  });
});
