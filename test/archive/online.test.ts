import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openSite, type Site, someEntries } from '../days/site.js';
import { inventEntry } from '../model/entry.js';
import { MODEL_ORG } from '../model/makeentries.js';
import { filesBelow, HOUR, held } from './site.js';

const open: Site[] = [];
afterEach(async () => {
  for (const site of open.splice(0)) await site.close();
});

async function collected(): Promise<Site> {
  const site = await openSite({ entries: someEntries(120) });
  open.push(site);
  expect((await site.run('collect it --create --dest archive')).code).toBe(0);
  expect(await site.run('collect it')).toMatchObject({ code: 0 });
  // From the second time on it tells how much there is in all closed days.
  site.model.advance(HOUR / 60);
  expect(await site.run('collect it')).toMatchObject({ code: 0 });
  return site;
}

test('verify --online counts collected days again on the server', async () => {
  const site = await collected();
  expect(await held(await filesBelow(join(site.home, 'archive')))).toHaveLength(120);
  const same = await site.run('verify --online archive');
  expect(same.code).toBe(0);
  expect(same.stdout).toContain('no difference');
  expect(same.stdout).toMatch(/^compared with the server: until 2026-11-19/m);
  site.model.insert(
    inventEntry({ id: 'al_late', action: 'chat.deleted', created_at: '2026-11-01T10:00:00Z', org: MODEL_ORG }),
  );
  const late = await site.run('verify --online archive');
  expect(late.code).toBe(7);
  expect(late.stdout).toContain('some arrived late, export again');
});

test('cycles of a collector seal days, and put late entries into late files', async () => {
  const site = await collected();
  site.model.advance(7 * HOUR);
  await site.run('collect it');
  const status = await site.run('archive status archive -f json');
  expect(JSON.parse(status.stdout)).toMatchObject({ orgs: [{ sealedTo: '2026-11-18', entries: 120, late: 0 }] });
  site.model.insert(
    inventEntry({ id: 'al_late', action: 'chat.deleted', created_at: '2026-11-01T10:00:00Z', org: MODEL_ORG }),
  );
  await site.run('collect it');
  expect(JSON.parse((await site.run('archive status archive -f json')).stdout)).toMatchObject({
    orgs: [{ entries: 121, late: 1 }],
  });
  expect((await site.run('verify archive')).code).toBe(0);
  expect((await site.run('verify --online archive')).code).toBe(0);
});

test('a collector that lost its state fills the same archive again without a change', async () => {
  const site = await collected();
  site.model.advance(7 * HOUR);
  await site.run('collect it');
  const before = await filesBelow(join(site.home, 'archive'));
  for (const name of ['.local', 'state', 'config']) await rm(join(site.home, name), { recursive: true, force: true });
  expect((await site.run('collect it --create --dest archive')).code).toBe(0);
  expect(await site.run('collect it')).toMatchObject({ code: 0 });
  const after = await filesBelow(join(site.home, 'archive'));
  expect(await held(after)).toHaveLength(120);
  for (const [name, bytes] of before)
    if (!/2026-11-(19|2)|chain/.test(name)) expect(after.get(name), name).toEqual(bytes);
  expect((await site.run('verify archive')).code).toBe(0);
});
