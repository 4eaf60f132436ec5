import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import {
  CHAINED,
  type LogServer,
  type LogServerOptions,
  rowId,
  STYLES,
  type StyleName,
  serveLog,
} from '../../engine/pageserver.js';
import { makeHome, type RunOptions, run } from '../../helpers/world.js';

/** Half of what an answer may hold, so that three entries of it are too many and one is not. */
const HALF = (32 << 20) / 2;

const KEY = 'sk_test_Q7v9+xW/zR2=LmN4abcd';

/** A server, and a home that knows its vendor. */
async function site(options: LogServerOptions) {
  const server = await serveLog(options);
  const home = await makeHome();
  const { name, title, auth } = server.provider;
  const counts = options.counts ?? true;
  await writeFile(
    join(home, 'acme.json'),
    JSON.stringify({
      name,
      title,
      path: '/audit-logs',
      auth,
      paging: STYLES[options.style],
      items: 'data',
      ...(counts ? { total: { header: 'pagination-count' } } : {}),
      fields: { id: 'id', time: 'created_at', action: 'action', actor: { name: 'who' } },
    }),
  );
  return { server, home };
}

function perform(line: string, { server, home }: { server: LogServer; home: string }, options: RunOptions = {}) {
  return run(`${line} --provider ./acme.json --base-url ${server.base.origin} --rate off`, {
    home,
    env: { AUDITLOG_API_KEY: KEY },
    ...options,
  });
}

function idsIn(text: string): readonly string[] {
  return [...text.matchAll(/"id":"(e\d{6})"/g)].map(([, id]) => id ?? '');
}

describe('auditlog export', () => {
  test.each<StyleName>(['page', 'offset', 'cursor', 'link header', 'link in the body'])(
    'reads a page of more than 32 MiB in smaller ones, by %s',
    async (style) => {
      const weight = (row: number): number => ([120, 140, 160].includes(row) ? HALF : 10);
      const world = await site({ style, rows: 230, weight });
      const { code, stderr } = await perform('export -o all.ndjson --format ndjson', world);
      expect(code, stderr).toBe(0);
      expect(idsIn(await readFile(join(world.home, 'all.ndjson'), 'utf8'))).toEqual(world.server.ids);
    },
  );

  test.each<StyleName>(['page', 'offset'])('names an entry of more than 32 MiB, by %s', async (style) => {
    const world = await site({ style, rows: 230, weight: (row) => (row === 220 ? 2 * HALF : 10) });
    const { code, stdout, stderr } = await perform('export --format ndjson', world);
    expect(code, stderr).toBe(3);
    expect(idsIn(stdout)).toEqual(world.server.ids.filter((id) => id !== rowId(220)));
    expect(stderr).toContain('event 221 of this range');
  });

  test.each(CHAINED)('says where an entry of more than 32 MiB is that it cannot pass, by %s', async (style) => {
    const world = await site({ style, rows: 230, weight: (row) => (row === 150 ? 2 * HALF : 10) });
    const { code, stderr } = await perform('export --format ndjson', world);
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /error: the entry after 2026-11-20T10:31:00.000Z at .* cannot be read: the answer is larger than/,
    );
  });

  test.each(CHAINED)('says that a cursor has expired, and goes on when it is run again, by %s', async (style) => {
    const refuses = { from: 200, status: 410, times: 1 };
    const world = await site({ style, rows: 432, refuses });
    const line = 'export -o all.ndjson --format ndjson';
    const first = await perform(line, world);
    expect(first.code).toBe(5);
    expect(first.stderr).toContain(
      'error: the server no longer accepts the cursor, which has expired (410): no place 200\n',
    );
    expect(first.stderr).toContain('Run the same command again');
    expect(first.stderr).not.toMatch(/update auditlog|check the filters/i);
    const second = await perform(line, world);
    expect(second.code, second.stderr).toBe(0);
    expect(idsIn(await readFile(join(world.home, 'all.ndjson'), 'utf8'))).toEqual(world.server.ids);
  });
});

test('auditlog tail looks again when a cursor has expired', async () => {
  const world = await site({ style: 'cursor', rows: 260, refuses: { from: 100, status: 400, times: 1 } });
  const stop = new AbortController();
  let said = '';
  const running = perform('tail --from 2026-11-20T08:51:00Z --format ndjson --interval 1s', world, {
    signal: stop.signal,
    onStderr: (text) => {
      said += text;
    },
  });
  for (let tries = 0; !said.includes('Ctrl-C'); tries += 1) {
    expect(tries, said).toBeLessThan(400);
    await delay(25);
  }
  stop.abort(new Stopped('SIGINT'));
  const { code, stdout } = await running;
  expect(code).toBe(0);
  expect(said).toContain('the cursor has expired');
  expect([...idsIn(stdout)].reverse()).toEqual(world.server.ids.slice(0, 250));
});

test('auditlog collect goes on in its next run when a cursor has expired', async () => {
  const world = await site({ style: 'link header', rows: 432, refuses: { from: 200, status: 404, times: 1 } });
  const made = await perform('collect x --create --dest out', world);
  expect(made.code, made.stderr).toBe(0);
  const again = () => run('collect x', { home: world.home, env: { AUDITLOG_API_KEY: KEY } });
  const first = await again();
  expect(first.code).toBe(5);
  expect(first.stderr).toContain('the cursor, which has expired (404)');
  const second = await again();
  expect(second.code, second.stderr).toBe(0);
  expect(second.stderr).toContain('432 new events');
});
