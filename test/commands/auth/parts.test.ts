import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, type RunOptions, run } from '../../helpers/world.js';
import { serve } from '../../http/asking.js';
import { ACCOUNT, tokenWorld } from '../../http/token/world.js';

const BASE = {
  name: 'acme',
  title: 'Acme',
  path: '/v1/audit',
  paging: { style: 'page', page: 'page', size: 'take', max: 50 },
  fields: { time: 'at', action: 'what', actor: { email: 'who' } },
};

/** A folder of settings with a vendor's file in it. */
async function homeWith(file: Record<string, unknown>): Promise<string> {
  const home = await makeHome();
  const path = join(home, 'config/providers/acme.json');
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, JSON.stringify({ ...BASE, ...file }));
  return home;
}

/** Signs in, and gives the questions, the run, and what was saved. */
async function login(home: string, line: string, options: RunOptions) {
  const questions: string[] = [];
  const ran = await run(`auth login --provider acme ${line}`, {
    home,
    onQuestion: (how, question) => questions.push(`${how} ${question}`),
    ...options,
  });
  const read = (name: string) => readFile(join(home, 'config', name), 'utf8').catch(() => '{}');
  const keys = JSON.parse(await read('keys.json'));
  const config = JSON.parse(await read('config.json'));
  return { ...ran, questions, key: keys.default?.key, keys, config };
}

const basic = {
  auth: {
    type: 'basic',
    user: '{email}/token',
    password: '{token}',
    parts: { email: { about: 'your email address', shown: true }, token: { about: 'the API token' } },
  },
};

test('each part of a key is asked for, hidden unless it is no secret, and saved as one text', async () => {
  const { base, heard } = await serve((_, response) => response.end('[]'));
  const home = await homeWith(basic);
  const ran = await login(home, `--base-url ${base.origin}`, {
    typed: [' ann@acme.example ', 'tok:en-0123456789abcdef'],
  });
  expect(ran.questions).toEqual([
    `shown Your email address, for ${base.origin}: `,
    `hidden The API token, for ${base.origin} (not shown): `,
  ]);
  expect(ran).toMatchObject({ code: 0, key: 'ann@acme.example:tok:en-0123456789abcdef' });
  const signed = Buffer.from('ann@acme.example/token:tok:en-0123456789abcdef').toString('base64');
  expect(heard.map(({ headers }) => headers.authorization)).toEqual([`Basic ${signed}`]);
  // Saved keys are read back as they were asked for.
  expect((await run('auth status', { home })).stdout).toContain('Works         yes');
});

test('parts with colons and blanks are saved as JSON, and read back', async () => {
  const { base } = await serve((_, response) => response.end('[]'));
  const home = await homeWith(basic);
  const ran = await login(home, `--base-url ${base.origin}`, { typed: ['ann@acme.example', 'two words'] });
  expect(JSON.parse(ran.key)).toEqual({ email: 'ann@acme.example', token: 'two words' });
  expect((await run('auth status', { home })).code).toBe(0);
});

test.each<[what: string, auth: object, stdin: string, told: string]>([
  ['a part that is not there', basic.auth, 'ann@acme.example\n', 'the API token is missing'],
  ['an empty part', basic.auth, ':secret-0123\n', 'your email address is missing'],
  ['a part missing in JSON', basic.auth, '{"email": "secret-0123"}', 'the API token is missing'],
  ['a part that is no text', basic.auth, '{"email": "a", "token": {"secret-0123": 1}}', 'the API token is missing'],
  ['JSON that ends early', basic.auth, '{"email": "secret-0123"', 'it is not valid JSON'],
  [
    'a line break in a part',
    basic.auth,
    '{"email": "a", "token": "secret-0123\\nb"}',
    'the API token has more than one line',
  ],
  ['a colon in the user of Basic', basic.auth, '{"email": "a:b", "token": "secret-0123"}', 'the user has a colon'],
  [
    'a part that no header can have',
    { header: 'x-key', value: 'key {key-one}', parts: { 'key-one': { about: 'the first key' } } },
    '{"key_one": "secret-0123 –"}',
    'the first key has characters that no header has',
  ],
  [
    'a client without its secret',
    { type: 'token', token: { grant: 'client_credentials', client: 'body', url: 'https://acme.example/token' } },
    'secret-0123',
    "the client's secret is missing",
  ],
  [
    'a service account that is none',
    { type: 'token', token: { grant: 'jwt', url: 'https://acme.example/token' } },
    'secret-0123',
    'it is not the JSON file of a service account',
  ],
  [
    'a service account without a key',
    { type: 'token', token: { grant: 'jwt', url: 'https://acme.example/token' } },
    '{"client_email": "secret-0123"}',
    'private_key is missing in the JSON of the service account',
  ],
])('%s is named, without a request, and nothing of the key is shown', async (_, auth, stdin, told) => {
  const { base, heard } = await serve((_, response) => response.end('[]'));
  const ran = await login(await homeWith({ auth }), `--base-url ${base.origin} --with-token`, { stdin });
  expect(ran.stderr).toContain(`error: the API key from standard input cannot be used: ${told}`);
  expect(ran.code).toBe(4);
  expect(ran.stderr).not.toContain('secret-0123');
  expect(heard).toEqual([]);
});

const jwt = {
  auth: { type: 'token', token: { grant: 'jwt', scope: 'read', url: 'https://acme.example/oauth/token' } },
};

