import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, type RunOptions, run as runIn, transcript } from './helpers/world.js';
import { fastClock, serve } from './http/asking.js';
import { ACCOUNT } from './http/token/world.js';

/** Secrets that are like no other text, with characters that encodings change. */
const SECRET = 'canary_Zq8/x+W2=eR7~uJ4%nB9&kT1';
const SECOND = 'canary_Mv5+c/Y6=pL3~aH8%dG2&sF7';
const REFRESH = 'canary-refresh/Xk4+Qz9=Tb6~Ww1';
const ROTATED = 'canary-rotated/Jh3+Vn8=Rd5~Ll0';
const TOKEN = 'canary-token.Pp2_Ss7-Gg4.Yy9_Kk6';

const url = 'https://auth.acme.example/oauth/token';
const client = (more: object) => ({
  type: 'token',
  token: { grant: 'client_credentials', client: 'body', url, ...more },
});
const parts = { user: { about: 'the user', shown: true }, password: { about: 'the password' } };

/** Ways to sign in, with a key for each. */
const WAYS: readonly (readonly [auth: object, key: string])[] = [
  [{ type: 'basic', user: '{user}', password: '{password}', parts }, `ann@acme.example:${SECRET}`],
  [
    {
      header: 'x-key',
      value: 'Key {one}',
      headers: { 'x-app': '{two}' },
      parts: { one: { about: 'one' }, two: { about: 'two' } },
    },
    `${SECRET}:${SECOND}`,
  ],
  [client({ client: 'header' }), `client-1:${SECRET}`],
  [client({ client: 'body' }), JSON.stringify({ client_id: 'client-1', client_secret: SECRET })],
  [client({ client: 'json' }), `client-1:${SECRET}`],
  [client({ grant: 'refresh_token' }), `client-1:${SECRET}:${REFRESH}`],
  [client({ grant: 'account_credentials', client: 'header' }), `account-1:client-1:${SECRET}`],
  [
    { type: 'token', token: { grant: 'login', url, body: { u: '{user}', p: '{password}' }, at: 'token' }, parts },
    `ann:${SECRET}`,
  ],
  [{ type: 'token', token: { grant: 'jwt', url } }, JSON.stringify(ACCOUNT, undefined, 2)],
];

/** A run whose waits take no time. */
const run = (line: string, options: RunOptions) => runIn(line, { clock: fastClock(), ...options });

const basic = (text: string) => Buffer.from(text).toString('base64');
const formed = (text: string) => new URLSearchParams({ k: text }).toString().slice(2);
const ACCOUNT_LINES = ACCOUNT.private_key.split('\n').filter((line) => line.length > 40);

/** What would give a secret away: as it is, in other encodings, and any long part of it. */
function formsOf(secret: string): readonly string[] {
  return [
    ...[secret, encodeURIComponent(secret), encodeURI(secret), formed(secret), basic(secret)],
    ...[
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
      secret.slice(0, 16),
      secret.slice(8, 24),
    ],
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
  ];
}

const FORMS: readonly string[] = [
  ...[SECRET, SECOND, REFRESH, ROTATED, TOKEN].flatMap(formsOf),
  ...[`ann@acme.example:${SECRET}`, `client-1:${SECRET}`, `${formed('client-1')}:${formed(SECRET)}`].map(basic),
  ...ACCOUNT_LINES.flatMap((line) => [line, line.slice(10, 40), encodeURIComponent(line)]),
];

