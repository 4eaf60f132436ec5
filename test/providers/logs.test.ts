import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Stopped } from '../../src/context.js';
import type { AuditlogError } from '../../src/errors.js';
import { toProviderFile } from '../../src/providers/file/parse.js';
import { allLogs, forLog, oneLog } from '../../src/providers/logs.js';
import { serveVendor, type VendorServer } from '../helpers/vendorserver.js';
import { makeHome, run } from '../helpers/world.js';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const LOGS = {
  audit: { title: 'Audit events', fixed: { kind: 'audit' }, filters: { action: 'what', user: 'who' } },
  'sign-ins': { title: 'Sign-ins', path: '/v1/signins', filters: { user: 'user_id' } },
};
const FILE = {
  name: 'acme',
  title: 'Acme',
  base: 'https://api.acme.example',
  path: '/v1/audit',
  auth: { header: 'x-api-key' },
  fixed: { v: '2' },
  dates: { from: 'from', to: 'to', format: 'day' },
  paging: { style: 'page', page: 'page', size: 'size', max: 4 },
  items: 'data',
  total: { path: 'total' },
  rate: { default: 6000 },
  fields: { id: 'id', time: 'at', action: 'what', actor: { id: 'who' } },
  logs: LOGS,
};
const { provider } = toProviderFile(FILE, 'acme.json');

/** Every third is a sign-in; ids are equal in both logs. */
const ALL = Array.from({ length: 30 }, (_, n) => ({
  log: n % 3 === 0 ? 'sign-ins' : 'audit',
  entry: {
    id: String(Math.floor(n / 3)).padStart(3, '0') + (n % 3 === 2 ? 'b' : ''),
    at: new Date(NOW - (30 - n) * 4 * 3_600_000).toISOString(),
    what: n % 3 === 0 ? 'user.signed_in' : 'robot.painted',
    who: `u${n % 4}`,
    n,
  },
}));
const of = (log: string) => ALL.filter((one) => one.log === log).map(({ entry }) => entry);

describe('a vendor with several logs', () => {
  test('requests for a log have its own parameters, and the others of the file', () => {
    expect(forLog(provider, 'audit')).toMatchObject({ path: '/v1/audit', fixed: { v: '2', kind: 'audit' } });
    expect(forLog(provider, 'sign-ins')).toMatchObject({
      path: '/v1/signins',
      fixed: { v: '2' },
      filters: { user: 'user_id' },
    });
    expect(forLog(provider, 'audit').logs).toBeUndefined();
  });

  test('together they can be asked for what all of them can', () => {
    expect(allLogs(provider).filters).toEqual({ user: 'who' });
    const dated = (log: object) =>
      allLogs(toProviderFile({ ...FILE, logs: { ...LOGS, old: { title: 'Old', ...log } } }, 'acme.json').provider)
        .dates;
    expect(dated({})).toEqual({ format: 'day', from: 'from', to: 'to' });
    expect(dated({ dates: { from: 'since', format: 'epoch-s', longestDays: 7, required: true } })).toEqual({
      format: 'epoch-s',
      from: 'since',
      required: true,
      longestDays: 7,
    });
    expect(dated({ dates: { format: 'day' } })).toEqual({ format: 'day' });
    const mixed = {
      ...FILE,
      logs: {
        a: { title: 'A', dates: { format: 'day' } },
        b: { title: 'B', dates: { from: 'f', required: true, format: 'day' } },
      },
    };
    expect(() => allLogs(toProviderFile(mixed, 'acme.json').provider)).toThrow(
      'the logs of Acme cannot be read together',
    );
  });

  test('a log that it does not have is named, with the nearest', () => {
    const told = (name: string, of = provider): string => {
      try {
        oneLog(of, name);
        return '';
      } catch (error) {
        return `${(error as Error).message}\n${(error as AuditlogError).hint}`;
      }
    };
    expect(told('audits')).toBe('Acme has no log "audits"\nDid you mean acme/audit? Its logs: audit, sign-ins');
    expect(told('x', oneLog(provider, 'audit'))).toContain('It has a single log');
  });
});

