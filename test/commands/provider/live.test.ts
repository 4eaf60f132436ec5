import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import { fastClock } from '../../helpers/fastclock.js';
import { makeHome, NOW, type Ran, run } from '../../helpers/world.js';
import { close, listen } from '../../model/server.js';
import { type CatalogueServerOptions, serveCatalogue } from '../../providers/catalogue/server.js';

type Keys = Readonly<Record<string, unknown>>;

const FIELDS = { id: 'id', time: 'at', action: 'did', actor: { id: 'by.id', name: 'by.name' }, metadata: 'more' };
const PAGE = { style: 'page', page: 'page', size: 'per_page', max: 20 };
const CURSOR = { style: 'cursor', cursor: 'after', next: 'meta.next', size: 'limit', max: 20 };

const ACME: Keys = {
  name: 'acme',
  base: 'https://api.acme.example',
  path: '/v1/log',
  auth: { header: 'authorization', scheme: 'Bearer' },
  dates: { from: 'since', to: 'until', format: 'instant' },
  paging: PAGE,
  items: 'data',
  order: 'newest-first',
  fields: FIELDS,
  errorMessage: 'error.message',
  examples: [{ id: 'e_1', at: '2026-01-02T03:04:05.678Z', did: 'thing.made', by: { id: 'u_1', name: 'Ann' } }],
};

interface Case {
  readonly name: string;
  /** What the vendor is like, and what the file says of it. */
  readonly right?: Keys;
  readonly wrong?: Keys;
  readonly server?: Partial<CatalogueServerOptions>;
  /** The findings, by their keys; and what is said. */
  readonly finds: readonly string[];
  readonly says?: string;
}

const dates = (more: Keys): Keys => ({ dates: { from: 'since', to: 'until', format: 'instant', ...more } });
const paging = (more: Keys): Keys => ({ paging: { ...PAGE, ...more } });
const cursor = (more: Keys): Keys => ({ paging: { ...CURSOR, ...more } });

