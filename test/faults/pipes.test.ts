import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaticServer, startServer } from '../model/static.js';
import { makePlace, shell, start } from './program.js';

const DAY = 86_400_000;
const NOW = Date.now();
const CLOSED = `--to ${new Date(NOW - 3 * DAY).toISOString().slice(0, 10)} --rate off`;
const MB = 1024 * 1024;

describe('a reader of a pipe', () => {
  let server: StaticServer;
  beforeAll(async () => {
    server = await startServer({ n: 20_000, from: NOW - 90 * DAY, to: NOW, latency: 10 });
  });
  afterAll(() => server.close());

  test.each(['ndjson', 'json', 'csv'])(
    'that has seen enough of an export in %s ends it: 141, no word, no more requests',
    async (format) => {
      const place = await makePlace(server);
      const before = server.requests();
      const { stdout, stderr } = await shell(
        place,
        `auditlog export --format ${format} ${CLOSED} --quiet | head -1; echo "\${PIPESTATUS[0]}"`,
      );
      expect(stdout.toString().trimEnd().split('\n').at(-1)).toBe('141');
      expect(stderr).toBe('');
      expect(server.requests() - before).toBeLessThan(120);
    },
  );

  test('that has seen enough of a list is no failure', async () => {
    const place = await makePlace(server);
    const { stdout, stderr } = await shell(place, `auditlog list --all --rate off | head -1; echo "\${PIPESTATUS[0]}"`);
    expect(stdout.toString().split('\n').at(1)).toBe('0');
    expect(stderr).toBe('');
  });

  test('of verify may go away: what differs still shows in the exit code', async () => {
    const place = await makePlace(server);
    await shell(place, 'auditlog export --from 6d --rate off -o out.ndjson --manifest');
    const verify = `auditlog verify out.ndjson | true; echo "\${PIPESTATUS[0]}"`;
    expect((await shell(place, verify)).stdout.toString()).toBe('0\n');
    await shell(place, 'echo >> out.ndjson');
    expect((await shell(place, verify)).stdout.toString()).toBe('7\n');
  });

  test('that was never there is like one that went away', async () => {
    const place = await makePlace(server);
    const { stdout, stderr } = await shell(place, `auditlog export ${CLOSED} --quiet | true; echo "\${PIPESTATUS[0]}"`);
    expect({ stdout: stdout.toString(), stderr }).toEqual({ stdout: '141\n', stderr: '' });
  });

  test('that takes its time gets every byte', async () => {
    const place = await makePlace(server);
    const whole = await shell(place, `auditlog export ${CLOSED} | sha256sum`);
    const slow = await shell(
      place,
      `auditlog export ${CLOSED} | (sleep 1; head -c 5000000; sleep 0.5; cat) | sha256sum; exit "\${PIPESTATUS[0]}"`,
    );
    expect(slow.code).toBe(0);
    expect(slow.stdout.toString()).toBe(whole.stdout.toString());
  });

  test('of what went wrong may go away without harm', async () => {
    const place = await makePlace(server);
    const { stdout } = await shell(
      place,
      `auditlog export --debug --from 5d --rate off 2> >(true) | wc -l; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout.toString()).toMatch(/^ *\d{3,4}\n0\n$/);
  });
});

describe('a command that is done', () => {
  test('leaves nothing open that would keep its process', async () => {
    const server = await startServer({ n: 500, from: NOW - 90 * DAY, to: NOW });
    try {
      const place = await makePlace(server);
      const { child, ended, stderr } = start(place, ['list', '-n', '10']);
      const exited = new Promise((resolve) => child.once('exit', resolve));
      await exited;
      // The server keeps connections for ever: had the program left one open, it would still be there.
      expect(await ended).toMatchObject({ code: 0 });
      expect(stderr()).toContain('of 500');
    } finally {
      await server.close();
    }
  });
});

describe('memory', () => {
  test.runIf(process.platform === 'linux')(
    'does not grow with the log, nor while a reader takes nothing',
    { timeout: 120_000 },
    async () => {
      const n = 300_000;
      const server = await startServer({ n, from: NOW - 300 * DAY, to: NOW, shape: 'small' });
      try {
        const place = await makePlace(server);
        const { child, ended } = start(place, ['export', '--rate', 'off'], { stdio: ['ignore', 'pipe', 'ignore'] });
        let peak = 0;
        const watch = setInterval(() => {
          peak = Math.max(peak, peakMemory(child.pid!));
        }, 50);
        let lines = 0;
        let tail = '';
        for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
          const before = lines;
          for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, at + 1)) lines += 1;
          tail = `${tail}${chunk.toString('latin1')}`.slice(-1000);
          // Three times on its way it takes nothing, until nothing more is asked for.
          if (Math.floor(lines / 80_000) > Math.floor(before / 80_000)) await standstill(server);
        }
        clearInterval(watch);
        expect((await ended).code).toBe(0);
        expect(lines).toBe(n);
        expect(
          tail.endsWith(
            `"id":"${server.idOf(n - 1)}",${server
              .textOf(n - 1)
              .split(',')
              .slice(1)
              .join(',')}\n`,
          ),
        ).toBe(true);
        expect(peak).toBeGreaterThan(20 * MB);
        expect(peak).toBeLessThan(220 * MB);
      } finally {
        await server.close();
      }
    },
  );
});

/** Resolves once nothing is asked for any more. */
async function standstill(server: StaticServer): Promise<void> {
  for (let seen = -1; seen !== server.requests(); ) {
    seen = server.requests();
    await delay(200);
  }
}

/** Of a process so far, bytes; 0 when it has ended. */
function peakMemory(pid: number): number {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
