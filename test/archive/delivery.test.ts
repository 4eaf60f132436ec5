import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { orgFolders } from '../../src/archive/orgs.js';
import { contents, openSite, readManifest, someEntries } from '../days/site.js';
import { NOW, run } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { MODEL_ORG, makeEntries } from '../model/makeentries.js';
import { type ArchiveSite, DAY, HOUR, held, openArchiveSite, textsIn } from './site.js';

const ORG = `org=${MODEL_ORG.id}`;

function entry(id: string, time: string, more: Readonly<Record<string, unknown>> = {}): ModelEntry {
  return inventEntry({ id, action: 'chat.deleted', created_at: time, org: MODEL_ORG, ...more });
}

function textsOf(entries: readonly ModelEntry[]): readonly string[] {
  return entries.map(({ text }) => text).sort();
}

async function expectVerified({ home }: ArchiveSite, stdout = 'no difference'): Promise<void> {
  const verified = await run('verify archive', { home, cwd: home });
  expect(verified.stdout).toContain(stdout);
  expect(verified.code).toBe(0);
}

/** Reads, and is told six hours later that everything is as it was. */
async function takeTwice(site: ArchiveSite, entries: readonly ModelEntry[]): Promise<void> {
  await site.take({ entries });
  await site.take({ entries, now: NOW + 6 * HOUR });
}

test('each day has a folder with NDJSON and Parquet, and every entry is in each of them once', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(200);
  const taken = await site.take({ entries });
  expect(taken).toMatchObject({ fresh: 200, held: 200, late: [], gone: [], sealedTo: undefined });
  const files = await site.files();
  expect(await held(files)).toEqual(textsOf(entries));
  const names = [...files.keys()];
  expect(names.filter((name) => name.includes('2026-11-05'))).toEqual([
    `${ORG}/date=2026-11-05/events.manifest.json`,
    `${ORG}/date=2026-11-05/events.ndjson.gz`,
    `${ORG}/date=2026-11-05/events.parquet`,
  ]);
  expect(names.filter((name) => !name.includes('/date='))).toEqual([`${ORG}/chain.json`, 'organizations.json']);
  expect(await readManifest(site.root, ORG, 'date=2026-11-05/events.manifest.json')).toMatchObject({
    kind: 'day',
    day: '2026-11-05',
    status: 'verified',
    file: { name: 'events.ndjson.gz', format: 'ndjson', gzip: true },
    columnar: { name: 'events.parquet', format: 'parquet' },
    read: { observations: 1, observed: ['2026-11-20T14:00:00Z'] },
    chain: { sealed: false },
  });
  expect((await stat(site.root)).mode & 0o777).toBe(0o700);
  for (const name of names) expect((await stat(join(site.root, name))).mode & 0o777).toBe(0o600);
  await expectVerified(site, 'Checked 32 manifests and 64 files: no difference.\narchive/org=');
});

test('the lines of a day are byte for byte those of export --split day', async () => {
  const entries = someEntries(150);
  const exported = await openSite({ entries });
  try {
    await exported.run('export --split day -o days --format ndjson.gz');
  } finally {
    await exported.close();
  }
  const site = await openArchiveSite();
  await site.take({ entries });
  const days = await contents(join(exported.home, 'days'));
  const files = await site.files();
  const names = [...days.keys()].filter((name) => name.endsWith('.ndjson.gz'));
  expect(names.length).toBe(32);
  for (const name of names) {
    const own = files.get(`${ORG}/date=${name.slice(0, 10)}/events.ndjson.gz`);
    expect(own?.toString('latin1'), name).toBe(days.get(name));
  }
});

test('a day is sealed after two equal readings six hours apart, and then never changes', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await site.take({ entries });
  const soon = await site.take({ entries, now: NOW + 5 * HOUR });
  expect(soon).toMatchObject({ fresh: 0, held: 100, late: [], gone: [], sealedTo: undefined });
  const later = await site.take({ entries, now: NOW + 6 * HOUR });
  // At 20:00Z the 18th is over everywhere for a day; the 19th is not.
  expect(later.sealedTo).toBe('2026-11-18');
  expect(await readManifest(site.root, ORG, 'date=2026-11-18/events.manifest.json')).toMatchObject({
    read: { observations: 2, observed: ['2026-11-20T14:00:00Z', '2026-11-20T20:00:00Z'] },
    chain: { sealed: true },
  });
  const before = await site.files();
  const next = await site.take({ entries, now: NOW + 30 * HOUR });
  expect(next.sealedTo).toBe('2026-11-19');
  const after = await site.files();
  for (const [name, bytes] of before)
    if (!/2026-11-(19|2)|chain/.test(name)) expect(after.get(name), name).toEqual(bytes);
  await expectVerified(site);
});

