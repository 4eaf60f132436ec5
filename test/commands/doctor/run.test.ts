import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeHome, NOW, type Ran, ROOT, type RunOptions, run, runCli, transcript } from '../../helpers/world.js';
import { makeEntries } from '../../model/makeentries.js';
import { createModel, MODEL_KEY } from '../../model/model.js';
import type { ModelOptions } from '../../model/options.js';
import { startModel, wireRequest } from '../../model/server.js';

const DAY = 86_400_000;
const KEY = 'doctor_key_5Tq8ZwN2vB7xLdRc3fJm';
const UTF8 = { LANG: 'C.UTF-8' };
const SERVER_TIME = new Date(NOW).toUTCString();
const ENTRIES = makeEntries({ n: 1500, from: NOW - 12 * DAY, to: NOW });

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Doctor on a model that misbehaves as told. */
async function onModel(options: Partial<ModelOptions>, flags = '', more: RunOptions = {}): Promise<Ran> {
  const model = await startModel({ entries: ENTRIES, now: NOW, ...options });
  open.push(model);
  return run(`doctor --base-url ${model.base.origin} ${flags}`, {
    ...more,
    env: { ...UTF8, AUDITLOG_API_KEY: MODEL_KEY, ...more.env },
  });
}

interface Served {
  readonly origin: string;
  /** Requests that came. */
  readonly requests: string[];
}

async function listening(server: Server, scheme: string): Promise<Served> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
  return { origin: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: [] };
}

/** A server that says only that. */
async function serve(status: number, body = '[]', headers: Record<string, string> = {}): Promise<Served> {
  const answer: RequestListener = (request, response) => {
    served.requests.push(`${request.method} ${request.url}`);
    response.writeHead(status, { 'content-type': 'application/json', date: SERVER_TIME, ...headers }).end(body);
  };
  const served = await listening(createServer(answer), 'http');
  return served;
}

async function serveTls(fixture: string): Promise<Served> {
  const pem = readFileSync(join(ROOT, 'test/http/fixtures', `${fixture}.pem`));
  const model = createModel({ entries: [], now: () => Date.now(), key: KEY });
  const server = createTlsServer({ key: pem, cert: pem }, (request, response) => {
    served.requests.push(`${request.method} ${request.url}`);
    const { status, headers, body } = model.answer(wireRequest(request));
    response.writeHead(status, headers as Record<string, string | string[]>).end(body);
  });
  server.on('tlsClientError', () => undefined);
  const served = await listening(server, 'https');
  return served;
}

async function at(origin: string, flags = '', env: Record<string, string> = {}): Promise<Ran> {
  return run(`doctor --base-url ${origin} ${flags}`, { env: { ...UTF8, AUDITLOG_API_KEY: KEY, ...env } });
}

/** The lines with one of these marks, spaces as one. */
function marked({ stdout }: Ran, marks = '✗!'): readonly string[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '' && marks.includes(line[0] ?? ' '))
    .map((line) => line.replace(/ +/g, ' '));
}

function line({ stdout }: Ran, name: string): string | undefined {
  return stdout
    .split('\n')
    .find((one) => one.slice(2).startsWith(`${name} `))
    ?.replace(/ +/g, ' ');
}