/** Everything in a folder that is a file, but not the store of keys itself. */
async function everyByte(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = files.filter((file) => file.isFile() && file.name !== 'keys.json');
  return Promise.all(kept.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
}

async function homeWith(auth: object): Promise<string> {
  const home = await makeHome();
  await mkdir(join(home, 'config/providers'), { recursive: true });
  const file = {
    name: 'acme',
    title: 'Acme',
    path: '/v1/audit',
    auth,
    paging: { style: 'none' },
    items: 'data',
    fields: { time: 'at', action: 'what', actor: { email: 'who' } },
  };
  await writeFile(join(home, 'config/providers/acme.json'), JSON.stringify(file));
  return home;
}

/** What a request carried, as a server would throw it back. */
async function heardIn(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const form = [...new URLSearchParams(body)].map(([, value]) => value).join(' ');
  const { authorization = '', 'x-key': key = '', 'x-app': app = '' } = request.headers;
  const plain = Buffer.from(authorization.replace('Basic ', ''), 'base64')
    .toString()
    .replace(/\P{ASCII}/gu, '');
  return [authorization, key, app, body, form, plain].join(' ');
}

const json = { 'content-type': 'application/json' };
const MADE = { access_token: TOKEN, token: TOKEN, refresh_token: ROTATED, expires_in: 3600 };
const PAGE = { data: [{ at: '2026-11-19T10:00:00Z', what: 'a.b', who: 'ann' }] };

/** The JWTs that were sent, which no output may contain either. */
const assertions = new Set<string>();

type Answer = (response: ServerResponse, heard: string) => unknown;
const good: Answer = (response) => response.writeHead(200, json).end(JSON.stringify(PAGE));
const makes: Answer = (response) =>
  response.writeHead(200, { ...json, 'x-request-id': TOKEN }).end(JSON.stringify(MADE));

/** An API and its token address, which answer as they are told. */
async function vendor(api: Answer, tokens: Answer) {
  const { base } = await serve(async (request, response) => {
    const heard = await heardIn(request);
    for (const [, jwt = ''] of heard.matchAll(/assertion=([\w.-]+)/g)) assertions.add(jwt);
    return (request.url?.startsWith('/oauth') ? tokens : api)(response, heard);
  });
  return base.origin;
}

const quoting =
  (status: number, make: (heard: string) => object): Answer =>
  (response, heard) =>
    response
      .writeHead(status, { ...json, server: heard.replace(/[^ -~]/g, '').slice(0, 2000) })
      .end(JSON.stringify(make(heard)));

/** Answers that throw back what was sent, whole and cut. */
const HOSTILE: readonly Answer[] = [
  quoting(401, (heard) => ({ error: 'invalid_client', error_description: heard })),
  quoting(400, (heard) => ({
    error: 'invalid_grant',
    error_description: `\u001b[31m${heard}`,
    access_token: TOKEN,
    refresh_token: ROTATED,
  })),
  quoting(400, (heard) => ({ message: `${'x'.repeat(250)} ${heard}` })),
  quoting(403, (heard) => ({ error: { message: heard.split(' ').reverse().join(' ') } })),
  quoting(200, (heard) => ({ [heard]: heard })),
  (response, heard) =>
    response.writeHead(302, { location: `https://elsewhere.example/?key=${encodeURIComponent(heard)}` }).end(),
  (response, heard) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${heard}</title>`),
  (response, heard) => response.writeHead(400, { 'content-type': 'text/plain' }).end(heard),
];

const LINES = [
  'list --debug',
  'auth status --debug',
  'list --format json --debug',
  'export --from 2d -o out.ndjson.gz --manifest --debug',
  'doctor --debug',
  'doctor --format json',
  'provider check acme',
  'collect all --create --dest archive',
  'collect all --debug',
  'collect status',
  'config list',
];

const homes: string[] = [];

test.each(WAYS.map((way, at) => [at, ...way] as const))(
  'way %i of signing in is used and refused in every way',
  async (at, auth, key) => {
    const home = await homeWith(auth);
    homes.push(home);
    const file = join(home, '..', `${home.split('/').at(-1)}.key`);
    await writeFile(file, key, { mode: 0o600 });
    const fine = await vendor(good, makes);
    const env = { AUDITLOG_BASE_URL: fine, AUDITLOG_PROVIDER: 'acme', AUDITLOG_API_KEY_FILE: file };
    // The long way round with one of the tokens.
    const isWhole = at === 2;
    for (const line of isWhole ? LINES : LINES.slice(0, 2)) await run(line, { home, env });
    const login = await run(`auth login --provider acme --base-url ${fine} --with-token --debug`, { home, stdin: key });
    expect(login.stderr).toContain('works. Saved in');
    expect((await run('list -n 1 --debug', { home })).code).toBe(0);
    // Each way of signing in meets some of the answers.
    const some = HOSTILE.filter((_, index) => isWhole || (index + at) % 4 === 0);
    const kinds = 'token' in auth ? [...some.map((one) => [good, one] as const), [HOSTILE[0]!, makes] as const] : [];
    for (const [api, tokens] of [...kinds, ...HOSTILE.slice(0, 2).map((one) => [one, makes] as const)]) {
      const there = { ...env, AUDITLOG_BASE_URL: await vendor(api, tokens) };
      expect((await run('list --debug --max-wait 1s', { home, env: there })).code).not.toBe(0);
    }
    // A part that is missing, and a key of another kind.
    for (const AUDITLOG_API_KEY of [SECRET, `{"x": "${SECRET}"`])
      await run('list', { home, env: { ...env, AUDITLOG_API_KEY_FILE: undefined, AUDITLOG_API_KEY } });
  },
);

test('no secret of a sign-in is in anything that was written', async () => {
  const written = [...transcript, ...(await Promise.all(homes.map(everyByte))).flat()];
  for (const sign of ['POST /oauth/token → 200', 'made no token', 'may no longer work', 'web page', '(302)', '"rows":'])
    expect([sign, written.some((text) => text.includes(sign))]).toEqual([sign, true]);
  expect(assertions.size).toBeGreaterThan(0);
  const forms = [...FORMS, ...[...assertions].flatMap((jwt) => [jwt, jwt.slice(-60), jwt.slice(0, 60)])];
  for (const form of forms)
    expect(written.filter((text) => text.includes(form)).map((text) => [form, text])).toEqual([]);
  expect(written.filter((text) => text.includes('\u001b[31m'))).toEqual([]);
});

test('a secret that a server cuts at any place is removed up to the cut', async () => {
  const home = await homeWith(client({ client: 'body' }));
  const env = { AUDITLOG_API_KEY: `client-1:${SECRET}`, AUDITLOG_PROVIDER: 'acme' };
  let cut = 0;
  const there = await vendor(good, (response) =>
    response
      .writeHead(400, json)
      .end(JSON.stringify({ error: 'invalid_client', error_description: `bad ${SECRET.slice(0, cut)}` })),
  );
  for (cut = 8; cut <= SECRET.length; cut += 1) {
    const ran = await run('list', { home, env: { ...env, AUDITLOG_BASE_URL: there } });
    expect(ran.stderr).toContain('bad [redacted]');
    expect(ran.stderr).not.toContain(SECRET.slice(0, 8));
  }
});