const CASES: readonly Case[] = [
  { name: 'a right file of numbered pages', finds: [] },
  { name: 'a right file of a cursor', right: cursor({}), finds: [] },
  {
    name: 'a right file of links',
    right: { paging: { style: 'link', next: 'links.next', size: 'n', max: 20 } },
    finds: [],
  },
  {
    name: 'a right file of offsets',
    right: { paging: { style: 'offset', offset: 'skip', size: 'n', max: 20 }, total: { path: 'total' } },
    finds: [],
  },
  { name: 'a right file of days', right: dates({ format: 'day' }), finds: [] },
  { name: 'a right file of seconds', right: { ...dates({ format: 'epoch-s' }), timeFormat: 'epoch-s' }, finds: [] },
  { name: 'a right file with excluded ends', right: dates({ start: 'excluded', end: 'excluded' }), finds: [] },
  { name: 'a right file that needs a range', right: dates({ required: true, longestDays: 7 }), finds: [] },
  { name: 'a right file of POST', right: { method: 'POST', body: { kind: 'audit' }, ...cursor({}) }, finds: [] },
  { name: 'a right file of the oldest first', right: { order: 'oldest-first' }, finds: [] },
  {
    name: 'pages that begin with 0',
    right: paging({ first: 0 }),
    wrong: paging({}),
    finds: ['$.paging.first'],
    says: 'say "first": 0',
  },
  { name: 'pages that begin with 1', wrong: paging({ first: 0 }), finds: ['$.paging.first'], says: 'say "first": 1' },
  {
    name: 'a smaller page than the file says',
    server: { cap: 10 },
    finds: ['$.paging.max'],
    says: 'asked for 20, got 10, and there are more: say "max": 10',
  },
  {
    name: 'a size that is refused',
    wrong: paging({ max: 500 }),
    finds: ['$.paging.max'],
    says: 'say "max": 20',
  },
  {
    name: 'rows, not pages',
    right: { paging: { style: 'offset', offset: 'page', size: 'per_page', max: 20 } },
    wrong: { paging: PAGE },
    finds: ['$.paging.style'],
    says: 'say "style": "offset", "offset": "page"',
  },
  {
    name: 'a page number that the server does not read',
    wrong: paging({ page: 'p' }),
    server: { ignores: ['p'] },
    finds: ['$.paging.page'],
    says: 'does not read p',
  },
  {
    name: 'a page number that the server refuses',
    wrong: paging({ page: 'p' }),
    finds: ['$.paging.page'],
    says: 'There is no parameter p',
  },
  {
    name: 'a size that the server refuses to be called so',
    wrong: paging({ size: 'count' }),
    finds: ['$.paging.size'],
    says: 'There is no parameter count',
  },
  {
    name: 'a range that the server does not read',
    wrong: { dates: { from: 'start', to: 'finish', format: 'instant' } },
    server: { ignores: ['start', 'finish'] },
    finds: ['$.dates.from'],
    says: 'does not read start',
  },
  {
    name: 'a count that is that of the page',
    right: { total: { path: 'total' } },
    server: { countsPage: true },
    finds: ['$.total'],
    says: 'leave "total" out',
  },
  {
    name: 'another place of the next page',
    right: cursor({}),
    wrong: cursor({ next: 'meta.cursor' }),
    finds: ['$.paging.next'],
    says: 'say "next": "meta.next"',
  },
  {
    name: 'a flag that the file does not name',
    right: cursor({ hasMore: 'meta.has_more' }),
    wrong: cursor({}),
    server: { ending: 'always' },
    finds: ['$.paging.hasMore'],
    says: 'meta.has_more',
  },
  {
    name: 'pages that never end',
    right: cursor({ emptyEnds: true }),
    wrong: cursor({}),
    server: { ending: 'always' },
    finds: ['$.paging.emptyEnds'],
    says: 'say "emptyEnds": true',
  },
  {
    name: 'a right file of pages that end with an empty one',
    right: cursor({ emptyEnds: true }),
    server: { ending: 'always' },
    finds: [],
  },
  {
    name: 'a range that is needed',
    right: dates({ required: true }),
    wrong: dates({}),
    finds: ['$.dates.required'],
    says: 'say "required": true',
  },
  {
    name: 'a range that is too long',
    right: dates({ required: true, longestDays: 7 }),
    wrong: dates({ required: true, longestDays: 30 }),
    finds: ['$.dates.longestDays'],
    says: 'say "longestDays": 7',
  },
  {
    name: 'an end that is not included',
    right: dates({ end: 'excluded' }),
    wrong: dates({}),
    finds: ['$.dates.end'],
    says: 'say "end": "excluded"',
  },
  {
    name: 'a start that is not included',
    right: dates({ start: 'excluded' }),
    wrong: dates({}),
    finds: ['$.dates.start'],
    says: 'say "start": "excluded"',
  },
  {
    name: 'a start that is included',
    wrong: dates({ start: 'excluded' }),
    finds: ['$.dates.start'],
    says: 'say "start": "included"',
  },
  {
    name: 'a range in another format',
    right: dates({ format: 'epoch-s' }),
    wrong: dates({}),
    finds: ['$.dates.format'],
    says: 'must be seconds since 1970',
  },
  {
    name: 'seconds, not milliseconds, in a range',
    right: dates({ format: 'epoch-s' }),
    wrong: dates({ format: 'epoch-ms' }),
    finds: ['$.dates.format'],
  },
  {
    name: 'another order',
    right: { order: 'oldest-first' },
    wrong: { order: 'newest-first' },
    finds: ['$.order'],
    says: 'say "order": "oldest-first"',
  },
  {
    name: 'another unit of time',
    right: { timeFormat: 'epoch-s', examples: [{ ...(ACME.examples as Keys[])[0], at: 1767323045 }] },
    wrong: { timeFormat: 'epoch-ms', examples: [] },
    finds: ['$.timeFormat'],
    says: 'epoch-s',
  },
  {
    name: 'another list',
    wrong: { items: 'rows' },
    finds: ['$.items'],
    says: 'say "items": "data"',
  },
  {
    name: 'a zone further east',
    right: { timeZone: '+05:00', examples: [{ ...(ACME.examples as Keys[])[0], at: '2026-01-02 03:04:05.678' }] },
    wrong: { timeZone: 'UTC', examples: [] },
    finds: ['$.timeZone'],
    says: 'further east',
  },
];

