import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { Stopped } from '../../../src/context.js';
import { type RunOptions, run, spawnCli } from '../../helpers/world.js';

const KEY = 'test-key-of-the-tail-tests-0123456789';

interface Live {
  readonly base: string;
  /** Adds entries that happen now. */
  add(...ids: readonly string[]): void;
  /** How each request is answered in place of the log; undefined: by the log. */
  fault: ((response: ServerResponse) => void) | undefined;
  requests: number;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A log that grows, behind Invent's contract. */
async function live(...first: readonly string[]): Promise<Live> {
  const rows: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    state.requests += 1;
    if (state.fault !== undefined) {
      state.fault(response);
      return;
    }
    if (request.headers.authorization !== `Bearer ${KEY}`) return void response.writeHead(401).end('{}');
    const url = new URL(request.url ?? '', 'http://x');
    const take = Number(url.searchParams.get('take'));
    const skip = (Number(url.searchParams.get('page')) - 1) * take;
    const body = `[${rows.slice(skip, skip + take).join(',')}]`;
    response.writeHead(200, { 'content-type': 'application/json', 'pagination-count': String(rows.length) }).end(body);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const state: Live = {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (...ids) => {
      const time = new Date().toISOString();
      for (const id of ids)
        rows.unshift(
          JSON.stringify({
            id,
            action: 'member.role_changed',
            created_at: time,
            actor: { id: 'u1', name: 'Ann' },
            metadata: { previous_role: 'a', new_role: 'b' },
          }),
        );
    },
    fault: undefined,
    requests: 0,
  };
  state.add(...first);
  return state;
}

/** A tail that runs, and what it has written so far. */
function start(line: string, { base }: Pick<Live, 'base'>, options: RunOptions = {}) {
  const stop = new AbortController();
  const out = { stdout: '', stderr: '' };
  const ended = run(`${line} --base-url ${base} --interval 1s`, {
    env: { AUDITLOG_API_KEY: KEY },
    now: Date.now(),
    signal: stop.signal,
    ...options,
    onStdout: (chunk) => {
      options.onStdout?.(chunk);
      out.stdout += chunk;
    },
    onStderr: (chunk) => {
      out.stderr += chunk;
    },
  });
  const until = async (what: () => boolean): Promise<void> => {
    for (let tries = 0; !what(); tries += 1) {
      if (tries > 400) throw new Error(`it never came to that: ${JSON.stringify(out)}`);
      await delay(25);
    }
  };
  return {
    out,
    until,
    said: (text: string) => until(() => out.stderr.includes(text)),
    ids: () => [...out.stdout.matchAll(/"id":"(\w+)","action"/g)].map(([, id]) => id),
    interrupt: async () => {
      stop.abort(new Stopped('SIGINT'));
      return ended;
    },
    ended,
  };
}

describe('auditlog tail', () => {
  test('shows what comes, as NDJSON, until Ctrl-C, which is a good end', async () => {
    const log = await live('old1', 'old2');
    const tail = start('tail --format ndjson', log);
    await tail.said('looking for new events every 1s; Ctrl-C stops');
    log.add('new1');
    log.add('new2', 'new3');
    await tail.until(() => tail.ids().length >= 3);
    const { code, stdout } = await tail.interrupt();
    expect(code).toBe(0);
    expect(tail.ids()).toEqual(['new1', 'new2', 'new3']);
    expect(stdout.endsWith('}\n')).toBe(true);
  });

  test('begins with what was since a time', async () => {
    const log = await live('a', 'b');
    const tail = start('tail --format ndjson --since 5m', log);
    await tail.said('looking for');
    expect(tail.ids()).toEqual(['a', 'b']);
    expect((await tail.interrupt()).code).toBe(0);
  });

  test('shows a table whose rows come one by one and fit', async () => {
    const log = await live('a');
    const tail = start('list --follow -n 5 --diff', log, { tty: { columns: 130 } });
    await tail.said('looking for');
    log.add('b', 'c');
    await tail.until(() => tail.out.stdout.split('\n').length === 5);
    await tail.interrupt();
    const lines = tail.out.stdout
      .replace(/\x1b\[\d+m/g, '')
      .trimEnd()
      .split('\n');
    expect(lines[0]).toMatch(/^Actor +Event +Resource +Change +Source +Location +Date \(UTC\)$/);
    for (const line of lines.slice(1))
      expect(line).toMatch(/^Ann +Member Role Changed .* role: a → b .* [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d$/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(130);
  });

  test('waits for a server that fails, says so, and misses nothing', async () => {
    const log = await live('old');
    const tail = start('tail --format ndjson', log);
    await tail.said('looking for');
    log.fault = (response) => void response.destroy();
    await tail.said('the connection broke off, trying again');
    log.add('meanwhile1', 'meanwhile2');
    log.fault = (response) => void response.writeHead(503, { 'retry-after': '1' }).end();
    await delay(300);
    log.fault = undefined;
    await tail.until(() => tail.ids().length >= 2);
    expect((await tail.interrupt()).code).toBe(0);
    expect(tail.ids()).toEqual(['meanwhile1', 'meanwhile2']);
  }, 20_000);

  test('ends when the key is no longer accepted', async () => {
    const log = await live('old');
    const tail = start('tail', log);
    await tail.said('looking for');
    log.fault = (response) => void response.writeHead(401).end('{}');
    const { code, stderr } = await tail.ended;
    expect(code).toBe(4);
    expect(stderr).toContain('error: ');
  });

  test('ends well when the reader goes away', async () => {
    const log = await live('a', 'b', 'c', 'd');
    let written = 0;
    const tail = start('tail --since 1h --format ndjson', log, {
      onStdout: () => {
        written += 1;
        if (written > 1) throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      },
    });
    expect((await tail.ended).code).toBe(0);
  });

  test('ends as a process of its own too, while nothing more comes', async () => {
    const log = await live(...Array.from({ length: 20 }, (_, n) => `n${n}`));
    const { child, ended } = await spawnCli(['tail', '--since', '1h', '--format', 'ndjson', '--base-url', log.base], {
      env: { AUDITLOG_API_KEY: KEY },
    });
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect((await ended).code).toBe(0);
  });

  test('tells what list tells, whichever vendor is asked', async () => {
    for (const provider of ['invent', 'chipp', 'rpawatch', 'yura']) {
      const range = `--demo --provider ${provider} --from 2026-11-19 --format ndjson`;
      const stop = new AbortController();
      const onStderr = (text: string) => {
        if (text.includes('Ctrl-C')) stop.abort(new Stopped('SIGINT'));
      };
      const told = await run(`tail ${range}`, { signal: stop.signal, onStderr });
      const listed = await run(`list ${range} --all`);
      expect(told.code, provider).toBe(0);
      expect(told.stdout.trimEnd().split('\n').reverse(), provider).toEqual(listed.stdout.trimEnd().split('\n'));
    }
  });

  test.each([
    ['tail --demo --to now', '--to cannot be combined with following: it has no end'],
    ['tail --demo --around now', '--around cannot be combined with following: it has no end'],
    ['tail --demo --interval 10ms', 'invalid --interval "10ms": expected a duration such as 45m, 2h or 7d'],
    ['tail --demo --interval 0s', '--interval 0s is too short'],
    ['list --demo --follow --format json', 'following has no end, and neither would a JSON array'],
    ['list --demo --follow --all', '--follow and --all cannot be combined'],
    ['list --follow --input x.ndjson', '--input and --follow cannot be combined'],
  ])('auditlog %s is rejected', async (line, message) => {
    const { code, stderr } = await run(line);
    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
  });
});
