import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAge } from '../../src/archive/age.js';
import { prune } from '../../src/archive/prune.js';
import { readManifest } from '../days/site.js';
import { NOW, type Ran, run } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { MODEL_ORG, makeEntries } from '../model/makeentries.js';
import { killedAt } from './cut.js';
import { type ArchiveSite, HOUR, held, openArchiveSite } from './site.js';

const ORG = `org=${MODEL_ORG.id}`;
const ENTRIES = makeEntries({ n: 60, from: Date.parse('2026-11-05'), to: NOW - HOUR, grain: 60_000 });

function entry(id: string, time: string): ModelEntry {
  return inventEntry({ id, action: 'chat.deleted', created_at: time, org: MODEL_ORG });
}

const LATE = [entry('al_late', '2026-11-07T10:00:00Z'), entry('al_late2', '2026-11-15T10:00:00Z')];
const ALL = [...ENTRIES, ...LATE];
/** Ten days before the day of the tests. */
const BEFORE = '2026-11-10';
const left = (entries: readonly ModelEntry[]) => entries.filter(({ time }) => time >= Date.parse(BEFORE));
const textsOf = (entries: readonly ModelEntry[]) => entries.map(({ text }) => text).sort();

/** Days that are sealed up to the 18th, with late entries on two of them. */
async function sealedSite(): Promise<ArchiveSite> {
  const site = await openArchiveSite();
  await site.take({ entries: ENTRIES });
  await site.take({ entries: ENTRIES, now: NOW + 6 * HOUR });
  await site.take({ entries: ALL, now: NOW + 7 * HOUR });
  return site;
}

const lineIn =
  (site: ArchiveSite) =>
  (line: string, options: Partial<Parameters<typeof run>[1]> = {}): Promise<Ran> =>
    run(line, { home: site.home, cwd: site.home, ...options });

test('prune removes whole sealed days from the old end, and leaves a tombstone that verify shows', async () => {
  const site = await sealedSite();
  const line = lineIn(site);
  const before = await site.files();
  const head = /Chain head: (\S+)/.exec((await line('verify archive')).stdout)?.[1];
  const dry = await line('archive prune archive --older-than 10d --dry-run');
  const rows = ALL.length - left(ALL).length;
  expect(dry.code).toBe(0);
  expect(dry.stdout).toMatch(
    new RegExp(`^${MODEL_ORG.id}: would remove 2026-11-05 to 2026-11-09, ${rows} entries, [\\d.]+ kB\n$`),
  );
  expect(await site.files()).toEqual(before);

  const ran = await line('archive prune archive --older-than 10d --yes');
  expect(ran).toMatchObject({ code: 0, stdout: dry.stdout.replace('would remove', 'removed'), stderr: '' });
  const after = await site.files();
  expect(await held(after)).toEqual(textsOf(left(ALL)));
  expect([...after.keys()].filter((name) => name.includes('2026-11-07'))).toEqual([
    `${ORG}/date=2026-11-07/events.manifest.json`,
    `${ORG}/date=2026-11-07/late-001.manifest.json`,
  ]);
  for (const [name, bytes] of after)
    if (before.has(name) && !/chain|2026-11-(19|2)/.test(name)) expect(bytes, name).toEqual(before.get(name));
  expect(await readManifest(site.root, ORG, 'pruned-001.manifest.json')).toMatchObject({
    kind: 'pruned',
    day: null,
    file: null,
    pruned: { before: BEFORE, first: '2026-11-05', last: '2026-11-09', manifests: 6, rows },
    chain: { sealed: true },
  });
  const verified = await line('verify archive --verbose');
  expect(verified.code).toBe(0);
  expect(verified.stdout).toContain(
    `  ${left(ALL).length} events, 2026-11-05 to 2026-11-20 (UTC days), sealed up to 2026-11-18\n  Complete: the server reported the same count for every day.\n  The files of days before 2026-11-10 were removed because of their age.\n`,
  );
  expect(verified.stdout).toContain(
    `pruned-001.manifest.json: ok: tombstone: files of 2026-11-05 to 2026-11-09 were removed because of their age (2026-11-20T14:00:0`,
  );
  // What was the head is still in the chain.
  expect([...after.values()].some((bytes) => bytes.includes(`"hash": "${head}"`))).toBe(true);
  const again = await line('archive prune archive --older-than 10d --yes');
  expect(again.stdout).toBe('nothing is older than 2026-11-10, or it was removed before\n');
  expect(await site.files()).toEqual(after);
});