test('a day with an unchanged count is sealed without reading it again', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await site.take({ entries });
  const before = await site.files();
  const today = { from: '2026-11-20', entries: entries.filter(({ time }) => time >= Date.parse('2026-11-20')) };
  const at = NOW + 7 * HOUR;
  const unseen = await site.take({ ...today, now: at });
  expect(unseen.sealedTo).toBeUndefined();
  const seen = await site.take({ ...today, now: at, confirmed: [{ from: null, to: '2026-11-19', at }] });
  // The days that an entry of the 19th may be in on the server are not all closed yet.
  expect(seen.sealedTo).toBe('2026-11-18');
  const after = await site.files();
  for (const [name, bytes] of before)
    if (!name.endsWith('.json') && !name.includes('2026-11-2')) expect(after.get(name), name).toEqual(bytes);
  await expectVerified(site);
});

test('a day that changed needs two new observations to be sealed', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(50);
  await site.take({ entries });
  const more = [...entries, entry('al_more', '2026-11-03T10:00:00Z')];
  expect(await site.take({ entries: more, now: NOW + 6 * HOUR })).toMatchObject({ fresh: 1, sealedTo: '2026-11-02' });
  expect(await readManifest(site.root, ORG, 'date=2026-11-03/events.manifest.json')).toMatchObject({
    read: { observations: 1, observed: ['2026-11-20T20:00:00Z'] },
  });
  expect(await site.take({ entries: more, now: NOW + 12 * HOUR })).toMatchObject({ fresh: 0, sealedTo: '2026-11-18' });
  await expectVerified(site);
});

test('a day whose file does not match its manifest is not sealed', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(50);
  await site.take({ entries });
  const path = join(site.root, ORG, 'date=2026-11-03/events.parquet');
  const bytes = await readFile(path);
  await writeFile(path, Buffer.concat([bytes.subarray(0, -1), Buffer.of(0)]));
  const at = NOW + 7 * HOUR;
  const told = { entries: [], from: '2026-11-20', now: at, confirmed: [{ from: null, to: '2026-11-19', at }] };
  await expect(site.take(told)).rejects.toThrow('events.parquet of 2026-11-03 differs from its manifest');
  await writeFile(path, bytes);
  expect((await site.take(told)).sealedTo).toBe('2026-11-18');
});

test('late entries of any age go to files of their own, each once', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await takeTwice(site, entries);
  const sealed = await site.files();
  const late = [entry('al_late2', '2026-11-01T05:00:00Z'), entry('al_late1', '2026-11-01T05:00:00Z')];
  const old = entry('al_old', '2026-09-03T10:00:00Z');
  const all = [...entries, ...late, old];
  expect(await site.take({ entries: all, now: NOW + 7 * HOUR })).toMatchObject({
    fresh: 3,
    late: [
      { day: '2026-11-01', rows: 2 },
      { day: '2026-09-03', rows: 1 },
    ],
  });
  const files = await site.files();
  expect(await held(files)).toEqual(textsOf(all));
  const day = `${ORG}/date=2026-11-01`;
  expect(textsIn(new Map([...files].filter(([name]) => name === `${day}/late-001.ndjson.gz`)))).toEqual([
    late[1]!.text,
    late[0]!.text,
  ]);
  expect(files.has(`${day}/late-001.parquet`)).toBe(true);
  expect(files.get(`${day}/events.ndjson.gz`)).toEqual(sealed.get(`${day}/events.ndjson.gz`));
  expect(files.has(`${ORG}/date=2026-09-03/late-001.ndjson.gz`)).toBe(true);
  expect(await site.take({ entries: all, now: NOW + 7 * HOUR })).toMatchObject({ fresh: 0, late: [] });
  await site.take({ entries: [...all, entry('al_late3', '2026-11-01T01:00:00Z')], now: NOW + 8 * HOUR });
  expect(await readManifest(site.root, day, 'late-002.manifest.json')).toMatchObject({
    kind: 'late',
    file: { rows: 1 },
  });
  await expectVerified(site);
});

test('only days that were asked for are written, and parts of a range leave the others as they are', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await site.take({ entries });
  const within = (from: string, to: string) =>
    entries.filter(({ time }) => time >= Date.parse(from) && time < Date.parse(to) + DAY);
  const parts = [
    { from: Date.parse('2026-10-25'), before: Date.parse('2026-10-26') },
    { from: Date.parse('2026-11-19'), before: null },
  ];
  const taken = await site.take({
    entries: [
      ...within('2026-10-25', '2026-10-25'),
      ...within('2026-11-19', '2026-11-20'),
      entry('al_n', '2026-10-25T01:00:00Z'),
    ],
    from: '2026-10-25',
    parts,
    now: NOW + HOUR,
  });
  expect(taken).toMatchObject({ fresh: 1, late: [], gone: [] });
  expect((await held(await site.files())).length).toBe(101);
  await expectVerified(site);
  await expect(site.take({ entries: [], from: '2026-11-25', now: NOW + 6 * DAY })).rejects.toThrow(
    'day 2026-11-21 was not read, but later days were',
  );
});

