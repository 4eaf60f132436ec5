import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { entryOf, hostileValue } from '../../formats/arbitrary.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { startServer } from '../../model/static.js';

let home: string;
beforeAll(async () => {
  home = await makeHome();
  const hostile = fc.sample(hostileValue, { numRuns: 300, seed: 11 }).map((value, at) => {
    const text = entryOf(value).raw.toString();
    return text.startsWith('{') ? text : JSON.stringify({ id: `al_odd${at}`, value: text });
  });
  const first = '{"id":"al_first","created_at":"2026-10-26T00:00:00Z","action":"chat.deleted"}';
  await writeFile(join(home, 'hostile.ndjson'), [first, ...hostile].map((line) => `${line}\n`).join(''));
  const events = [
    {
      id: 'al_2',
      created_at: '2026-10-25T01:30:00.900Z',
      action: 'member.role_changed',
      source: 'app',
      ip: '203.0.113.7',
      country: 'NO',
      actor: { id: 'usr_1', name: 'Ana; "Åse"', email: 'ana@acme.example' },
      metadata: { previous_role: 'member', new_role: 'a,=admin' },
    },
    { id: 'al_1', created_at: '2026-10-24T22:00:00Z', action: 'chat.deleted' },
  ];
  await writeFile(join(home, 'events.ndjson'), events.map((one) => `${JSON.stringify(one)}\n`).join(''));
});

const written = async (flags: string, input = 'events.ndjson') =>
  run(`export --provider invent --input ${input} -f csv ${flags}`, { home });

describe('CSV for people', () => {
  test('has the columns of the workbook with --columns people, and times in --tz', async () => {
    const { stdout } = await written('--columns people --tz Europe/Oslo');
    expect(stdout.split('\r\n')).toEqual([
      'Time (Europe/Oslo),Who,What happened,On what,Target,From where,What changed,Id',
      `2026-10-25 02:30:00,"Ana; ""Åse"" <ana@acme.example>",Member Role Changed,member,,"NO 203.0.113.7, app","role: member → a,=admin",al_2`,
      '2026-10-25 00:00:00,System,Chat Deleted,chat,,,,al_1',
      '',
    ]);
  });

  test('has a local time beside other columns', async () => {
    const { stdout } = await written('--columns local_time,time,id --tz America/New_York');
    expect(stdout.split('\r\n').slice(0, 2)).toEqual([
      'local_time,time,id',
      '2026-10-24 21:30:00,2026-10-25T01:30:00.900Z,al_2',
    ]);
  });

  test('begins with a byte order mark with --csv-bom, once', async () => {
    const plain = await written('');
    const marked = await written('--csv-bom');
    expect(marked.stdout).toBe(`\ufeff${plain.stdout}`);
  });

  test.each([
    [';', ';'],
    ['tab', '\t'],
    ['\\t', '\t'],
    ['|', '|'],
  ])('separates cells with --delimiter %s', async (flag, separator) => {
    const { stdout } = await run(
      [
        'export',
        '--provider',
        'invent',
        '--input',
        'events.ndjson',
        '-f',
        'csv',
        '--delimiter',
        flag,
        '--columns',
        'id,action,ip',
      ],
      { home },
    );
    expect(stdout.split('\r\n')[1]).toBe(['al_2', 'member.role_changed', '203.0.113.7'].join(separator));
  });

  test('guards against formulas where a comma would split one off, since it does not separate cells here', async () => {
    const { stdout } = await written('--delimiter ; --columns metadata,.metadata.new_role');
    expect(stdout.split('\r\n')[1]).toBe(
      `"{""previous_role"":""member"",""new_role"":""a,\\u003dadmin""}";"a,'=admin"`,
    );
  });

  test.each(['--csv-bom', '--delimiter ;', '--delimiter tab --csv-bom', '--delimiter | --csv-raw'])(
    'is read back as it was written, hostile rows too: %s',
    async (flags) => {
      const { stdout, code, stderr } = await written(flags, 'hostile.ndjson');
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('error:') });
      expect(stdout.split('\r\n').length).toBeGreaterThan(250);
      await writeFile(join(home, 'back.csv'), stdout);
      expect(await written(flags, 'back.csv')).toMatchObject({ code: 0, stdout });
    },
  );

  test('is not read back where columns are for people, and says so', async () => {
    await writeFile(join(home, 'people.csv'), (await written('--columns people')).stdout);
    expect(await run('list --provider invent --input people.csv', { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the column "Time (UTC)" is for people: an entry cannot be read back from it'),
    });
  });

  test('has a manifest that verify checks, with any delimiter and with columns for people', async () => {
    const server = await startServer({ n: 20, from: NOW - 86_400_000, to: NOW, now: NOW, shape: 'small' });
    const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
    for (const flags of ['--delimiter ; --csv-bom', '--columns people --delimiter tab', '--columns local_time,id']) {
      const place = await makeHome();
      expect(await run(`export -o out.csv --manifest ${flags}`, { home: place, env })).toMatchObject({ code: 0 });
      expect(await run('verify out.csv', { home: place })).toMatchObject({ code: 0 });
      const manifest = JSON.parse(await readFile(join(place, 'out.csv.manifest.json'), 'utf8'));
      expect(manifest.file).toMatchObject({ rows: 20, ids: { count: 20 } });
    }
    await server.close();
  });

  test.each([
    ['export --demo -f ndjson --csv-bom', '--csv-bom needs CSV: the format is ndjson'],
    ['export --demo -f csv --delimiter x', 'invalid --delimiter "x": expected one of , ; | or tab'],
    ['export --demo -f csv --delimiter ";;"', 'invalid --delimiter ";;"'],
  ])('rejects %s', async (line, why) => {
    expect(await run(line)).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });
});