describe('doctor, if all is well', () => {
  test('every finding is one plain line in a pipe, and the exit code is 0', async () => {
    const { code, stdout, stderr } = await run('doctor --demo', { env: UTF8 });
    expect(code).toBe(0);
    expect(stderr).toBe('All is well.\n');
    const told = stdout
      .replace(/127\.0\.0\.1:\d+/g, 'HOST')
      .replace(/\d+ ms/g, 'N ms')
      .replace(/2026-[-\dTZ:.]+/g, 'TIME')
      .replace(/has \d+|together \d+|[\d,]+ entries|ourselves \(\d+/gm, (text) => text.replace(/[\d,]+/, 'N'))
      .replace(/(day-zone +).*/, '$1ZONE')
      .replace(/(not document: ).*/, '$1REST');
    expect(told).toBe(
      [
        '✓ configuration   none: the demo asks nothing saved',
        '✓ profile         none',
        '✓ provider        Invent (default)',
        '✓ base-url        http://HOST (the demo)',
        '✓ organization    c (default)',
        '✓ proxy           none',
        '✓ key             …Jm3F from the demo',
        '✓ network         HOST is reached in N ms (127.0.0.1)',
        '- certificate     none: plain http, on this machine',
        "✓ endpoint        Invent's API answers",
        '✓ authentication  the key is accepted',
        '✓ access          the key may read the audit log of c',
        '✓ page-size       asked for 100, got 100',
        '✓ larger-page     101 are refused (400)',
        '✓ past-the-end    a page after the last is empty',
        '✓ day-filter      TIME has N, TIME has N, both together N: days add up, and the last day of a range is included',
        '✓ day-zone        ZONE',
        '✓ order           newest first; the newest entry is of TIME',
        '✓ ids             every entry has its own',
        '✓ count           N entries; exact where we counted for ourselves (N)',
        "✓ clock           the server's and ours agree",
        '✓ rate-limit      no header tells of a limit; we keep to none',
        '✓ assumed         Invent does not document: REST',
        '',
      ].join('\n'),
    );
  });

  test('prints ASCII marks if the terminal is not UTF-8', async () => {
    const { stdout } = await run('doctor --demo', { env: { LANG: 'C' } });
    expect(stdout).toMatch(/^\+ key +\.\.\.Jm3F from the demo$/m);
    expect(stdout).toMatch(/^- certificate/m);
    expect(stdout).toMatch(/^[\x00-\x7f]*$/);
  });

  test('prints colours and lines that fit on a terminal', async () => {
    const { stdout } = await run('doctor --demo', { env: UTF8, tty: { columns: 70 } });
    expect(stdout).toContain('\x1b[32m✓\x1b[39m page-size       asked for 100, got 100\n');
    const lines = stdout.replace(/\x1b\[\d+m/g, '').split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(70);
    expect(stdout).toMatch(/\n {18}\S/);
    expect((await run('doctor --demo --color never', { env: UTF8, tty: { columns: 70 } })).stdout).not.toContain(
      '\x1b',
    );
  });

  test('prints an array of all findings as JSON', async () => {
    const { code, stdout, stderr } = await run('doctor --demo -f json');
    const checks = JSON.parse(stdout) as Record<string, unknown>[];
    expect([code, stderr]).toEqual([0, '']);
    expect(checks).toHaveLength(23);
    for (const check of checks) expect(Object.keys(check)).toEqual(['name', 'status', 'fact', 'fix']);
    expect(checks.find(({ name }) => name === 'certificate')).toEqual({
      name: 'certificate',
      status: 'skip',
      fact: 'none: plain http, on this machine',
      fix: null,
    });
  });

  test('--debug shows at most ten requests, and no key', async () => {
    const ran = await onModel({}, '--debug');
    const asked = ran.stderr.split('\n').filter((one) => one.startsWith('debug: GET '));
    expect(ran.code).toBe(0);
    expect(asked.length).toBeGreaterThan(6);
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  test('an empty log is no failure', async () => {
    const ran = await onModel({ entries: [] });
    expect([ran.code, marked(ran)]).toEqual([0, []]);
    expect(line(ran, 'day-filter')).toBe('- day-filter cannot tell: there are no entries until 2026-11-19');
  });
});

describe('doctor on settings', () => {
  test('shows where each comes from', async () => {
    const home = await makeHome();
    const model = await startModel({ entries: ENTRIES, now: NOW, org: 'org_eu' });
    open.push(model);
    await run(`profile add eu --base-url ${model.base.origin} --org org_eu`, { home });
    const ran = await run('doctor --profile eu --rate 200', { home, env: { ...UTF8, AUDITLOG_API_KEY: MODEL_KEY } });
    expect(marked(ran)).toEqual([]);
    expect(line(ran, 'configuration')).toBe(`✓ configuration ${home}/config/config.json`);
    expect(line(ran, 'profile')).toBe('✓ profile eu (--profile)');
    expect(line(ran, 'provider')).toBe('✓ provider Invent (default)');
    expect(line(ran, 'base-url')).toBe(`✓ base-url ${model.base.origin} (profile eu)`);
    expect(line(ran, 'organization')).toBe('✓ organization org_eu (profile eu)');
    expect(line(ran, 'key')).toBe('✓ key …Hd3SgLm7 from $AUDITLOG_API_KEY'.replace('Hd3S', ''));
    expect(line(ran, 'rate-limit')).toContain('we send at most 200 requests a minute');
    const over = await run('doctor', {
      home,
      env: {
        ...UTF8,
        AUDITLOG_API_KEY: MODEL_KEY,
        AUDITLOG_BASE_URL: model.base.origin,
        AUDITLOG_ORG: 'org_eu,org_us',
      },
    });
    expect(line(over, 'base-url')).toBe(`✓ base-url ${model.base.origin} ($AUDITLOG_BASE_URL)`);
    expect(line(over, 'organization')).toBe(
      '✓ organization org_eu, org_us ($AUDITLOG_ORG); only org_eu is looked into',
    );
  });

  test('invalid settings are the first finding, and nothing else is examined', async () => {
    const ran = await run('doctor --profile nowhere', { env: UTF8 });
    expect(ran.code).toBe(2);
    expect(marked(ran)).toEqual([
      '✗ configuration profile "nowhere" does not exist (--profile) → To make it: auditlog profile add nowhere',
    ]);
    expect(marked(ran, '-')).toHaveLength(22);
    expect(ran.stderr).toBe('1 thing is wrong.\n');
    const yura = await run('doctor --provider yura', { env: UTF8 });
    expect([yura.code, marked(yura)[0]]).toEqual([2, expect.stringContaining('Yura has no public address')]);
  });

  test('a proxy is shown without its password, and an unusable one is an error', async () => {
    const env = {
      ...UTF8,
      AUDITLOG_API_KEY: 'a-key-that-nobody-has',
      https_proxy: 'http://ann:s3cretpass@127.0.0.1:9',
    };
    const doctor = (more = {}) => run('doctor --base-url https://127.0.0.1:10', { env: { ...env, ...more } });
    const ran = await doctor();
    expect(line(ran, 'proxy')).toBe('✓ proxy http://127.0.0.1:9 ($https_proxy), with credentials');
    expect(ran.code).toBe(5);
    expect(marked(ran)[0]).toMatch(/^✗ network cannot connect to the proxy 127\.0\.0\.1:9 \(ECONNREFUSED\)/i);
    expect(JSON.stringify(ran)).not.toContain('s3cretpass');
    const none = await doctor({ NO_PROXY: '127.0.0.0/8' });
    expect(line(none, 'proxy')).toMatch(/^✓ proxy none for 127\.0\.0\.1:\d+, though \$https_proxy is set$/);
    const bad = await doctor({ https_proxy: 'ftp://127.0.0.1' });
    expect([bad.code, marked(bad)[0]]).toEqual([2, expect.stringContaining('✗ proxy $https_proxy is not the address')]);
    const plain = await onModel({}, '', { env });
    expect(line(plain, 'proxy')).toMatch(/^✓ proxy none for 127\.0\.0\.1:\d+, though \$https_proxy is set$/);
  });
});

describe('doctor names the problem and its fix, with its own exit code', () => {
  test('no key: the network is looked at all the same', async () => {
    const ran = await onModel({}, '', { env: { AUDITLOG_API_KEY: undefined } });
    expect(ran.code).toBe(4);
    expect(marked(ran)).toEqual([
      expect.stringMatching(
        /^✗ key missing API key for http:\/\/127\.0\.0\.1:\d+ .* → To save one: auditlog auth login/,
      ),
    ]);
    expect(line(ran, 'network')).toMatch(/^✓ network 127\.0\.0\.1:\d+ is reached/);
    expect(line(ran, 'endpoint')).toBe('- endpoint not looked at');
  });

  test('no key and no network', async () => {
    const ran = await run('doctor --base-url http://127.0.0.1:1', { env: UTF8 });
    expect(ran.code).toBe(4);
    expect(line(ran, 'network')).toBe(
      '✗ network cannot reach 127.0.0.1:1 (ECONNREFUSED) → Check the base URL, the network and the proxy',
    );
  });

  test('a wrong key', async () => {
    const ran = await onModel({ key: `${MODEL_KEY}x` });
    expect(ran.code).toBe(4);
    expect(marked(ran)).toEqual([expect.stringContaining('✗ authentication the API key was rejected (401)')]);
    expect(line(ran, 'endpoint')).toBe("✓ endpoint Invent's API answers");
    expect(line(ran, 'access')).toBe('- access not known');
    expect(line(ran, 'page-size')).toBe('- page-size not looked at');
    expect(line(ran, 'clock')).toBe("✓ clock the server's and ours agree");
  });

  test('a plan or a role that is not enough, in the words of the vendor', async () => {
    const { origin, requests } = await serve(403, '{"message":"Upgrade your plan\\u001b[31m\\u202e"}');
    const ran = await at(origin);
    expect(ran.code).toBe(4);
    expect(line(ran, 'authentication')).toBe('✓ authentication the key is accepted');
    expect(line(ran, 'access')).toMatch(
      /^✗ access the key is valid but may not read audit logs \(403\): Upgrade your plan\\x1b\[31m\\u\{202e\}.* → .*(Business|Enterprise)/,
    );
    expect(ran.stdout).not.toContain('\x1b');
    expect(requests).toHaveLength(1);
  });

  test('a refusal that is a web page', async () => {
    const { origin } = await serve(403, '<html><title>Blocked</title>', { 'content-type': 'text/html' });
    const ran = await at(origin);
    expect([ran.code, marked(ran)]).toEqual([
      4,
      [expect.stringContaining('The answer was a web page: a proxy or a firewall may have given it, not the API.')],
    ]);
  });

  test('a wrong path', async () => {
    const model = await startModel({ entries: [], now: NOW });
    open.push(model);
    const ran = await run(`doctor --base-url ${model.base.origin}/v2`, {
      env: { ...UTF8, AUDITLOG_API_KEY: MODEL_KEY },
    });
    expect(ran.code).toBe(2);
    expect(marked(ran)).toEqual([
      expect.stringMatching(
        /^✗ endpoint no such endpoint on .* \(404\): \/v2\/orgs\/c\/audit-logs.* → Check the base URL/,
      ),
    ]);
  });

  test('a web page instead of the API', async () => {
    const { origin } = await serve(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });
    const ran = await at(origin);
    expect([ran.code, marked(ran)]).toEqual([
      5,
      [expect.stringContaining('✗ endpoint got a web page instead of the API')],
    ]);
  });

  test('a redirect', async () => {
    const { origin, requests } = await serve(302, '', { location: 'https://sso.example.com/login?token=abc' });
    const ran = await at(origin);
    expect([ran.code, marked(ran)]).toEqual([
      5,
      [expect.stringMatching(/^✗ endpoint .* redirects to https:\/\/sso\.example\.com \(302\)/)],
    ]);
    expect(requests).toHaveLength(1);
  });

  test('a connection that is refused, and a name that nobody has', async () => {
    const refused = await at('http://127.0.0.1:1');
    expect([refused.code, marked(refused)]).toEqual([
      5,
      [expect.stringMatching(/^✗ network cannot connect to 127\.0\.0\.1:1 \(ECONNREFUSED\)/i)],
    ]);
    const unknown = await at('https://nowhere.invalid');
    expect([unknown.code, marked(unknown)]).toEqual([
      5,
      [expect.stringMatching(/^✗ network (cannot resolve|the name server did not answer for) nowhere\.invalid/i)],
    ]);
    expect(line(unknown, 'certificate')).toBe('- certificate not looked at');
  });

  test.each([
    ['good', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', '2020-01-01 to 2120-01-01'],
    ['expired', '', '2020-01-01 to 2020-01-02'],
    ['othername', '', '2020-01-01 to 2120-01-01'],
  ])(
    'a certificate that is not accepted (%s): its issuer is told, and nothing is sent',
    async (name, reason, dates) => {
      const { origin, requests } = await serveTls(name);
      const ran = await at(origin);
      expect([ran.code, marked(ran)]).toEqual([
        5,
        [
          expect.stringMatching(
            new RegExp(
              `^✗ certificate .*was not accepted \\(${reason}.*; issued by auditlog test authority, valid ${dates} → `,
            ),
          ),
        ],
      ]);
      expect(line(ran, 'network')).toMatch(/^✓ network/);
      expect(requests).toEqual([]);
    },
  );

  test('a server that does not speak TLS', async () => {
    const { origin } = await serve(200);
    const ran = await at(origin.replace('http:', 'https:'));
    expect([ran.code, marked(ran)]).toEqual([5, [expect.stringMatching(/^✗ certificate /)]]);
  });
});

describe('doctor reports what a log does not promise', () => {
  test('no count: exit 3', async () => {
    const ran = await onModel({ faults: { 'count-missing': 1 } });
    expect([ran.code, marked(ran)]).toEqual([3, [expect.stringMatching(/^✗ count the server reports no count/)]]);
  });

  test('a last day that is left out: exit 3', async () => {
    const ran = await onModel({ to: 'exclusive' });
    expect([ran.code, marked(ran)]).toEqual([
      3,
      [expect.stringMatching(/^✗ day-filter the last day of a range is left out/)],
    ]);
  });

  test('smaller pages, and a clock that is wrong: warnings, exit 0', async () => {
    const small = await onModel({ clamp: 50 });
    expect([small.code, marked(small), small.stderr]).toEqual([
      0,
      ['! page-size asked for 100, got 50 → Reading takes more requests than it should'],
      '1 is worth a look.\n',
    ]);
    const late = await onModel({ skew: -2 * 3_600_000 });
    expect([late.code, marked(late)]).toEqual([
      0,
      [expect.stringMatching(/^! clock the server's is 2 h behind ours → This machine says 2026-11-20T14:00:\d\dZ/)],
    ]);
  });

  test('of several findings the worst gives the exit code', async () => {
    const ran = await onModel({ to: 'exclusive', script: [{ atRequest: 9, fault: 'login-page' }] });
    expect(ran.code).toBe(3);
    const worse = await onModel({ faults: { 'page-ignored': 1 } });
    expect(worse.code).toBe(5);
  });

  test('limits that the server tells of', async () => {
    const { origin } = await serve(200, '[]', {
      'pagination-count': '0',
      'x-ratelimit-limit': '500',
      'x-ratelimit-remaining': `49 ${KEY}`,
    });
    const ran = await at(origin, '--rate 600');
    expect([ran.code, ran.stderr]).toEqual([0, '1 is worth a look.\n']);
    expect(line(ran, 'rate-limit')).toBe(
      '! rate-limit x-ratelimit-limit 500, x-ratelimit-remaining; we send at most 600 requests a minute, where the vendor allows 500 → Use --rate 500 or less',
    );
  });
});

test('a certificate of a known issuer is told with its dates, also through a proxy that wants credentials', async () => {
  const { origin, requests } = await serveTls('good');
  const proxy = createServer();
  const tunnels: (string | undefined)[] = [];
  proxy.on('connect', (request, socket: Socket) => {
    tunnels.push(request.headers['proxy-authorization']);
    const [host, port] = (request.url ?? '').split(':');
    const way = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      way.pipe(socket).pipe(way);
    });
    way.on('error', () => socket.destroy());
    socket.on('error', () => way.destroy());
  });
  const through = await listening(proxy, 'http');
  const env = {
    ...UTF8,
    AUDITLOG_API_KEY: KEY,
    NODE_EXTRA_CA_CERTS: join(ROOT, 'test/http/fixtures/ca.pem'),
  };
  const direct = await runCli(['doctor', '--base-url', origin], { env });
  expect([direct.code, marked(direct)]).toEqual([0, []]);
  expect(line(direct, 'certificate')).toBe(
    '✓ certificate issued by auditlog test authority, valid 2020-01-01 to 2120-01-01, TLSv1.3',
  );
  expect(requests.length).toBeGreaterThan(3);
  const HTTPS_PROXY = through.origin.replace('//', '//ann:s3cretpass@');
  const tunnelled = await runCli(['doctor', '--base-url', origin], { env: { ...env, HTTPS_PROXY } });
  expect([tunnelled.code, marked(tunnelled)]).toEqual([0, []]);
  expect(line(tunnelled, 'proxy')).toBe(`✓ proxy ${through.origin} ($HTTPS_PROXY), with credentials`);
  expect(line(tunnelled, 'network')).toContain(`(through ${new URL(through.origin).host})`);
  expect(line(tunnelled, 'certificate')).toMatch(/^✓ certificate issued by auditlog test authority/);
  expect(tunnels.length).toBeGreaterThan(1);
  expect(new Set(tunnels)).toEqual(new Set([`Basic ${Buffer.from('ann:s3cretpass').toString('base64')}`]));
});

test('Ctrl-C ends doctor at once', async () => {
  const stop = new AbortController();
  const { Stopped } = await import('../../../src/context.js');
  const ran = await run('doctor --demo', {
    env: UTF8,
    signal: stop.signal,
    onStdout: (chunk) => {
      if (chunk.includes(' key ')) stop.abort(new Stopped('SIGINT'));
    },
  });
  expect(ran.code).toBe(130);
  expect(ran.stdout).not.toContain('page-size');
});

test('the help of doctor leads with examples', async () => {
  const { code, stdout } = await run('doctor --help');
  expect(code).toBe(0);
  expect(stdout).toContain('auditlog doctor --profile eu');
  expect(stdout).toContain('Exit codes: that of the worst finding');
});

test('no output of doctor holds a key', () => {
  const told = transcript.join('');
  expect(told.length).toBeGreaterThan(10_000);
  for (const secret of [KEY, MODEL_KEY, 'demo_Kq7vN2xT9cLw4RzYb8HsJm3F', 's3cretpass'])
    expect(told).not.toContain(secret);
});