test('an entry that the server removes before its day is sealed stays in the archive, and is reported each time', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await site.take({ entries });
  const gone = entries.filter(({ time }) => new Date(time).toISOString().startsWith('2026-11-05')).slice(0, 1);
  const left = entries.filter((one) => !gone.includes(one));
  const first = await site.take({ entries: left, now: NOW + HOUR });
  expect(first).toMatchObject({ fresh: 0, gone: [{ day: '2026-11-05', rows: 1 }] });
  expect(await held(await site.files())).toEqual(textsOf(entries));
  expect(await readManifest(site.root, ORG, 'date=2026-11-05/events.manifest.json')).toMatchObject({
    gone: { rows: 1, some: [gone[0]!.id] },
    read: { observed: ['2026-11-20T15:00:00Z'] },
  });
  const second = await site.take({ entries: left, now: NOW + 7 * HOUR });
  expect(second).toMatchObject({ fresh: 0, gone: [{ day: '2026-11-05', rows: 1 }], sealedTo: '2026-11-18' });
  expect(await site.take({ entries: left, now: NOW + 8 * HOUR })).toMatchObject({
    gone: [{ day: '2026-11-05', rows: 1 }],
  });
  expect(await held(await site.files())).toEqual(textsOf(entries));
  await expectVerified(site);
});

test('a lagging answer removes nothing from the archive, and nothing counts as gone once the server returns it again', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await site.take({ entries });
  await site.take({ entries: entries.slice(10), now: NOW + HOUR });
  expect(await held(await site.files())).toEqual(textsOf(entries));
  await site.take({ entries, now: NOW + 2 * HOUR });
  const late = await site.take({ entries, now: NOW + 40 * HOUR });
  expect(late).toMatchObject({ gone: [], sealedTo: '2026-11-19' });
  expect(await held(await site.files())).toEqual(textsOf(entries));
});

test('gone entries of a sealed day are recorded once and reported each time, and those removed by retention are not', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(100);
  await takeTwice(site, entries);
  const onThe5th = entries.find(({ time }) => new Date(time).toISOString().startsWith('2026-11-05'));
  const left = entries.filter((one) => one !== onThe5th && one.time > Date.parse('2026-10-24'));
  const taken = await site.take({ entries: left, now: NOW + 8 * HOUR });
  expect(taken.gone).toEqual([{ day: '2026-11-05', rows: 1 }]);
  expect(await readManifest(site.root, ORG, 'date=2026-11-05/gone-001.manifest.json')).toMatchObject({
    kind: 'gone',
    file: null,
    gone: { rows: 1 },
  });
  // Told each time, so that nothing is lost with a run that is killed before it remembers.
  expect((await site.take({ entries: left, now: NOW + 9 * HOUR })).gone).toEqual(taken.gone);
  expect(
    (await readdir(join(site.root, ORG, 'date=2026-11-05'))).filter((name) => name.startsWith('gone-')),
  ).toHaveLength(1);
  expect(await held(await site.files())).toEqual(textsOf(entries));
  await expectVerified(site);
});

test('an unreconciled reading is written and reported as such, and not sealed', async () => {
  const site = await openArchiveSite();
  const entries = someEntries(60);
  await site.take({ entries, note: 'the server counts 61' });
  await site.take({ entries, now: NOW + 7 * HOUR, note: 'the server counts 61' });
  expect(await readManifest(site.root, ORG, 'date=2026-11-05/events.manifest.json')).toMatchObject({
    status: 'unreconciled',
    notes: ['the server counts 61'],
    chain: { sealed: false },
  });
  await site.take({ entries, now: NOW + 8 * HOUR });
  expect((await site.take({ entries, now: NOW + 14 * HOUR })).sealedTo).toBe('2026-11-18');
});