test('an archive is still collected into after pruning, and removed days do not come back', async () => {
  const site = await sealedSite();
  const line = lineIn(site);
  await line('archive prune archive --older-than 10d --yes');
  const more = [...ALL, entry('al_new', '2026-11-20T20:30:00Z'), entry('al_older', '2026-11-06T10:00:00Z')];
  const taken = await site.take({ entries: more, now: NOW + 8 * HOUR });
  expect(taken).toMatchObject({ fresh: 1, late: [], gone: [], dropped: [{ day: '2026-11-06', rows: 1 }] });
  expect(await held(await site.files())).toEqual(textsOf([...left(ALL), more.at(-2)!]));
  expect((await line('verify archive')).code).toBe(0);
  // Each time the days that have become too old since.
  const next = await line('archive prune archive --older-than 8d --yes');
  expect(next.stdout).toContain('removed 2026-11-10 to 2026-11-11, ');
  expect(await readManifest(site.root, ORG, 'pruned-002.manifest.json')).toMatchObject({
    pruned: { before: '2026-11-12' },
  });
  expect((await line('verify archive')).code).toBe(0);
});

test('prune keeps days that are not sealed, and reports them', async () => {
  const site = await sealedSite();
  const ran = await lineIn(site)('archive prune archive --older-than 1d --yes');
  expect(ran.stdout).toContain('removed 2026-11-05 to 2026-11-18, ');
  expect((await lineIn(site)('verify archive')).code).toBe(0);
  const open = await openArchiveSite();
  await open.take({ entries: ENTRIES });
  const none = await lineIn(open)('archive prune archive --older-than 10d --yes');
  expect(none.stdout).toBe('nothing is older than 2026-11-10, or it was removed before\n');
  expect(none.stderr).toBe(`${MODEL_ORG.id}: kept 5 older days: not sealed yet\n`);
});

test('prune asks before it removes anything', async () => {
  const site = await sealedSite();
  const line = lineIn(site);
  const before = await site.files();
  const nobody = await line('archive prune archive --older-than 10d');
  expect(nobody).toMatchObject({ code: 2, stdout: '' });
  expect(nobody.stderr).toBe(
    'error: cannot ask for confirmation: standard input is not a terminal\nAdd --yes. To see what would be removed: --dry-run\n',
  );
  const no = await line('archive prune archive --older-than 10d', { typed: '', stdin: 'n\n' });
  expect(no.code).toBe(2);
  expect(no.stderr).toMatch(
    /would remove 2026-11-05 .*\nWhat is removed is gone. Remove it\? \[y\/N\] error: nothing was removed\n$/,
  );
  expect(await site.files()).toEqual(before);
  const yes = await line('archive prune archive --older-than 10d', { typed: '', stdin: 'yes\n' });
  expect(yes.code).toBe(0);
  expect(await held(await site.files())).toEqual(textsOf(left(ALL)));
});

test('prune killed at any disk operation removes only what a tombstone lists, and the next run finishes it', async () => {
  const site = await sealedSite();
  const before = await site.files();
  const restore = async () => {
    await rm(site.root, { recursive: true });
    const { mkdir } = await import('node:fs/promises');
    for (const [name, bytes] of before) {
      await mkdir(join(site.root, name, '..'), { recursive: true });
      await writeFile(join(site.root, name), bytes, { mode: 0o600 });
    }
  };
  let kills = 0;
  for (let n = 1; ; n += 2) {
    await restore();
    const wasKilled = await killedAt(n, () =>
      prune(site.ctx(), { root: site.root, shown: 'archive', folder: ORG }, BEFORE),
    );
    if (!wasKilled) break;
    kills += 1;
    const files = await site.files();
    const isBuried = !files.get(`${ORG}/chain.json`)?.equals(before.get(`${ORG}/chain.json`)!);
    if (!isBuried) expect([...files.keys()]).toEqual(expect.arrayContaining([...before.keys()]));
    await prune(site.ctx(), { root: site.root, shown: 'archive', folder: ORG }, BEFORE);
    expect(await held(await site.files()), `operation ${n}`).toEqual(textsOf(left(ALL)));
    const verified = await lineIn(site)('verify archive');
    expect(verified.code, `operation ${n}: ${verified.stdout}`).toBe(0);
    // A collector that comes before the next pruning does as well.
    await restore();
    await killedAt(n, () => prune(site.ctx(), { root: site.root, shown: 'archive', folder: ORG }, BEFORE));
    await site.take({ entries: ALL, now: NOW + 8 * HOUR });
    await prune(site.ctx(), { root: site.root, shown: 'archive', folder: ORG }, BEFORE);
    expect((await lineIn(site)('verify archive')).code, `operation ${n}, then collected`).toBe(0);
    expect(await held(await site.files()), `operation ${n}, then collected`).toEqual(textsOf(left(ALL)));
  }
  expect(kills).toBeGreaterThan(10);
}, 120_000);