test('a service account comes as its file: from standard input, by its path, or pasted', async () => {
  const text = JSON.stringify(ACCOUNT, undefined, 2);
  const ways: ((home: string) => Promise<RunOptions & { flag: string }>)[] = [
    async () => ({ stdin: `${text}\n`, flag: '--with-token' }),
    async (home) => {
      await writeFile(join(home, 'account.json'), `\uFEFF${text}\r\n`);
      return { typed: 'account.json', flag: '' };
    },
    async () => ({ typed: text, flag: '' }),
  ];
  for (const way of ways) {
    const { base, asked } = await tokenWorld([{ body: { access_token: 'one' } }]);
    const home = await homeWith(jwt);
    const { flag, ...options } = await way(home);
    const ran = await login(home, `--base-url ${base.origin} ${flag}`, options);
    expect(ran.stderr).toContain('The key … works.');
    expect(JSON.parse(ran.key)).toEqual(ACCOUNT);
    expect(asked).toHaveLength(1);
    const status = await run('auth status', { home });
    expect(status.stdout).toContain(`Tokens        from ${base.origin}/oauth/token\nKey           … from `);
    expect(`${status.stdout}${status.stderr}`).not.toContain('PRIVATE');
  }
});

test('the refresh token that replaced the one that was typed is saved', async () => {
  const { base } = await tokenWorld([{ body: { access_token: 'one', refresh_token: 'refresh-2-0123456789' } }]);
  const home = await homeWith({
    auth: { type: 'token', token: { grant: 'refresh_token', client: 'body', url: 'https://acme.example/oauth/token' } },
  });
  const ran = await login(home, `--base-url ${base.origin}`, { typed: ['id', 'secret', 'refresh-1-0123456789'] });
  expect(ran.questions.map((one) => one.split(',')[0])).toEqual([
    "shown The client's id",
    "hidden The client's secret",
    'hidden The refresh token',
  ]);
  expect(ran).toMatchObject({ code: 0, key: 'id:secret:refresh-2-0123456789' });
  const list = await run('list', { home });
  expect(list.stderr).not.toContain('refresh-');
});

test('a run that replaces the refresh token says that the saved one may no longer work', async () => {
  const { base } = await tokenWorld([{ body: { access_token: 'one', refresh_token: 'refresh-2-0123456789' } }]);
  const home = await homeWith({
    auth: { type: 'token', token: { grant: 'refresh_token', client: 'body', url: 'https://acme.example/oauth/token' } },
  });
  const env = { AUDITLOG_API_KEY: 'id:secret:refresh-1-0123456789' };
  const list = await run(`list --provider acme --base-url ${base.origin}`, { home, env });
  expect(list.stderr).toContain(
    'warning: Acme replaced the refresh token: this run uses the new one, and the saved one may no longer work\nTo save another: auditlog auth login\n',
  );
});

const tenant = {
  base: 'https://{tenant}.acme.example',
  path: '/{region}/audit',
  auth: { header: 'x-key' },
  variables: {
    tenant: { about: 'the name of your site', example: 'ann' },
    region: { about: 'the region', default: 'eu' },
  },
};

test('variables without a value are asked for, and kept in the profile', async () => {
  const { base, heard } = await serve((_, response) => response.end('[]'));
  const home = await homeWith({ ...tenant, path: '/{tenant}/{region}' });
  const ran = await login(home, `--base-url ${base.origin}`, { typed: ['ann', 'key-0123456789'] });
  expect(ran.questions[0]).toBe('shown Acme: the name of your site (such as ann): ');
  expect(ran.config.profiles.default.vars).toEqual(['tenant=ann']);
  expect(heard[0]?.url).toMatch(/^\/ann\/eu\?/);
  const again = await login(home, `--base-url ${base.origin} --var region=us`, { typed: 'key-0123456789' });
  expect(again.config.profiles.default.vars).toEqual(['tenant=ann', 'region=us']);
  await run('list', { home });
  expect(heard.at(-1)?.url).toMatch(/^\/ann\/us\?/);
});

test('a saved key is not sent to a token address that it was not saved for, whoever names it', async () => {
  const api = await serve((_, response) => response.end('[]'));
  const tokens = await tokenWorld([{ body: { access_token: 'one' } }]);
  const token = { grant: 'client_credentials', client: 'body', url: 'https://auth.acme.example/oauth/token' };
  const home = await homeWith({ base: 'https://api.acme.example', auth: { type: 'token', token } });
  const line = `--base-url ${api.base.origin} --token-url ${tokens.base.origin}/oauth/x`;
  await writeFile(
    join(home, 'config/keys.json'),
    JSON.stringify({ default: { origin: api.base.origin, store: 'file', key: 'id:secret' } }),
    { mode: 0o600 },
  );
  for (const env of [{}, { AUDITLOG_TOKEN_URL: `${tokens.base.origin}/oauth/x` }]) {
    const flags = 'AUDITLOG_TOKEN_URL' in env ? `--base-url ${api.base.origin}` : line;
    const ran = await run(`list --provider acme ${flags}`, { home, env });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain(
      `error: the saved key of profile default is for ${api.base.origin}, and is never sent to ${tokens.base.origin}: it was not saved for the tokens that are made there`,
    );
  }
  // A file that names the same base, and other tokens.
  const file = { ...BASE, auth: { type: 'token', token: { ...token, url: `${tokens.base.origin}/oauth/x` } } };
  await writeFile(join(home, 'evil.json'), JSON.stringify({ ...file, base: api.base.origin }));
  expect((await run('list --provider ./evil.json', { home })).code).toBe(4);
  expect(tokens.heard).toEqual([]);
  // A key of the environment is bound to nothing; one that is saved for the address may go there.
  expect((await run(`list --provider acme ${line}`, { home, env: { AUDITLOG_API_KEY: 'id:secret' } })).code).toBe(0);
  const ran = await login(home, line, { typed: ['id', 'secret-two'] });
  expect(ran.keys.default).toMatchObject({ origin: api.base.origin, tokens: tokens.base.origin });
  expect((await run('list', { home })).code).toBe(0);
});