describe('its commands', () => {
  let home: string;
  const servers: Record<string, VendorServer> = {};
  let key: string;
  /** Called with each request; what it returns is the status of the answer. */
  let onRequest: (log: string) => number | undefined = () => undefined;

  beforeAll(async () => {
    for (const log of ['audit', 'sign-ins']) servers[log] = await serveVendor(forLog(provider, log), of(log), NOW);
    key = servers.audit!.key;
    home = await makeHome();
    await mkdir(join(home, 'config', 'providers'), { recursive: true });
    // Two servers, one origin: the path of a log leads to its own.
    const { createServer, request } = await import('node:http');
    const front = createServer((asked, answer) => {
      const log = asked.url?.startsWith('/v1/signins') ? 'sign-ins' : 'audit';
      const status = onRequest(log);
      if (status !== undefined) {
        answer.writeHead(status).end('{"message":"this app is not for you"}');
        return;
      }
      const to = request(`${servers[log]!.base}${asked.url}`, { headers: asked.headers }, (found) => {
        answer.writeHead(found.statusCode ?? 500, found.headers);
        found.pipe(answer);
      });
      asked.pipe(to);
    });
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
    const { port } = front.address() as { port: number };
    const file = { ...FILE, base: `http://127.0.0.1:${port}` };
    await writeFile(join(home, 'config', 'providers', 'acme.json'), JSON.stringify(file));
    await writeFile(join(home, 'acme.json'), JSON.stringify(file));
    return async () => {
      front.closeAllConnections();
      front.close();
      await Promise.all(Object.values(servers).map((server) => server.close()));
    };
  });
  const auditlog = (line: string) => run(line, { home, env: { AUDITLOG_API_KEY: key }, now: NOW });
  const numbers = (ndjson: string) =>
    ndjson
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { n: number }).n);
  const newest = (log?: string) =>
    ALL.filter((one) => log === undefined || one.log === log)
      .map(({ entry }) => entry.n)
      .reverse();

  test.each([
    ['acme', undefined],
    ['acme/audit', 'audit'],
    ['acme/sign-ins', 'sign-ins'],
    ['./acme.json/sign-ins', 'sign-ins'],
    ['./acme.json', undefined],
  ])('--provider %s reads each entry once, by time', async (name, log) => {
    const found = await auditlog(`export --provider ${name} --format ndjson -o - --from 2026-11-01`);
    expect([found.code, numbers(found.stdout)]).toEqual([0, newest(log)]);
    const listed = await auditlog(`list --provider ${name} -n 7 --format ndjson`);
    expect(numbers(listed.stdout)).toEqual(newest(log).slice(0, 7));
  });

  test('CSV and tables show the log only where several are read', async () => {
    const both = (await auditlog('export --provider acme --format csv -o -')).stdout;
    const [heading, first] = both.split('\r\n');
    expect(heading).toMatch(/,metadata,extra,log$/);
    expect(first).toMatch(/,audit$/);
    expect((await auditlog('export --provider acme/audit --format csv -o -')).stdout).toMatch(/^.*,metadata,extra\r\n/);
    expect((await auditlog('list --provider acme -n 3 --color never')).stdout).toMatch(/ Log +/);
    await writeFile(join(home, 'both.csv'), both);
    const again = await auditlog('export --provider acme --input both.csv --format csv -o -');
    expect(again.stdout).toBe(both);
  });

  test('a filter that only some of the logs have is applied here, one that all have by the server', async () => {
    const painted = await auditlog('export --provider acme --action robot.painted --format ndjson -o -');
    expect([painted.code, numbers(painted.stdout)]).toEqual([0, newest('audit')]);
    const before = servers['sign-ins']!.targets.length;
    const one = await auditlog('export --provider acme --user u1 --format ndjson -o -');
    expect(numbers(one.stdout)).toEqual(newest().filter((n) => n % 4 === 1));
    expect(servers['sign-ins']!.targets.slice(before).join()).toContain('user_id=u1');
  });

  test('a manifest, statistics, one entry and a doctor', async () => {
    const exported = await auditlog('export --provider acme --format ndjson -o all.ndjson --manifest');
    expect(exported.code).toBe(0);
    const manifest = JSON.parse(await readFile(join(home, 'all.ndjson.manifest.json'), 'utf8'));
    expect(manifest.source).toMatchObject({ provider: 'acme', logs: ['audit', 'sign-ins'] });
    expect(manifest.query.wire).toEqual(['audit', 'sign-ins'].map((log) => expect.objectContaining({ log })));
    expect((await auditlog('verify all.ndjson')).code).toBe(0);
    const counted = await auditlog('stats --provider acme --by action --format json');
    expect(counted.stdout).toContain('"events": 20');
    expect((await auditlog('show 003b --provider acme --format json')).stdout).toContain('"n":11');
    expect((await auditlog('show 003b --provider acme')).stdout).toMatch(/^ *Log +audit$/m);
    expect((await auditlog('show 003b --provider acme/audit')).stdout).not.toMatch(/^ *Log /m);
    expect((await auditlog('doctor --provider acme')).stdout).toContain('of its logs only acme/audit is looked into');
  });

  test.each(['-', 'archive'])('a collector delivers each entry to %s once', async (dest) => {
    const name = `all-${dest === '-' ? 'stdout' : dest}`;
    const made = await auditlog(`collect ${name} --create --provider acme --dest ${dest} --from 2026-11-01`);
    expect(made.code, made.stderr).toBe(0);
    const [first, second] = [
      await auditlog(`collect ${name} --rate off`),
      await auditlog(`collect ${name} --rate off`),
    ];
    expect([first.code, second.code], first.stderr + second.stderr).toEqual([0, 0]);
    const given =
      dest === '-'
        ? first.stdout + second.stdout
        : (await auditlog(`export --provider acme --input ${dest} --format ndjson -o -`)).stdout;
    expect(numbers(given).sort((a, b) => b - a)).toEqual(newest());
  });

  test('an export that was interrupted goes on', async () => {
    const stop = new AbortController();
    let requests = 0;
    onRequest = () => {
      requests += 1;
      if (requests === 7) stop.abort(new Stopped('SIGINT'));
      return undefined;
    };
    const line = 'export --provider acme --format ndjson -o some.ndjson --from 2026-11-01';
    const first = await run(line, { home, env: { AUDITLOG_API_KEY: key }, now: NOW, signal: stop.signal });
    onRequest = () => undefined;
    expect([first.code, requests >= 7]).toEqual([130, true]);
    expect((await auditlog(line)).code).toBe(0);
    expect(numbers(await readFile(join(home, 'some.ndjson'), 'utf8'))).toEqual(newest());
  });

  test('a log that is refused is named', async () => {
    onRequest = (log) => (log === 'sign-ins' ? 403 : undefined);
    const { code, stderr } = await auditlog('export --provider acme --format ndjson -o -');
    onRequest = () => undefined;
    expect(code).toBe(4);
    expect(stderr).toContain('error: sign-ins: ');
    expect(stderr).toContain('Each log can be read alone, such as --provider acme/audit');
  });

  test('a tail begins with the entries of all logs', async () => {
    const stop = new AbortController();
    const ran = await run('tail --provider acme --since 2d --format ndjson', {
      home,
      env: { AUDITLOG_API_KEY: key },
      now: NOW,
      signal: stop.signal,
      onStdout: (text) => {
        if (text.includes('"n":29')) stop.abort(new Stopped('SIGINT'));
      },
    });
    expect(numbers(ran.stdout)).toEqual(newest().slice(0, 11).reverse());
  });

  test('its check shows the first request of each log', async () => {
    const { code, stdout } = await auditlog('provider check acme.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Asks {3}audit: http:\/\/[^ ]*\/v1\/audit\?.*kind=audit.*$/m);
    expect(stdout).toMatch(/^Asks {3}sign-ins: http:\/\/[^ ]*\/v1\/signins\?.*$/m);
    expect((await auditlog('provider check acme/audit')).stdout).toMatch(/^Asks {3}http/m);
  });

  test('completion offers logs behind the slash', async () => {
    const offered = (await run(['complete', '=acme/', '--', 'list', '--provider'], { home })).stdout;
    expect(offered).toContain('acme/sign-ins\tSign-ins');
    expect((await auditlog('provider list')).stdout).toMatch(/^acme\/audit {2,}Audit events$/m);
  });
});
