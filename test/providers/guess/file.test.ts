import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { guessFile } from '../../../src/providers/guess/file.js';
import { makeHome, NOW, run } from '../../helpers/world.js';
import { ANSWERS } from './answers.js';

const AUTH = { header: 'authorization', scheme: 'Bearer' };

describe('a first file from an answer', () => {
  test.each(Object.entries(ANSWERS))('of the shape of %s', async (_, { answer, url, link, file }) => {
    const around = { ...(url === undefined ? {} : { url: new URL(url) }), link };
    const found = guessFile(answer, { name: 'acme', auth: AUTH, now: NOW + 86_400_000, ...around });
    expect(found!.file).toMatchObject(file);
    expect(toProviderFile(found!.file, 'acme.json').provider.name).toBe('acme');
    for (const { key, text, certainty } of found!.notes) {
      expect(['sure', 'likely', 'unsure']).toContain(certainty);
      expect(`${key}${text}`).not.toContain('ann@acme.example');
    }
  });

  test.each(Object.entries(ANSWERS))('of %s passes its check', async (_, { answer }) => {
    const home = await makeHome();
    await writeFile(join(home, 'answer.json'), JSON.stringify(answer));
    const made = await run('provider new acme --sample answer.json -o acme.json', { home, now: NOW + 86_400_000 });
    expect([made.code, made.stdout]).toEqual([0, '']);
    const checked = await run('provider check acme.json --sample answer.json', { home, now: NOW + 86_400_000 });
    expect(checked.stdout).not.toContain('Wrong:');
    expect(checked.code).toBe(0);
  });
});

describe('auditlog provider new', () => {
  const answer = JSON.stringify(ANSWERS.slack!.answer);
  const now = NOW + 86_400_000;

  test('writes to stdout, says what it guessed and how sure it is, and how to go on', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'answer.json'), `\ufeff${answer}`);
    const { code, stdout, stderr } = await run('provider new acme --sample answer.json', { home, now });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'acme', items: 'entries', auth: AUTH });
    expect(stderr).toContain('unsure  base: made up: write that of the vendor\n');
    expect(stderr).toContain('sure    items: entries\n');
    expect(stderr).toContain('sure    timeFormat: epoch-s\n');
    expect(stderr).toMatch(/try it: auditlog provider check acme\.json --sample answer\.json\n$/);
  });

  test('overwrites nothing without --force, and saves into the folder of one’s own', async () => {
    const home = await makeHome();
    await writeFile(join(home, 'answer.json'), answer);
    await writeFile(join(home, 'acme.json'), 'mine');
    const refused = await run('provider new acme --sample answer.json -o acme.json', { home, now });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      `error: ${join(home, 'acme.json')} exists\nUse --force to overwrite it\n`,
    ]);
    expect(await readFile(join(home, 'acme.json'), 'utf8')).toBe('mine');
    expect((await run('provider new acme --sample answer.json -o acme.json --force', { home, now })).code).toBe(0);
    expect(JSON.parse(await readFile(join(home, 'acme.json'), 'utf8'))).toMatchObject({ name: 'acme' });
    expect((await run('provider new acme --sample answer.json --save', { home, now })).code).toBe(0);
    expect((await run('provider list', { home })).stdout).toMatch(/^acme +Acme +yours/m);
    expect((await run('provider new acme --sample answer.json --save', { home, now })).code).toBe(2);
  });

  test.each([
    ['provider new Acme --sample answer.json', '"Acme" is not a valid name of a vendor'],
    ['provider new acme', 'missing --sample or --url'],
    ['provider new acme --sample nothing.json', 'cannot read nothing.json (ENOENT)'],
    ['provider new acme --sample empty.json', 'the answer has no list of entries'],
    ['provider new acme --sample text.txt', 'text.txt is not JSON'],
    ['provider new acme --url here', 'invalid --url: expected a web address'],
    ['provider new acme --url http://api.acme.example/x', 'http would send the key unprotected to api.acme.example'],
  ])('%s is refused', async (line, message) => {
    const home = await makeHome();
    await writeFile(join(home, 'answer.json'), answer);
    await writeFile(join(home, 'empty.json'), '{"data":[]}');
    await writeFile(join(home, 'text.txt'), '<html>');
    const { code, stdout, stderr } = await run(line, { home, now, env: { AUDITLOG_API_KEY: 'k' } });
    expect(code).not.toBe(0);
    expect([stdout, stderr]).toEqual(['', expect.stringContaining(message)]);
  });

  test('asks an address once, with the key in the header that was named, and shows the key nowhere', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, reply) => {
      seen.push(`${request.url} ${request.headers['x-api-key']} ${request.headers.accept}`);
      const { port } = server.address() as { port: number };
      reply.setHeader('link', `<http://127.0.0.1:${port}/v1/audit?after=2>; rel="next"`);
      reply.end(JSON.stringify(ANSWERS.gitlab!.answer));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const key = 'key_Wb5tYq9RmZ2xKc7LpVn4';
    const ask = (...more: string[]) =>
      run(['provider', 'new', 'acme', '--url', `http://127.0.0.1:${port}/v1/audit?per_page=2`, ...more], {
        now,
        env: { AUDITLOG_API_KEY: key },
      });
    const { code, stdout, stderr } = await ask(
      '--header',
      'X-Api-Key: token={key}',
      '--header',
      'Accept: application/vnd.x+json',
      '--debug',
    );
    const leaked = await ask('--header', 'X-Api-Key: another-secret-7');
    server.close();
    expect(code, stderr).toBe(0);
    expect(seen).toEqual([`/v1/audit?per_page=2 token=${key} application/vnd.x+json`]);
    expect(JSON.parse(stdout)).toMatchObject({
      base: `http://127.0.0.1:${port}`,
      path: '/v1/audit',
      auth: { header: 'x-api-key', value: 'token={key}' },
      headers: { accept: 'application/vnd.x+json' },
      paging: { style: 'link', size: 'per_page', max: 2 },
    });
    expect([leaked.code, leaked.stderr]).toEqual([
      2,
      expect.stringContaining('a key does not belong on the command line'),
    ]);
    expect(stdout + stderr).not.toContain(key);
    expect(leaked.stderr).not.toContain('another-secret-7');
  });
});