test('verify finds a pruned file that is still there, and a changed tombstone', async () => {
  const site = await sealedSite();
  const line = lineIn(site);
  const file = `${ORG}/date=2026-11-07/events.parquet`;
  const bytes = (await site.files()).get(file)!;
  await line('archive prune archive --older-than 10d --yes');
  await writeFile(join(site.root, file), bytes);
  const extra = await line('verify archive');
  expect(extra.code).toBe(7);
  expect(extra.stdout).toContain(
    `archive/${file}: extra: it should have been removed because of its age: run archive prune again\n`,
  );
  await line('archive prune archive --older-than 10d --yes');
  expect((await line('verify archive')).code).toBe(0);
  const path = join(site.root, ORG, 'pruned-001.manifest.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"before": "2026-11-10"', '"before": "2026-11-11"'));
  expect((await line('verify archive')).code).toBe(7);
  await rm(path);
  expect((await line('verify archive')).stdout).toContain(': missing: ');
  const refused = await line('archive prune archive --older-than 10d --yes');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(`error: the chain in archive/${ORG} changed since the last run\n`);
});

test('prune touches only the named organizations, and only archives', async () => {
  const site = await sealedSite();
  await site.take({
    entries: ENTRIES.map(({ time }, n) =>
      inventEntry({ id: `b${n}`, created_at: new Date(time).toISOString(), org: { id: 'org_B' } }),
    ),
    org: 'org_B',
  });
  const line = lineIn(site);
  const one = await line(`archive prune archive --older-than 10d --org ${MODEL_ORG.id} --dry-run -f json`);
  expect(JSON.parse(one.stdout)).toMatchObject({
    format: 'auditlog-prune-1',
    before: BEFORE,
    dryRun: true,
    orgs: [{ org: MODEL_ORG.id, removed: { first: '2026-11-05', last: '2026-11-09' }, unsealed: 0 }],
  });
  expect((await line('archive prune archive --older-than 10d --org nobody --dry-run')).stderr).toContain(
    'error: archive has no organization nobody\n',
  );
  expect((await line('archive prune . --older-than 10d --dry-run')).stderr).toContain('error: . is not an archive: ');
  expect((await line('archive prune archive --older-than soon --dry-run')).stderr).toContain(
    'error: invalid --older-than "soon": expected an age such as 90d, 18mo or 7y\nExamples: 7y, 18mo, 90d, 12w\n',
  );
  expect((await readdir(site.root)).length).toBe(3);
});

test('archive status shows what an archive holds', async () => {
  const site = await sealedSite();
  const line = lineIn(site);
  const shown = await line('archive status archive');
  expect(shown.code).toBe(0);
  const id = MODEL_ORG.id;
  expect(shown.stdout).toMatch(
    new RegExp(
      `^ORG {${id.length - 1}}FROM        TO          SEALED TO   DAYS  ENTRIES  LATE +SIZE\n${id}  2026-11-05  2026-11-20  2026-11-18    16       62     2  [\\d.]+ kB\n$`,
    ),
  );
  const json = JSON.parse((await line('archive status archive -f json')).stdout) as object;
  expect(json).toMatchObject({
    orgs: [
      { org: id, provider: 'invent', sealedTo: '2026-11-18', prunedBefore: null, entries: 62, late: 2, undated: 0 },
    ],
  });
  expect((await line('archive status .')).code).toBe(2);
});

test.each([
  ['7y', '2019-11-20'],
  ['18mo', '2025-05-20'],
  ['90d', '2026-08-22'],
  ['12w', '2026-08-28'],
])('%s before 2026-11-20 is %s', (age, day) => {
  expect(parseAge(age, '--older-than', NOW)).toBe(day);
});

test('an age in months counts from the last day of a shorter month', () => {
  expect(parseAge('1mo', '--older-than', Date.parse('2027-03-31'))).toBe('2027-02-28');
  expect(parseAge('1y', '--older-than', Date.parse('2028-02-29'))).toBe('2027-02-28');
  for (const text of ['', '0d', '7', 'y', '1.5y', '-1d', '7Y', '1y6mo']) {
    expect(() => parseAge(text, '--older-than', NOW), text).toThrow('expected an age such as 90d, 18mo or 7y');
  }
});
