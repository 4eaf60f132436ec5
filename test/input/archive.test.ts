import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ArchiveSite, filesBelow, HOUR, openArchiveSite } from '../archive/site.js';
import { someEntries } from '../days/site.js';
import { makeHome, NOW, run } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { MODEL_ORG } from '../model/makeentries.js';

const ORG = `org=${MODEL_ORG.id}`;

function entry(id: string, time: string, org: object = MODEL_ORG): ModelEntry {
  return inventEntry({ id, action: 'chat.deleted', created_at: time, org });
}

/** Newest first, equal times by id descending. */
function textsOf(entries: readonly ModelEntry[]): string {
  const order = (a: ModelEntry, b: ModelEntry) => b.time - a.time || ((a.id ?? '') < (b.id ?? '') ? 1 : -1);
  return [...entries]
    .sort(order)
    .map(({ text }) => `${text}\n`)
    .join('');
}

const ask = ({ home }: Pick<ArchiveSite, 'home'>, line: string) => run(line, { home, cwd: home });

const EARLY = someEntries(200).filter(({ time }) => time > Date.parse('2026-11-04T00:00:00Z'));
const LATE = [
  entry('al_late1', '2026-11-05T12:00:00Z'),
  entry('al_late2', '2026-11-05T12:00:00Z'),
  entry('al_late3', '2026-11-05T00:00:00Z'),
];
const OLD = entry('al_old', '2026-09-03T10:00:00Z');
const ALL = [...EARLY, ...LATE, OLD];

/** Entries of two readings, and then some that came late, twice. */
let site: ArchiveSite;
beforeAll(async () => {
  site = await openArchiveSite();
  await site.take({ entries: EARLY });
  await site.take({ entries: EARLY, now: NOW + 6 * HOUR });
  await site.take({ entries: [...EARLY, ...LATE.slice(0, 2), OLD], now: NOW + 7 * HOUR });
  await site.take({ entries: ALL, now: NOW + 8 * HOUR });
});

/** A copy, to be spoiled. */
async function copied(): Promise<Pick<ArchiveSite, 'home' | 'root' | 'files'>> {
  const home = await makeHome();
  const root = join(home, 'archive');
  await cp(site.root, root, { recursive: true });
  return { home, root, files: () => filesBelow(root) };
}