test('entries without a believable time are in date=undated', async () => {
  const site = await openArchiveSite();
  const odd = inventEntry({ id: 'al_odd', action: 'chat.deleted', org: MODEL_ORG }, undefined, Number.NaN);
  const entries = [...someEntries(20), odd];
  expect((await site.take({ entries })).fresh).toBe(21);
  expect((await site.take({ entries, now: NOW + 7 * HOUR })).fresh).toBe(0);
  const files = await site.files();
  expect(await held(files)).toEqual(textsOf(entries));
  expect([...files.keys()].filter((name) => name.includes('undated'))).toEqual([
    `${ORG}/date=undated/events.manifest.json`,
    `${ORG}/date=undated/events.ndjson.gz`,
    `${ORG}/date=undated/events.parquet`,
  ]);
  await expectVerified(site);
});

test('each organization has a folder, named after the id in its entries or the one it was asked by', async () => {
  const site = await openArchiveSite();
  const of = (id: string) => [entry(`al_${id}`, '2026-11-10T10:00:00Z', { org: { id } })];
  await site.take({ entries: of('org_A'), key: '…aaaa' });
  await site.take({ entries: of('org_B'), key: '…bbbb' });
  await site.take({ entries: of('../../evil'), org: 'org_C' });
  await site.take({ entries: [], org: 'org_D' });
  expect(await orgFolders(site.root)).toEqual(['org=org_A', 'org=org_B', 'org=org_C', 'org=org_D']);
  // Nothing in them tells whose they are: the key does.
  const now = NOW + HOUR;
  await site.take({ entries: [], from: '2026-11-20', key: '…bbbb', now });
  await site.take({ entries: of('org_E'), org: 'org_D', now });
  await expect(site.take({ entries: [], from: '2026-11-20', key: '…cccc', now })).rejects.toThrow(
    'cannot tell whose log this is: it may be that of org=org_A or org=org_B',
  );
  expect(await orgFolders(site.root)).toEqual(['org=org_A', 'org=org_B', 'org=org_C', 'org=org_D']);
  await expectVerified(site);
});

test('an organization that has no entry and no name is named after its key, and keeps that folder', async () => {
  const site = await openArchiveSite();
  await site.take({ entries: [], from: '2026-11-18' });
  const [folder] = await orgFolders(site.root);
  expect(folder).toMatch(/^org=key-[0-9a-f]{8}$/);
  await site.take({ entries: [entry('al_1', '2026-11-20T10:00:00Z')], from: '2026-11-18', now: NOW + HOUR });
  expect(await orgFolders(site.root)).toEqual([folder]);
});

test('a directory that holds something else is rejected, and the error names it', async () => {
  const site = await openArchiveSite();
  await site.take({ entries: someEntries(5) });
  const before = await site.files();
  const gathered = await site.gathered({ entries: someEntries(6) });
  const other = {
    ...gathered,
    ending: { ...gathered.ending, folder: { ...gathered.ending.folder, query: '{"actions":["x"]}' } },
  };
  await expect(site.take(other)).rejects.toThrow(`archive/${ORG} holds entries of something else:\n  query: {} there`);
  await gathered.close();
  expect(await site.files()).toEqual(before);
});

test('verify finds organizations whose folders were exchanged', async () => {
  const site = await openArchiveSite();
  await site.take({ entries: [entry('al_1', '2026-11-10T10:00:00Z', { org: { id: 'org_A' } })] });
  const { rename } = await import('node:fs/promises');
  await rename(join(site.root, 'org=org_A'), join(site.root, 'org=org_B'));
  const verified = await run('verify archive', { home: site.home, cwd: site.home });
  expect(verified.code).toBe(7);
  expect(verified.stdout).toContain('archive/org=org_B: changed: its chain belongs to org=org_A\n');
});

test('the next run finishes what an interrupted one had read, even if it reads something else', async () => {
  const site = await openArchiveSite();
  await site.take({ entries: [], org: 'org_D', from: '2026-11-10' });
  const brought = await site.gathered({
    entries: makeEntries({ n: 20, from: Date.parse('2026-11-10'), to: NOW - DAY }),
    org: 'org_D',
    from: '2026-11-10',
  });
  const { putGathered } = await import('../../src/archive/gathered.js');
  await putGathered(join(site.root, 'org=org_D'), brought);
  await brought.close();
  const unfinished = await run('verify archive', { home: site.home, cwd: site.home });
  expect(unfinished.stdout).toContain('archive/org=org_D/entries: extra: left by an export that was interrupted');
  const taken = await site.take({
    entries: [entry('al_new', '2026-11-20T10:00:00Z')],
    from: '2026-11-20',
    org: 'org_D',
  });
  expect(taken.fresh).toBe(21);
  await expectVerified(site);
  await writeFile(join(site.root, 'org=org_D/entries'), 'cut off');
  await site.take({ entries: [entry('al_new', '2026-11-20T10:00:00Z')], from: '2026-11-20', org: 'org_D' });
  await expectVerified(site);
  await rm(site.root, { recursive: true });
});
