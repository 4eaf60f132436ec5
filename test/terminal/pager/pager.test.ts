import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../../src/context.js';
import { openPager, pagerCommand, pagerEnv } from '../../../src/terminal/pager/pager.js';
import { makeHome } from '../../helpers/world.js';

interface Screen {
  readonly ctx: Context;
  /** Everything that went to the terminal itself. */
  shown(): string;
}

function screen(env: Readonly<Record<string, string>>, rows = 5, isTTY = true): Screen {
  let shown = '';
  const stdout: Context['stdout'] = {
    isTTY,
    columns: () => 80,
    rows: () => rows,
    write: async (chunk) => {
      shown += Buffer.from(chunk).toString();
    },
  };
  const ctx = {
    env: { PATH: process.env.PATH ?? '', ...env },
    platform: process.platform,
    stdout,
  } as unknown as Context;
  return { ctx, shown: () => shown };
}

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join('');

async function pagedTo(command: (file: string) => string): Promise<Screen & { readonly file: string }> {
  const file = join(await makeHome(), 'paged');
  return { ...screen({ AUDITLOG_PAGER: command(file) }), file };
}

describe('a pager', () => {
  test('is not started for what fits on the screen', async () => {
    const { ctx, shown, file } = await pagedTo((to) => `cat > ${to}`);
    const pager = openPager(ctx);
    await pager.write(lines(2));
    expect(shown()).toBe('');
    await pager.write(lines(2));
    await pager.end();
    expect(shown()).toBe(lines(2) + lines(2));
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  test('gets everything once the screen is too small, in order', async () => {
    const { ctx, shown, file } = await pagedTo((to) => `cat > ${to}`);
    const pager = openPager(ctx);
    for (let at = 0; at < 2000; at += 1) await pager.write(at % 2 === 0 ? lines(3) : Buffer.from(lines(3)));
    await pager.end();
    expect(await readFile(file, 'utf8')).toBe(lines(3).repeat(2000));
    expect(shown()).toBe('');
    expect(pager.closed.aborted).toBe(false);
  });

  test('that the user quit aborts `closed` and rejects writes', async () => {
    const { ctx, file } = await pagedTo((to) => `head -n 2 > ${to}`);
    const pager = openPager(ctx);
    const failure = (async () => {
      for (;;) await pager.write(lines(1000));
    })();
    await expect(failure).rejects.toMatchObject({ code: 'EPIPE' });
    expect(pager.closed.aborted).toBe(true);
    await pager.end();
    expect(await readFile(file, 'utf8')).toBe(lines(2));
  });

  test('that does not exist is not used', async () => {
    for (const command of ['no-such-pager', '/no/such/pager -x', "'no-such-pager' -x", 'cat', '']) {
      const { ctx, shown } = screen({ AUDITLOG_PAGER: command });
      const pager = openPager(ctx);
      await pager.write(lines(10));
      await pager.write(lines(10));
      await pager.end();
      expect(shown()).toBe(lines(10) + lines(10));
      expect(pager.closed.aborted).toBe(false);
    }
  });

  test('is not started where standard output is no terminal', async () => {
    const { ctx, shown } = screen({ PAGER: 'false' }, 0, false);
    const pager = openPager(ctx);
    await pager.write(lines(100));
    expect(shown()).toBe(lines(100));
    await pager.end();
  });

  test('never gets the key', async () => {
    const { ctx, file } = await pagedTo((to) => `env > ${to}; cat > /dev/null`);
    const pager = openPager({ ...ctx, env: { ...ctx.env, AUDITLOG_API_KEY: 'sk-very-secret' } });
    await pager.write(lines(10));
    await pager.end();
    const env = await readFile(file, 'utf8');
    expect(env).toContain('LESS=FRX\n');
    expect(env).toContain('LV=-c\n');
    expect(env).not.toContain('sk-very-secret');
  });
});

test.each([
  [{}, 'less'],
  [{ PAGER: 'more' }, 'more'],
  [{ PAGER: 'more', AUDITLOG_PAGER: 'less -S' }, 'less -S'],
  [{ PAGER: 'more', AUDITLOG_PAGER: '' }, ''],
])('with %j the pager is %j', (env, command) => {
  expect(pagerCommand(env)).toBe(command);
});

test('the options of the user for less are kept', () => {
  expect(pagerEnv({ LESS: 'S' })).toEqual({ LESS: 'S', LV: '-c' });
});