describe('an archive answers', () => {
  test('with what came late in its place among the rest of its day', async () => {
    expect([...(await site.files()).keys()]).toContain(`${ORG}/date=2026-11-05/late-002.ndjson.gz`);
    const { code, stdout, stderr } = await ask(site, 'export --input archive');
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Exported ${ALL.length} events from archive.\n` });
    expect(stdout).toBe(textsOf(ALL));
  });

  test('about one day with the files of that day, and opens no others', async () => {
    const one = await copied();
    for (const name of (await one.files()).keys())
      if (!name.includes('date=2026-11-05') && !name.endsWith('chain.json')) await rm(join(one.root, name));
    const day = ALL.filter(({ time }) => new Date(time).toISOString().startsWith('2026-11-05'));
    const { code, stdout } = await ask(one, 'export --input archive --from 2026-11-05 --to 2026-11-05 --quiet');
    expect({ code, stdout }).toEqual({ code: 0, stdout: textsOf(day) });
    expect((await ask(one, 'show al_late3 --input archive --from 2026-11-05 --to 2026-11-05')).code).toBe(0);
    expect(await ask(one, 'stats --input archive')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/error: archive\/org=\S+: nothing is there of 2026-/),
    });
  });

  test('with days before the first that it was read from, of which only late entries are there', async () => {
    const { stdout } = await ask(site, 'list --input archive --to 2026-09-30 --format ndjson --quiet');
    expect(stdout).toBe(textsOf([OLD]));
  });

  test('but not without a file of late entries that was there', async () => {
    const spoiled = await copied();
    for (const ending of ['manifest.json', 'ndjson.gz'])
      await rm(join(spoiled.root, ORG, `date=2026-11-05/late-001.${ending}`));
    expect(await ask(spoiled, 'stats --input archive')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        `error: archive/${ORG}: of 2026-11-05 there is late-002 without the one before it`,
      ),
    });
  });

  test('as one organization where its own folder is named', async () => {
    expect((await ask(site, `export --input archive/${ORG} --quiet`)).stdout).toBe(textsOf(ALL));
  });
});

test('of several organizations all are asked, or those that are named', async () => {
  const site = await openArchiveSite();
  const other = { ...MODEL_ORG, id: 'org_other' };
  const theirs = [entry('al_x1', '2026-11-05T11:00:00Z', other), entry('al_x2', '2026-11-04T11:00:00Z', other)];
  await site.take({ entries: EARLY, org: 'a' });
  await site.take({ entries: theirs, org: 'b' });
  expect((await ask(site, 'export --input archive --quiet')).stdout).toBe(textsOf([...EARLY, ...theirs]));
  expect((await ask(site, 'export --input archive --org org_other --quiet')).stdout).toBe(textsOf(theirs));
  const { stdout } = await ask(site, `stats --by org --input archive --format ndjson`);
  expect(stdout.trimEnd().split('\n').length).toBe(2);
});

test('entries without a believable time are last, and are asked about with every range', async () => {
  const site = await openArchiveSite();
  const odd = inventEntry({ id: 'al_odd', action: 'chat.deleted', created_at: 'soon', org: MODEL_ORG });
  await site.take({ entries: [...EARLY, { ...odd, time: Number.NaN }] });
  expect((await ask(site, 'export --input archive --quiet')).stdout).toBe(`${textsOf(EARLY)}${odd.text}\n`);
  const { stdout } = await ask(site, 'export --input archive --from 2026-11-05 --to 2026-11-05 --quiet');
  expect(stdout).toContain('al_odd');
});

test('what was removed because of its age is told, and is no damage', async () => {
  const pruned = await copied();
  expect((await ask(pruned, 'archive prune archive --older-than 10d --yes')).code).toBe(0);
  const { code, stdout, stderr } = await ask(pruned, 'export --input archive');
  const kept = ALL.filter(({ time }) => time >= Date.parse('2026-11-10T00:00:00Z'));
  expect({ code, stdout }).toEqual({ code: 0, stdout: textsOf(kept) });
  expect(stderr).toBe(
    `archive/${ORG}: what was older than 2026-11-10 was removed because of its age\nExported ${kept.length} events from archive.\n`,
  );
  expect((await ask(pruned, 'list --input archive --from 2026-11-11 -n 500')).stderr).not.toContain('removed');
});

test('what a run at work has left is not looked at', async () => {
  const site = await copied();
  await writeFile(join(site.root, ORG, 'entries.partial'), 'half');
  await writeFile(join(site.root, ORG, 'date=2026-11-05/events.ndjson.gz.partial'), 'half');
  await writeFile(join(site.root, ORG, 'lock'), '1');
  expect((await ask(site, 'export --input archive --quiet')).stdout).toBe(textsOf(ALL));
});

test('what an answer cannot hold is told: days that were not read, and what an interrupted run has not made files of', async () => {
  const none = await ask(site, 'list --input archive --from 2026-11-25 --to 2026-11-26');
  expect(none).toMatchObject({ code: 0, stdout: '' });
  expect(none.stderr).toContain(`archive/${ORG}: was read up to 2026-11-20\n`);
  const early = await ask(site, 'stats --input archive --from 2026-10-01 --to 2026-11-05');
  expect(early.stderr).toContain(`archive/${ORG}: was read from 2026-11-04 on\n`);
  expect((await ask(site, 'list --input archive --from 2026-11-05 --to 2026-11-20')).stderr).not.toContain('was read');
  const cut = await copied();
  await writeFile(join(cut.root, ORG, 'entries'), 'half');
  expect(await ask(cut, 'stats --input archive')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(
      `archive/${ORG}: a run is at work there, or was interrupted: more was read than is told here\n`,
    ),
  });
});
