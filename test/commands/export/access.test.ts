import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type ReadSheet, readXlsx } from '../../formats/readxlsx.js';
import { makeHome, run } from '../../helpers/world.js';

const DANA = { id: 'usr_dana1', name: 'Dana Whitfield', email: 'dana@acme.example' };
const CHLOE = { id: 'usr_chloe', name: '=Chloe()', email: 'chloe@acme.example' };
const event = (day: number, action: string, more: object) => ({
  id: `al_${day}`,
  created_at: `2026-11-${day}T12:00:00Z`,
  action,
  actor: DANA,
  ...more,
});
const EVENTS = [
  event(13, 'member.role_changed', {
    member: { id: 'mem_1', user: CHLOE },
    metadata: { previous_role: 'admin', new_role: 'member' },
  }),
  event(12, 'chat.deleted', { actor: CHLOE }),
  event(11, 'member.role_changed', {
    member: { id: 'mem_1', user: CHLOE },
    metadata: { previous_role: 'member', new_role: 'admin' },
  }),
];
const IN = 'export --provider invent --input in.ndjson';

let home: string;
beforeAll(async () => {
  home = await makeHome();
  await writeFile(join(home, 'in.ndjson'), EVENTS.map((one) => `${JSON.stringify(one)}\n`).join(''));
});

async function sheets(flags: string, name: string): Promise<readonly ReadSheet[]> {
  expect(await run(`${IN} ${flags} -o ${name}`, { home })).toMatchObject({ code: 0 });
  return readXlsx(await readFile(join(home, name)));
}

/** A day number of spreadsheets. */
const serial = (time: string) => Date.parse(`${time}Z`) / 86_400_000 + 25_569;
const about = (all: readonly ReadSheet[]) => (all.at(-1)?.rows ?? []).map((row) => row.join(': '));

describe('export --access', () => {
  test('adds who has which role at the end of the range, whatever the filters are', async () => {
    const all = await sheets('--action chat.deleted --to 2026-11-12 --tz Europe/Oslo --access', 'a.xlsx');
    expect(all.map(({ name }) => name)).toEqual(['Events', 'Changes', 'Access', 'About']);
    expect(all[0]?.rows).toHaveLength(2);
    expect(all[2]?.rows).toEqual([
      ['Person', 'Email', 'Role', 'Since (Europe/Oslo)', 'Given by', 'Last seen acting (Europe/Oslo)', 'Id'],
      [
        ...['=Chloe()', 'chloe@acme.example', 'admin', serial('2026-11-11T13:00'), 'Dana Whitfield'],
        ...[serial('2026-11-12T13:00'), 'usr_chloe'],
      ],
      [
        ...['Dana Whitfield', 'dana@acme.example', 'unknown', 'unknown', ''],
        ...[serial('2026-11-11T13:00'), 'usr_dana1'],
      ],
    ]);
    expect(about(all)).toEqual(
      expect.arrayContaining([
        'Access: replayed from all of in.ndjson up to the end of the range, whatever the filters are',
        ': 1 person with a known role, 1 person whose role no event says, at 2026-11-13T00:00:00+01:00',
        ': from 1 event that gives, changes or takes access; the log begins at 2026-11-11T13:00:00+01:00',
        ': no two events of the log contradict each other',
      ]),
    );
  });

  test('has pseudonyms where the events have them', async () => {
    await writeFile(join(home, 'secret.key'), `${'0123456789abcdef'.repeat(2)}\n`, { mode: 0o600 });
    const all = await sheets('--access --pseudonymize --pseudonym-key-file secret.key', 'p.xlsx');
    expect(all[2]?.rows).toHaveLength(3);
    expect(/dana|chloe|usr_/i.exec(JSON.stringify(all))?.[0]).toBeUndefined();
  });

  test('says in About how to have the sheet', async () => {
    expect(about(await sheets('', 'b.xlsx'))).toContain(
      'Access: not asked for: auditlog export --access adds who has which role',
    );
  });

  test('exits with 3 where nothing is known of that time, and says so in the workbook', async () => {
    const ran = await run(`${IN} --to 2026-11-01 --access -o early.xlsx`, { home });
    const why = 'the log has no event before 2026-11-02T00:00:00Z: nothing is known of that time';
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining(`the sheet Access: ${why}`) });
    expect(about(readXlsx(await readFile(join(home, 'early.xlsx'))))).toContain(`: ${why}`);
  });

  test('is for workbooks', async () => {
    const ran = await run(`${IN} --access -o a.csv`, { home });
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--access is a sheet of a workbook') });
  });
});
