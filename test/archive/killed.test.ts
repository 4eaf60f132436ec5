import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOW, run } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { MODEL_ORG, makeEntries } from '../model/makeentries.js';
import { killedAt } from './cut.js';
import { type ArchiveSite, DAY, filesBelow, HOUR, held, openArchiveSite, rawsIn, type Told, textsIn } from './site.js';

/** Every so many operations the work is killed; on demand at each of them. */
const STRIDE = Number(process.env.AUDITLOG_TEST_STRIDE ?? 17);

function entry(id: string, time: string): ModelEntry {
  return inventEntry({ id, action: 'chat.deleted', created_at: time, org: MODEL_ORG });
}

const SOME = [
  ...makeEntries({ n: 40, from: NOW - 6 * DAY, to: NOW - HOUR, grain: 60_000 }),
  entry('al_today', '2026-11-20T13:30:00Z'),
];
const gone = SOME.find(({ time }) => new Date(time).toISOString().startsWith('2026-11-19'))!;

/** What a collector comes with, one after another. */
const LIVES: readonly Told[] = [
  { entries: SOME },
  // Days are sealed, one is not as it was, and an entry of an open day is not there any more.
  {
    entries: [...SOME.filter((one) => one !== gone), entry('al_more', '2026-11-19T10:00:00Z')],
    now: NOW + 6 * HOUR,
  },
  // Late ones, an older one than all, one without a time; and gone ones of a sealed day.
  {
    entries: [
      ...SOME.filter((one) => one !== gone && !new Date(one.time).toISOString().startsWith('2026-11-16')),
      entry('al_more', '2026-11-19T10:00:00Z'),
      entry('al_late', '2026-11-17T10:00:00Z'),
      entry('al_old', '2026-09-17T10:00:00Z'),
      inventEntry({ id: 'al_undated', action: 'chat.deleted', org: MODEL_ORG }, undefined, Number.NaN),
    ],
    now: NOW + 7 * HOUR,
  },
  {
    entries: [],
    from: '2026-11-20',
    now: NOW + 50 * HOUR,
    confirmed: [{ from: null, to: '2026-11-20', at: NOW + 50 * HOUR }],
  },
];

async function copyOf(site: ArchiveSite, root: string): Promise<void> {
  await rm(site.root, { recursive: true, force: true });
  await cp(root, site.root, { recursive: true });
}

test('a delivery killed at any disk operation and repeated gives the same bytes', async () => {
  const site = await openArchiveSite();
  const before = join(site.home, 'before');
  let kills = 0;
  let earlier: readonly string[] = [];
  for (const [life, told] of LIVES.entries()) {
    const gathered = await site.gathered(told);
    if (life > 0) await cp(site.root, before, { recursive: true });
    await site.take(gathered);
    const wanted = await site.files();
    const texts = await held(wanted);
    for (let n = 1; ; n += STRIDE) {
      if (life > 0) await copyOf(site, before);
      else await rm(site.root, { recursive: true, force: true });
      const wasKilled = await killedAt(n, () => site.take(gathered));
      kills += wasKilled ? 1 : 0;
      // Whoever reads at this moment finds nothing twice, and everything that was there.
      const left = await filesBelow(site.root).catch(() => new Map<string, Buffer>());
      for (const found of [textsIn(left), await rawsIn(left)]) {
        expect(new Set(found).size, `life ${life}, operation ${n}`).toBe(found.length);
        expect(earlier.filter((text) => !found.includes(text))).toEqual([]);
      }
      await site.take(gathered);
      expect([...(await site.files()).keys()], `life ${life}, operation ${n}`).toEqual([...wanted.keys()]);
      for (const [name, bytes] of await site.files())
        expect(bytes.equals(wanted.get(name)!), `life ${life}, operation ${n}: ${name}`).toBe(true);
      if (!wasKilled) break;
    }
    expect((await run('verify archive', { home: site.home, cwd: site.home })).code).toBe(0);
    expect(await held(await site.files())).toEqual(texts);
    await gathered.close();
    earlier = texts;
    await rm(before, { recursive: true, force: true });
  }
  expect(kills).toBeGreaterThan(20);
}, 300_000);
