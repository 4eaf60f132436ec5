import fc from 'fast-check';
import { expect, test } from 'vitest';
import { run } from '../helpers/world.js';
import { inventEntry, type ModelEntry } from '../model/entry.js';
import { MODEL_ORG } from '../model/makeentries.js';
import { HOUR, held, openArchiveSite, type Told } from './site.js';

const RUNS = Math.min(500, Number(process.env.AUDITLOG_TEST_RUNS ?? 8));
const BEGAN = Date.parse('2026-11-01T00:00:00Z');
const DAYS = 8;

/** An entry, when the server shows it first, and when it takes it away again, in hours since the beginning. */
const life = fc.record({
  time: fc.integer({ min: 0, max: DAYS * 24 - 1 }),
  late: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 100 })),
  kept: fc.oneof({ weight: 4, arbitrary: fc.constant(1000) }, fc.integer({ min: 0, max: 100 })),
});

/** When a collector comes, for which days, and whether what it reads can be reconciled. */
const visit = fc.record({
  hour: fc.integer({ min: 1, max: DAYS * 24 + 100 }),
  from: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: DAYS })),
  doubtful: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  confirms: fc.boolean(),
});

const dayOf = (hour: number) => new Date(BEGAN + hour * HOUR).toISOString().slice(0, 10);

test('an archive holds every entry that was ever read once, and sealed files never change', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(life, { maxLength: 25 }),
      fc.array(visit, { minLength: 1, maxLength: 6 }),
      async (lives, visits) => {
        const site = await openArchiveSite();
        const entries = lives.map((one, n) => ({
          ...one,
          entry: inventEntry({
            id: `al_${n}`,
            action: 'chat.deleted',
            created_at: new Date(BEGAN + one.time * HOUR + (n % 3) * 1000).toISOString(),
            org: MODEL_ORG,
          }),
        }));
        const seen = new Set<ModelEntry>();
        let sealed = new Map<string, Buffer>();
        let end = dayOf(0);
        for (const { hour, from, doubtful, confirms } of visits.sort((a, b) => a.hour - b.hour)) {
          const now = BEGAN + hour * HOUR;
          const firstDay = from === undefined ? undefined : [dayOf(from * 24), end].sort()[0];
          const there = entries
            .filter(({ time, late, kept }) => time + late < hour && hour <= time + late + kept)
            .map(({ entry }) => entry)
            .filter(({ time }) => firstDay === undefined || time >= Date.parse(firstDay));
          const told: Told = {
            entries: there,
            now,
            org: MODEL_ORG.id,
            ...(firstDay === undefined || seen.size === 0 ? {} : { from: firstDay }),
            ...(doubtful ? { note: 'it does not add up' } : {}),
            // Only of what nothing came to and nothing went from may it be said.
            ...(confirms && entries.every(({ late, kept }) => late === 0 && kept === 1000)
              ? { confirmed: [{ from: null, to: dayOf(hour - 36), at: now }] }
              : {}),
          };
          await site.take(told);
          for (const entry of there) seen.add(entry);
          end = dayOf(hour);
          const files = await site.files();
          expect(await held(files)).toEqual([...seen].map(({ text }) => text).sort());
          for (const [name, bytes] of sealed) expect(files.get(name)?.equals(bytes), name).toBe(true);
          sealed = sealedIn(files);
        }
        const verified = await run('verify archive', { home: site.home, cwd: site.home });
        expect(verified.stdout).toContain('no difference');
      },
    ),
    { numRuns: RUNS },
  );
}, 600_000);

/** Files whose manifest says that they never change. */
function sealedIn(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const stems = [...files].flatMap(([name, bytes]) =>
    name.endsWith('.manifest.json') && bytes.includes('"sealed": true')
      ? [name.slice(0, -'.manifest.json'.length)]
      : [],
  );
  return new Map([...files].filter(([name]) => stems.some((stem) => name.startsWith(`${stem}.`))));
}