async function check({ right = {}, wrong = {}, server = {} }: Case): Promise<Ran & { readonly requests: number }> {
  const clock = fastClock(NOW);
  const vendor = toProviderFile({ ...ACME, ...right }, 'acme.json');
  const served = await serveCatalogue({ file: vendor, clock, ...server });
  // The server's newest entry is a few minutes old, as that of a busy log.
  served.insert(3);
  const home = await makeHome();
  await writeFile(join(home, 'acme.json'), JSON.stringify({ ...ACME, ...right, ...wrong }));
  try {
    const { AUDITLOG_PROVIDER: _, ...env } = served.env;
    const ran = await run('provider check ./acme.json --live', { home, clock, env });
    return { ...ran, requests: served.targets.length };
  } finally {
    await served.close();
  }
}

describe('a vendor, asked whether its file is right', () => {
  test.each(CASES)('$name', async (one) => {
    const { code, stdout, stderr, requests } = await check(one);
    const told = [...stdout.matchAll(/^(?:Wrong|Warning): (\$[\w.]*)/gm)].map(([, key]) => key);
    expect(told, stdout + stderr).toEqual(one.finds);
    expect(stdout).toContain(one.says ?? '');
    expect(requests).toBeLessThanOrEqual(10);
    expect(requests).toBeGreaterThan(0);
    const isWarning = /^Warning/m.test(stdout) && !/^Wrong/m.test(stdout);
    expect(code).toBe(one.finds.length === 0 || isWarning ? 0 : 2);
  });

  test.each(['invent', 'chipp', 'rpawatch', 'yura'])('%s is what its demo answers', async (name) => {
    const { code, stdout } = await run(`provider check ${name} --live --demo`);
    expect(stdout.split('\n').filter((line) => /^(Wrong|Warning)/.test(line))).toEqual([]);
    expect(code).toBe(0);
  });

  test('without --live nothing is asked', async () => {
    const clock = fastClock(NOW);
    const served = await serveCatalogue({ file: toProviderFile(ACME, 'acme.json'), clock });
    const home = await makeHome();
    await writeFile(join(home, 'acme.json'), JSON.stringify(ACME));
    const { AUDITLOG_PROVIDER: _, ...env } = served.env;
    await run('provider check ./acme.json', { home, clock, env });
    expect(served.targets).toEqual([]);
    await served.close();
  });

  test('a key in the words of the server is not shown', async () => {
    const key = 'acme_Qw3eRt5yUi7oPa9sDf2g';
    const server = createServer((request, response) => {
      // The second cut is inside the key.
      const message = `xxx ${request.headers.authorization} ${'x'.repeat(130)} ${request.headers.authorization}`;
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message } }));
    });
    const base = await listen(server);
    const home = await makeHome();
    await writeFile(join(home, 'acme.json'), JSON.stringify(ACME));
    const { stdout, stderr } = await run(`provider check ./acme.json --live --base-url ${base.origin}`, {
      home,
      clock: fastClock(NOW),
      env: { AUDITLOG_API_KEY: key },
    });
    expect(stdout).toContain('the first request is refused (400: xxx');
    for (let at = 0; at + 8 <= key.length; at += 1) expect(stdout + stderr).not.toContain(key.slice(at, at + 8));
    await close(server);
  });

  test('a key in the names of an answer is not shown', async () => {
    const key = 'acme_Qw3eRt5yUi7oPa9sDf2g';
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ [key]: [{ id: key }] }));
    });
    const base = await listen(server);
    const home = await makeHome();
    await writeFile(join(home, 'acme.json'), JSON.stringify(ACME));
    const { stdout, stderr } = await run(`provider check ./acme.json --live --base-url ${base.origin}`, {
      home,
      clock: fastClock(NOW),
      env: { AUDITLOG_API_KEY: key },
    });
    expect(stdout).toContain('$.items');
    expect(stdout + stderr).not.toContain(key);
    await close(server);
  });

  test('a key that is refused ends it', async () => {
    const clock = fastClock(NOW);
    const served = await serveCatalogue({ file: toProviderFile(ACME, 'acme.json'), clock });
    const home = await makeHome();
    await writeFile(join(home, 'acme.json'), JSON.stringify(ACME));
    const { AUDITLOG_PROVIDER: _, ...env } = served.env;
    const { code, stderr } = await run('provider check ./acme.json --live', {
      home,
      clock,
      env: { ...env, AUDITLOG_API_KEY: 'another_9f8e7d6c5b4a' },
    });
    expect(code).toBe(4);
    expect(stderr).not.toContain('another_9f8e7d6c5b4a');
    await served.close();
  });
});
