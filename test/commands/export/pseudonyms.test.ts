import { createHash } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readParquet } from '../../formats/readparquet.js';
import { readXlsx } from '../../formats/readxlsx.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { type StaticServer, startServer } from '../../model/static.js';

const EVENTS = [
  {
    id: 'al_2',
    created_at: '2026-11-20T12:00:00Z',
    action: 'member.role_changed',
    ip: '203.0.113.7',
    agent: 'Mozilla/5.0 (X11)',
    actor: { id: 'usr_dana1', name: 'Dana Whitfield', email: 'dana@acme.example' },
    member: {
      ...{ id: 'usr_chloe', name: 'Chloe Reyes', email: 'chloe@acme.example' },
      user: { id: 'usr_chloe', name: 'Chloe Reyes', email: 'chloe@acme.example' },
    },
    metadata: { previous_role: 'member', new_role: 'admin', note: 'for Chloe Reyes, asked by DANA@acme.example' },
  },
  {
    id: 'al_1',
    created_at: '2026-11-20T11:00:00Z',
    action: 'chat.deleted',
    ip: '203.0.113.9',
    actor: { id: 'usr_chloe', name: 'Chloe Reyes', email: 'chloe@acme.example' },
  },
];
const ORIGINALS = EVENTS.map((one) => `${JSON.stringify(one)}\n`).join('');
const PERSONAL = /dana|chloe|reyes|whitfield|usr_|203\.0\.113|mozilla/i;
const FLAGS = '--pseudonymize --pseudonym-key-file secret.key';

let home: string;
let server: StaticServer;
beforeAll(async () => {
  home = await makeHome();
  await writeFile(join(home, 'in.ndjson'), ORIGINALS);
  await writeFile(join(home, 'secret.key'), `${'0123456789abcdef'.repeat(2)}\n`, { mode: 0o600 });
  server = await startServer({ n: 40, from: NOW - 86_400_000, to: NOW, now: NOW, shape: 'small' });
});
afterAll(() => server.close());

const IN = '--provider invent --input in.ndjson';

