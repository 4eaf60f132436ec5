import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { takeLock } from '../../src/files/lock.js';
import { NOW } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { MODEL_ORG, makeEntries } from '../model/makeentries.js';
import type { ModelOptions } from '../model/options.js';
import { contents, DAY, dayFiles, openSite, readManifest, type Site, someEntries } from './site.js';

const open: Site[] = [];
afterEach(async () => {
  for (const site of open.splice(0)) await site.close();
});

async function site(options?: Partial<ModelOptions>): Promise<Site> {
  const made = await openSite(options);
  open.push(made);
  return made;
}

const SPLIT = 'export --split day -o days';

function entry(id: string | undefined, time: string, more: Readonly<Record<string, unknown>> = {}): ModelEntry {
  return inventEntry({ id, action: 'chat.deleted', created_at: time, org: MODEL_ORG, ...more });
}

/** What the files of days must hold, said from the truth: ascending by time, then by id. */
function expected(entries: readonly ModelEntry[], ending = '.ndjson'): Record<string, string> {
  const days: Record<string, string> = {};
  const ascending = [...entries].sort((a, b) => a.time - b.time || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  for (const { time, text } of ascending) {
    const name = `${new Date(time).toISOString().slice(0, 10)}${ending}`;
    days[name] = `${days[name] ?? ''}${Buffer.from(`${text}\n`).toString('latin1')}`;
  }
  const names = Object.keys(days).sort();
  for (let day = Date.parse(names[0]!.slice(0, 10)); day <= Date.parse(names.at(-1)!.slice(0, 10)); day += DAY)
    days[`${new Date(day).toISOString().slice(0, 10)}${ending}`] ??= '';
  return days;
}

test('each day, also one without entries, has a file in ascending order and a manifest', async () => {
  const entries = someEntries(60).filter(
    ({ time }) => time < Date.parse('2026-10-28') || time > Date.parse('2026-11-02'),
  );
  const { run, home } = await site({ entries });
  const ran = await run(SPLIT);
  expect(ran).toMatchObject({ code: 0, stdout: '' });
  const days = join(home, 'days');
  expect(await dayFiles(days)).toEqual(expected(entries));
  const empty = await readManifest(days, '2026-10-30.manifest.json');
  expect(empty).toMatchObject({
    kind: 'day',
    day: '2026-10-30',
    status: 'verified',
    file: { name: '2026-10-30.ndjson', rows: 0, bytes: 0, first: null, last: null },
    chain: { sealed: true },
  });
  // 2026-11-20T14:00Z: the 18th is over everywhere since the 19th at noon, and for a day since the 20th at noon.
  expect(await readManifest(days, '2026-11-18.manifest.json')).toMatchObject({ chain: { sealed: true } });
  expect(await readManifest(days, '2026-11-19.manifest.json')).toMatchObject({ chain: { sealed: false } });
  expect(ran.stderr).toContain('days: 2026-10-20 to 2026-11-20, sealed up to 2026-11-18\n');
  expect(ran.stderr).toMatch(
    /events\. Complete: the server reports the same count \(checked 2026-11-20 14:00 UTC\)\.\nChain head: sha256:[0-9a-f]{64} \(number 30\)\. Keep it elsewhere, for auditlog verify --expect\.\n$/,
  );
  expect((await stat(days)).mode & 0o777).toBe(0o700);
  for (const name of (await contents(days)).keys()) expect((await stat(join(days, name))).mode & 0o777).toBe(0o600);
  const verified = await run('verify days');
  expect(verified.code).toBe(0);
  expect(verified.stdout.split('\n')[0]).toBe('Checked 32 manifests and 32 files: no difference.');
  expect(verified.stdout).toContain(
    `  ${entries.length} events, 2026-10-20 to 2026-11-20 (UTC days), sealed up to 2026-11-18\n`,
  );
});

test('the first and the last day asked for have files, even without entries', async () => {
  const { run, home } = await site({ entries: [entry('al_1', '2026-10-03T10:00:00Z')] });
  expect((await run(`${SPLIT} --from 2026-10-01 --to 2026-10-05`)).code).toBe(0);
  expect(Object.keys(await dayFiles(join(home, 'days')))).toEqual(
    ['01', '02', '03', '04', '05'].map((day) => `2026-10-${day}.ndjson`),
  );
  expect((await run('verify days')).code).toBe(0);
});

test.each([
  ['far in the east', { zone: 14 }],
  ['far in the west', { zone: -12 }],
  ['a zone whose clocks are changed', { zone: 'America/New_York' }],
  ['a small page', { clamp: 25 }],
  ['ties that stand otherwise in every answer', { ties: 'unstable' }],
] as const)('a server with %s makes the same bytes', async (_, options) => {
  const entries = someEntries(250);
  const { run, home } = await site({ entries, ...options });
  expect((await run(`${SPLIT} --rate off`)).code).toBe(0);
  expect(await dayFiles(join(home, 'days'))).toEqual(expected(entries));
});

test('a log read in many windows gives the same bytes, and entries in the wrong window go to their own day', async () => {
  const many = makeEntries({ n: 7000, from: Date.parse('2026-10-01'), to: Date.parse('2026-11-10'), grain: 60_000 });
  const strays = ['2026-10-02', '2026-10-30'].map((day, n) => {
    const value = { id: `al_stray${n}`, action: 'chat.deleted', created_at: `${day}T12:00:00.000Z`, org: MODEL_ORG };
    return { at: value, served: inventEntry(value, JSON.stringify(value), Date.parse('2026-10-20T12:00:00Z')) };
  });
  const { run, home, model } = await site({ entries: [...many, ...strays.map(({ served }) => served)] });
  const ran = await run(`${SPLIT} --rate off`);
  expect(ran.code).toBe(0);
  expect(new Set(model.requests.map(({ query }) => query.from)).size).toBeGreaterThan(2);
  expect(await dayFiles(join(home, 'days'))).toEqual(expected([...many, ...strays.map(({ at }) => inventEntry(at))]));
});

test('a later run adds days and does not touch sealed ones', async () => {
  const { run, home, model } = await site();
  const days = join(home, 'days');
  await run(SPLIT);
  const before = await contents(days);
  model.advance(2 * DAY);
  const added = [entry('al_new1', '2026-11-20T20:00:00Z'), entry('al_new2', '2026-11-22T09:00:00Z')];
  model.insert(...added);
  const ran = await run(SPLIT);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('days: 2026-10-20 to 2026-11-22, sealed up to 2026-11-20\n');
  const after = await contents(days);
  expect(await dayFiles(days)).toEqual(expected([...someEntries(300), ...added]));
  for (const [name, bytes] of before) {
    if (name < '2026-11-19') expect(after.get(name), name).toBe(bytes);
  }
  expect((await readManifest(days, '2026-11-19.manifest.json')).chain).toMatchObject({ seq: 31, sealed: true });
  expect((await run('verify days')).code).toBe(0);
  const again = await run(SPLIT);
  expect(again.code).toBe(0);
  expect(await dayFiles(days)).toEqual(Object.fromEntries([...after].filter(([name]) => !name.endsWith('.json'))));
});

test.each(['ndjson', 'csv', 'ndjson.gz'])(
  'entries that come late go to a file of their own, once (%s)',
  async (format) => {
    const { run, home, model } = await site();
    const days = join(home, 'days');
    await run(`${SPLIT} --format ${format}`);
    const sealed = await readFile(join(days, `2026-11-01.${format}`));
    model.insert(entry('al_late2', '2026-11-01T00:00:00Z'), entry('al_late1', '2026-11-01T00:00:00Z'));
    const first = await run(`${SPLIT} --format ${format}`);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('2026-11-01: 2 events arrived late, written to a separate file\n');
    expect(await readFile(join(days, `2026-11-01.${format}`))).toEqual(sealed);
    expect(await readManifest(days, '2026-11-01.late-001.manifest.json')).toMatchObject({
      kind: 'late',
      day: '2026-11-01',
      file: { name: `2026-11-01.late-001.${format}`, rows: 2, first: { id: 'al_late1' }, last: { id: 'al_late2' } },
      chain: { seq: 31, sealed: true },
    });
    const second = await run(`${SPLIT} --format ${format}`);
    expect(second.stderr).not.toContain('late');
    model.insert(entry('al_late3', '2026-11-01T05:00:00Z'));
    await run(`${SPLIT} --format ${format}`);
    expect((await readManifest(days, '2026-11-01.late-002.manifest.json')).file?.rows).toBe(1);
    expect((await run('verify days')).code).toBe(0);
    if (format === 'ndjson.gz')
      expect(gunzipSync(await readFile(join(days, '2026-11-01.late-002.ndjson.gz'))).toString()).toContain('al_late3');
  },
);

test('an entry older than the first day is late too', async () => {
  const { run, home, model } = await site();
  await run(SPLIT);
  model.insert(entry('al_old', '2026-10-10T00:00:00Z'));
  expect((await run(SPLIT)).code).toBe(0);
  expect((await readManifest(home, 'days/2026-10-10.late-001.manifest.json')).file?.rows).toBe(1);
  expect((await run(SPLIT)).stderr).not.toContain('late');
  expect((await run('verify days')).code).toBe(0);
});

test('entries of a sealed day that the server no longer has are kept, and reported once', async () => {
  const { run, home, model } = await site();
  await run(SPLIT);
  const before = await contents(join(home, 'days'));
  const gone = someEntries(300).find(({ time }) => new Date(time).toISOString().startsWith('2026-11-05'));
  model.remove(gone?.id as string);
  const ran = await run(SPLIT);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain(
    '2026-11-05: the server no longer returns 1 event of this sealed day; the file keeps it\n',
  );
  expect(await readManifest(home, 'days/2026-11-05.gone-001.manifest.json')).toMatchObject({
    kind: 'gone',
    file: null,
    gone: { rows: 1, some: [gone?.id] },
  });
  expect((await contents(join(home, 'days'))).get('2026-11-05.ndjson')).toBe(before.get('2026-11-05.ndjson'));
  expect((await run(SPLIT)).code).toBe(0);
  expect((await run('verify days')).code).toBe(0);
});

test('entries removed by retention are noted, and do not change the exit code', async () => {
  const { run, model } = await site();
  await run(SPLIT);
  const old = someEntries(300).filter(({ time }) => time < Date.parse('2026-10-25T12:00:00Z'));
  model.remove(...old.map(({ id }) => id as string));
  const ran = await run(SPLIT);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain(
    `the server no longer returns ${old.length} events up to 2026-10-25; the files keep them\n`,
  );
  expect((await run('verify days')).code).toBe(0);
});

test('entries with an impossible time go to the undated file, later ones to its late files', async () => {
  const odd = [
    inventEntry({ id: 'al_b', action: 'chat.deleted', created_at: 'soon', org: MODEL_ORG }, undefined, NOW - 5 * DAY),
    inventEntry({ id: 'al_a', action: 'chat.deleted', org: MODEL_ORG }, undefined, NOW - 6 * DAY),
    inventEntry(
      { id: 'al_c', action: 'chat.deleted', created_at: '2099-01-01T00:00:00Z', org: MODEL_ORG },
      undefined,
      NOW,
    ),
    inventEntry(
      { id: 'al_d', action: 'chat.deleted', created_at: '1970-01-01T00:00:00Z', org: MODEL_ORG },
      undefined,
      NOW - DAY,
    ),
  ];
  const { run, home, model } = await site({ entries: [...someEntries(50), ...odd] });
  const ran = await run(SPLIT);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('4 events have no valid time: they are in "undated"\n');
  const undated = (await readFile(join(home, 'days/undated.ndjson'), 'utf8')).trimEnd().split('\n');
  expect(undated.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['al_a', 'al_b', 'al_c', 'al_d']);
  model.insert(inventEntry({ id: 'al_e', created_at: 'never', org: MODEL_ORG }, undefined, NOW - DAY));
  await run(SPLIT);
  expect((await readManifest(home, 'days/undated.late-001.manifest.json')).file?.rows).toBe(1);
  expect((await run(SPLIT)).stderr).not.toContain('undated');
  expect((await run('verify days')).code).toBe(0);
});

test('an unreconciled run seals nothing, and the next reconciled one does', async () => {
  const twice = [entry('al_1', '2026-11-05T10:00:00Z'), entry('al_1', '2026-11-05T10:00:00Z', { source: 'api' })];
  const { run, home, model } = await site({ entries: [...someEntries(50), ...twice] });
  const ran = await run(SPLIT);
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('no day is sealed yet');
  expect(await readManifest(home, 'days/2026-11-05.manifest.json')).toMatchObject({
    status: 'unreconciled',
    chain: { sealed: false },
  });
  expect((await run('verify days')).code).toBe(0);
  model.remove('al_1');
  const clean = await run(SPLIT);
  expect(clean.code).toBe(0);
  expect(clean.stderr).toContain('sealed up to 2026-11-18');
  expect(clean.stderr).toContain(
    '2026-11-05: the server no longer returns 2 events of this day, which is not sealed; they were dropped\n',
  );
  expect((await run('verify days')).code).toBe(0);
});

test.each([
  ['a sealed day that comes late', '2026-10-25', 'days/2026-10-25.late-001.ndjson'],
  ['a day that is still open', '2026-11-20', 'days/2026-11-20.ndjson'],
])('another entry of an id that is there already finds its place: %s', async (_, day, path) => {
  const { run, home, model } = await site({ entries: [...someEntries(50), entry('al_1', `${day}T10:00:00Z`)] });
  await run(SPLIT);
  model.insert(entry('al_1', `${day}T09:00:00Z`));
  await run(SPLIT);
  const texts = (await readFile(join(home, path), 'utf8')).trimEnd().split('\n');
  const times = texts.map((line) => JSON.parse(line) as { id: string; created_at: string });
  expect(times.filter(({ id }) => id === 'al_1').map(({ created_at }) => created_at)).toEqual([
    `${day}T09:00:00Z`,
    ...(path.includes('late') ? [] : [`${day}T10:00:00Z`]),
  ]);
  const before = await dayFiles(join(home, 'days'));
  await run(SPLIT);
  expect(await dayFiles(join(home, 'days'))).toEqual(before);
  expect((await run('verify days')).code).toBe(0);
});

test('a late entry without an id that equals another is added once', async () => {
  const twin = () => entry(undefined, '2026-10-25T10:00:00Z');
  const { run, home, model } = await site({ entries: [...someEntries(50), twin()] });
  await run(SPLIT);
  model.insert(twin());
  await run(SPLIT);
  expect((await readManifest(home, 'days/2026-10-25.late-001.manifest.json')).file?.rows).toBe(1);
  const before = await dayFiles(join(home, 'days'));
  await run(SPLIT);
  expect(await dayFiles(join(home, 'days'))).toEqual(before);
});

test('a directory of day files accepts only one query and one format', async () => {
  const { run, model } = await site();
  await run(`${SPLIT} --from 2026-11-01 --to 2026-11-05`);
  const asked = model.requests.length;
  for (const [flags, why] of [
    ['--action member.role_changed', 'days holds day files of something else:\n  query: {'],
    ['--format csv', 'days holds day files of something else:\n  format: ndjson there, csv now\n'],
    ['--org org_other', 'days holds day files of something else:\n  org: c there, org_other now\n'],
    ['--from 2026-10-30', 'the first day there is 2026-11-01: earlier ones cannot be put before them\n'],
    [
      '--from 2026-11-08',
      'the last day there is 2026-11-05: this would leave a gap before 2026-11-08\nStart with --from 2026-11-06, or earlier\n',
    ],
    [
      '--to 2026-11-08',
      'the first day there is 2026-11-01, and without --from this asks for all before them too\nSay --from 2026-11-01,',
    ],
    ['--to 2026-10-20', 'the first day there is 2026-11-01: --to ends before that\n'],
    ['--from 2026-11-05T09:30', '--from must be a whole day in UTC: it is 2026-11-05T09:30:00Z\n'],
    ['--to 2026-11-10T09:30', '--to must be a whole day in UTC: it is 2026-11-10T09:30:00Z\n'],
    ['--from 2026-11-05 --tz Asia/Tokyo', '--from must be a whole day in UTC: it is 2026-11-04T15:00:00Z\n'],
    ['--from 2026-11-30', '2026-11-30 is in the future: no day to write\n'],
    ['--force', '--force and --split cannot be combined: sealed days never change\n'],
    ['--format csv --columns time,action', '--split day needs the column id: it identifies late events\n'],
  ] as const) {
    const ran = await run(`${SPLIT} ${flags}`);
    expect(ran.code, flags).toBe(2);
    expect(ran.stderr).toContain(`error: ${why}`);
  }
  expect(model.requests.length).toBe(asked);
  expect((await run(`${SPLIT} --from 2026-11-04 --to 2026-11-08`)).code).toBe(0);
  expect((await run(`${SPLIT} --from 2026-11-01 --to now`)).code).toBe(0);
  expect((await run('verify days')).code).toBe(0);
});

test('a path that cannot be a directory of day files is rejected before any request', async () => {
  const { run, home, model } = await site();
  await writeFile(join(home, 'file'), '');
  await mkdir(join(home, 'mine'));
  await writeFile(join(home, 'mine/notes.txt'), 'mine');
  for (const [line, why] of [
    ['export --split day', '--split day needs a directory\nName it with -o DIR/\n'],
    ['export --split day -o file', 'file is not a directory\n'],
    ['export --split day -o no/where', 'parent folder of no/where does not exist\nMake it first: mkdir -p no/where\n'],
    ['export --split day -o mine', 'mine has other files (notes.txt)\n'],
    ['export --format ndjson.gz', '--format ndjson.gz needs --split day\n'],
  ] as const) {
    const ran = await run(line);
    expect(ran.code, line).toBe(2);
    expect(ran.stderr).toContain(`error: ${why}`);
  }
  expect(model.requests.length).toBe(0);
  expect((await run([...SPLIT.split(' '), '--base-url', 'http://127.0.0.1:1'])).code).toBe(5);
  await expect(stat(join(home, 'days'))).rejects.toThrow('ENOENT');
});

test('a run interrupted while reading is resumed, and gives the same bytes', async () => {
  const entries = makeEntries({ n: 7000, from: Date.parse('2026-10-01'), to: NOW - 5 * DAY, grain: 60_000 });
  const { run, home } = await site({ entries, script: [{ atRequest: 60, fault: 'redirect-other' }] });
  const cut = await run(`${SPLIT} --rate off`);
  expect(cut.code).toBe(5);
  expect(cut.stderr).toContain('To resume: auditlog export --split day -o days --rate off\n');
  expect([...(await contents(join(home, 'days'))).keys()]).toEqual(['entries.partial', 'entries.partial.state']);
  const unfinished = await run('verify days');
  expect(unfinished.code).toBe(2);
  const other = await run(`${SPLIT} --rate off --from 2026-10-05`);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('is an interrupted export of something else');
  const whole = await run(`${SPLIT} --rate off`);
  expect(whole.code).toBe(0);
  expect(whole.stderr).toMatch(/resuming after the [\d,]+ events in days\n/);
  expect(await dayFiles(join(home, 'days'))).toEqual(expected(entries));
  expect((await readManifest(home, 'days/2026-10-02.manifest.json')).read.resumed).toBe(true);
  expect((await run('verify days')).code).toBe(0);
});

test('a run interrupted while writing days is finished without a request', async () => {
  const { run, home, model } = await site();
  const inTheWay = join(home, 'days/2026-11-03.ndjson.partial');
  await mkdir(inTheWay, { recursive: true });
  const cut = await run(SPLIT);
  expect(cut.code).toBe(1);
  expect(cut.stderr).toContain('To resume: auditlog export --split day -o days\n');
  expect(await contents(join(home, 'days')).catch(() => undefined)).toBeUndefined();
  await rm(inTheWay, { recursive: true });
  expect((await run('verify days')).code).toBe(2);
  const asked = model.requests.length;
  const other = await run(`${SPLIT} --from 2026-10-25`);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('days holds what an interrupted export of something else has read:\n  query: ');
  const whole = await run(SPLIT);
  expect(whole.code).toBe(0);
  expect(whole.stderr).toContain('all events were read already: writing the day files\n');
  expect(model.requests.length).toBe(asked);
  expect(await dayFiles(join(home, 'days'))).toEqual(expected(someEntries(300)));
  expect((await run('verify days')).code).toBe(0);
});

test('an old interrupted run is finished first, then new entries are read', async () => {
  const { run, home, model } = await site();
  const inTheWay = join(home, 'days/2026-11-03.ndjson.partial');
  await mkdir(inTheWay, { recursive: true });
  await run(SPLIT);
  await rm(inTheWay, { recursive: true });
  await writeFile(join(home, 'days/2026-11-04.csv.partial'), 'left by a run that was killed');
  await writeFile(join(home, 'days/lock.77.new'), '{}');
  model.advance(2 * DAY);
  const added = entry('al_new', '2026-11-22T09:00:00Z');
  model.insert(added);
  const ran = await run(SPLIT);
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain('all events were read already: writing the day files\n');
  expect(await dayFiles(join(home, 'days'))).toEqual(expected([...someEntries(300), added]));
  expect((await run('verify days')).code).toBe(0);
});

test('--restart discards what was read, and never what is sealed', async () => {
  const { run, home } = await site();
  await run(SPLIT);
  const before = await contents(join(home, 'days'));
  await writeFile(join(home, 'days/entries'), 'damaged\n');
  const damaged = await run(SPLIT);
  expect(damaged.code).toBe(2);
  expect(damaged.stderr).toContain('the data of an interrupted export in days is damaged\n');
  expect((await run(`${SPLIT} --restart`)).code).toBe(0);
  const after = await contents(join(home, 'days'));
  for (const [name, bytes] of before) if (name < '2026-11-19') expect(after.get(name)).toBe(bytes);
  expect((await run('verify days')).code).toBe(0);
});

test('two runs never write to one directory at once, and the lock of a dead run is taken over', async () => {
  const { run, home, model } = await site();
  await run(SPLIT);
  const asked = model.requests.length;
  const world = { pid: process.pid, isRunning: (pid: number) => pid === process.pid, random: Math.random };
  const lock = await takeLock(world as Parameters<typeof takeLock>[0], join(home, 'days/lock'), 'days');
  const second = await run(SPLIT);
  expect(second.code).toBe(2);
  expect(second.stderr).toContain(`error: days is being written by another run (process ${process.pid})\n`);
  expect(model.requests.length).toBe(asked);
  expect((await run('verify days')).stdout).toContain('days/lock: extra: left by an export');
  await lock.release();
  await writeFile(join(home, 'days/lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: '' }));
  expect((await run(SPLIT)).code).toBe(0);
  expect((await run('verify days')).code).toBe(0);
});

test('nothing is added to a damaged chain', async () => {
  const { run, home, model } = await site();
  await run(SPLIT);
  const asked = model.requests.length;
  const path = join(home, 'days/2026-11-03.manifest.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"retries": 0', '"retries": 1'));
  const refused = await run(SPLIT);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('error: the chain in days changed since the last run\n');
  await rm(path);
  expect((await run(SPLIT)).code).toBe(2);
  expect(model.requests.length).toBe(asked);
  await writeFile(path, text);
  // A sealed file is read again when entries seem to be late: one that was changed must not become the measure of it.
  await writeFile(join(home, 'days/2026-11-03.ndjson'), '');
  model.insert(entry('al_late', '2026-11-03T00:00:00Z'));
  const second = await run(SPLIT);
  expect(second.code).toBe(2);
  expect(second.stderr).toContain('2026-11-03.ndjson differs from its manifest\n');
});