describe('export --pseudonymize', () => {
  test('leaves no person in any format, and gives a person the same pseudonym in all of them', async () => {
    const email = /p-[0-9a-f]{12}@pseudonym\.invalid/g;
    const seen = new Set<string>();
    for (const format of ['ndjson', 'json', 'csv']) {
      const { stdout, code } = await run(`export ${IN} ${FLAGS} -f ${format}`, { home });
      expect([format, code, PERSONAL.exec(stdout)?.[0]]).toEqual([format, 0, undefined]);
      seen.add([...new Set(stdout.match(email))].sort().join());
    }
    for (const name of ['a.xlsx', 'a.parquet']) {
      expect((await run(`export ${IN} ${FLAGS} -o ${name}`, { home })).code).toBe(0);
      const bytes = await readFile(join(home, name));
      const text = JSON.stringify(
        name === 'a.xlsx' ? readXlsx(bytes).map(({ rows }) => rows) : await readParquet(bytes),
        (_, value) => (typeof value === 'bigint' ? String(value) : value),
      );
      expect([name, PERSONAL.exec(text)?.[0]]).toEqual([name, undefined]);
      seen.add([...new Set(text.match(email))].sort().join());
    }
    const table = await run(`list ${IN} ${FLAGS}`, { home });
    expect([table.code, PERSONAL.exec(table.stdout)?.[0]]).toEqual([0, undefined]);
    expect(seen.size).toBe(1);
    expect([...seen][0]?.split(',')).toHaveLength(2);
  });

  test('filters by the entries as they were', async () => {
    const { stdout } = await run(`export ${IN} ${FLAGS} --user chloe@acme.example`, { home });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'al_1', action: 'chat.deleted' });
  });

  test('says in About that it was done, with which key, and the hash of the entries as they were', async () => {
    await run(`export ${IN} ${FLAGS} -o about.xlsx`, { home });
    const rows = readXlsx(await readFile(join(home, 'about.xlsx'))).at(-1)?.rows ?? [];
    const at = rows.findIndex(([label]) => label === 'Pseudonyms');
    expect(rows[at]?.[1]).toMatch(/^people have pseudonyms, of the key [0-9a-f]{16}$/);
    expect(rows[at + 1]?.[1]).toContain(createHash('sha256').update(ORIGINALS).digest('hex'));
  });

  test('has a manifest with the fingerprint of the key and the hash of the entries as they were', async () => {
    const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
    const whole = (await run('export --rate off', { home, env })).stdout;
    for (const name of ['m.ndjson', 'm.csv', 'm.xlsx']) {
      expect(await run(`export --rate off ${FLAGS} -o ${name} --manifest`, { home, env })).toMatchObject({ code: 0 });
      const text = await readFile(join(home, `${name}.manifest.json`), 'utf8');
      expect(JSON.parse(text).pseudonyms).toEqual({
        method: 'hmac-sha256-12',
        key: expect.stringMatching(/^[0-9a-f]{16}$/),
        originals: `sha256:${createHash('sha256').update(whole).digest('hex')}`,
      });
      expect(text).not.toContain('0123456789abcdef');
      expect(text).not.toContain('secret.key');
      expect(await run(`verify ${name}`, { home })).toMatchObject({ code: 0 });
    }
  });

  test('does not resume an export with a manifest: it begins anew', async () => {
    const large = await startServer({ n: 2500, from: NOW - 86_400_000 * 60, to: NOW, now: NOW, shape: 'small' });
    const env = { AUDITLOG_BASE_URL: large.base.href, AUDITLOG_API_KEY: large.key };
    const stop = new AbortController();
    let pages = 0;
    const args = `export --rate off ${FLAGS} -o big.ndjson --manifest`;
    const stopped = await run(`${args} --debug`, {
      home,
      env,
      signal: stop.signal,
      onStderr: (text) => {
        pages += text.split('debug: GET').length - 1;
        if (pages > 15) stop.abort(new Error('stopped by the test'));
      },
    });
    expect(stopped.code).not.toBe(0);
    expect(stopped.stderr).not.toContain('To resume');
    const again = await run(args, { home, env });
    expect(again).toMatchObject({ code: 0, stderr: expect.not.stringContaining('resuming after') });
    const manifest = JSON.parse(await readFile(join(home, 'big.ndjson.manifest.json'), 'utf8'));
    const whole = (await run('export --rate off', { home, env })).stdout;
    expect(manifest.pseudonyms.originals).toBe(`sha256:${createHash('sha256').update(whole).digest('hex')}`);
    await large.close();
  });

  test.each([
    ['--user dana@acme.example', 'by p-'],
    ['--user "*dana*" --not-target chloe@acme.example', 'by [not recorded]; not affecting p-'],
    ['--about usr_dana1 --search whitfield', 'about id-'],
    ['--ip 203.0.113.0/24 --not-ip 203.0.113.9', 'ip [not recorded]; not ip ip-'],
    ['--resource member:usr_chloe', 'on member:id-'],
  ])('records nobody whom a filter names: %s', async (filters, words) => {
    const flags = `${FLAGS} ${filters} --force`;
    for (const name of ['f.xlsx', 'f.html']) {
      const command = name.endsWith('html') ? 'report' : 'export';
      await run(`${command} ${IN} ${flags} -o ${name}`, { home });
      const bytes = await readFile(join(home, name));
      const text = name === 'f.xlsx' ? JSON.stringify(readXlsx(bytes).map(({ rows }) => rows)) : bytes.toString();
      expect([name, text.includes(words), PERSONAL.exec(text)?.[0]]).toEqual([name, true, undefined]);
    }
    const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
    await run(`export --rate off ${flags} -o f.ndjson --manifest`, { home, env });
    const { query } = JSON.parse(await readFile(join(home, 'f.ndjson.manifest.json'), 'utf8'));
    expect([query.asked.includes(words), PERSONAL.exec(JSON.stringify(query))?.[0]]).toEqual([true, undefined]);
  });

  test('does not ask a server for pseudonyms', async () => {
    const env = { AUDITLOG_BASE_URL: server.base.href, AUDITLOG_API_KEY: server.key };
    await run(`export --rate off ${FLAGS} --user usr_1 -o w.ndjson --manifest --force`, { home, env });
    expect(await run('verify --online w.ndjson --rate off', { home, env })).toMatchObject({ code: 0 });
  });

  test.each(['report -o r.html', 'report --access --force -o r.html', 'access'])('is there for %s', async (command) => {
    const ran = await run(`${command} ${IN} ${FLAGS}`, { home });
    expect(ran.code).toBe((await run(`${command.replace('r.html', 'plain.html')} ${IN}`, { home })).code);
    const text = command.startsWith('report') ? await readFile(join(home, 'r.html'), 'utf8') : ran.stdout;
    expect(/dana@|chloe@|Whitfield|Reyes|203\.0\.113/i.exec(text)?.[0]).toBeUndefined();
    if (command.startsWith('report')) {
      expect(text).toMatch(
        /People have pseudonyms, of the key \w+\. SHA-256 of the original events, as NDJSON: \S*[0-9a-f]{64}/,
      );
      expect(await readFile(join(home, 'plain.html'), 'utf8')).not.toContain('People have pseudonyms');
    }
  });

  test.each([
    [
      '--pseudonymize',
      '--pseudonymize needs --pseudonym-key-file FILE\nTo make one: (umask 077; openssl rand -hex 32',
      2,
    ],
    ['--pseudonym-key-file secret.key', '--pseudonym-key-file needs --pseudonymize', 2],
    ['--pseudonymize --pseudonym-key-file none.key', 'no such file: none.key', 4],
    ['--pseudonymize --pseudonym-key-file short.key', 'the key for pseudonyms has 31 bytes, expected at least 32', 4],
    ['--pseudonymize --pseudonym-key-file open.key', 'open.key is readable by others', 4],
    [`${FLAGS} --split day -o days`, '--split day and --pseudonymize cannot be combined', 2],
  ])('refuses %s', async (flags, why, code) => {
    await writeFile(join(home, 'short.key'), 'x'.repeat(31), { mode: 0o600 });
    await writeFile(join(home, 'open.key'), 'x'.repeat(32));
    await chmod(join(home, 'open.key'), 0o644);
    const source = flags.includes('--split') ? '--demo' : IN;
    const ran = await run(`export ${source} ${flags}`, { home });
    expect(ran).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(why) });
    expect(ran.stderr).not.toContain('xxxx');
  });
});
