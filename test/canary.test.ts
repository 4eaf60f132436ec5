import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDemo } from '../src/demo/server.js';
import { makeHome, NOW, run, transcript } from './helpers/world.js';

/** Not like any other text, and with characters that encodings change. */
const KEY = 'canary_Zq8/x+W2=eR7~uJ4%nB9&kT1';

/** The key, and what would give it away: in other encodings, and any long part of it. */
const FORMS: readonly string[] = [
  KEY,
  encodeURIComponent(KEY),
  encodeURI(KEY),
  new URLSearchParams({ k: KEY }).toString().slice(2),
  Buffer.from(KEY).toString('base64'),
  Buffer.from(KEY).toString('base64url'),
  Buffer.from(`Bearer ${KEY}`).toString('base64').slice(12, -4),
  Buffer.from(KEY).toString('hex'),
  JSON.stringify(KEY).slice(1, -1).replaceAll('/', '\\/'),
  KEY.slice(0, 16),
  KEY.slice(8, 24),
];

/** Everything in a folder that is a file, but not the store of keys itself. */
async function everyByte(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = files.filter((file) => file.isFile() && file.name !== 'keys.json');
  return Promise.all(kept.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
}

/** A server that throws the key back in every way that it can. */
async function echo(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    base,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('the key is in nothing that is written, whatever happens', async () => {
  const home = await makeHome();
  const demo = await startDemo({ now: NOW, key: KEY });
  const env = { AUDITLOG_BASE_URL: demo.base.href, AUDITLOG_API_KEY: KEY };
  const lines = [
    'list -n 3 --debug',
    'list -n 2 --format json --debug',
    'export --from 2d --debug',
    'export --from 30d -o out.csv --debug',
    'export --from 30d -o out.ndjson.gz --manifest',
    'show --latest --debug',
    'doctor --debug',
    'doctor --format json',
    'auth status --debug',
    'stats --from 7d --debug',
    'provider list',
    'verify out.ndjson.gz',
    'config list',
    'profile list',
    'actions member.left',
    'complete = -- list --profile',
    'list --user nobody --from tomorrow',
    'list --org nowhere --debug',
    'list --action nothing.at.all',
    'list --base-url http://127.0.0.1:1 --debug',
  ];
  for (const line of lines) await run(line, { env, home });
  // A key that stands on the line itself, where people put it.
  for (const line of [
    ['list', KEY],
    ['list', `--api-key=${KEY}`],
    [KEY],
    ['config', 'set', 'tz', KEY],
    ['list', '--format', KEY],
  ])
    await run(line, { env, home });
  // Kept and used, without the environment.
  const base = demo.base.origin;
  await run(`auth login --base-url ${base} --debug`, { home, typed: KEY });
  await run('auth login --with-token', { home, stdin: `${KEY}\n`, env: { AUDITLOG_BASE_URL: base } });
  await run('auth status', { home });
  await run('list -n 1 --debug', { home });
  await run('auth logout', { home });
  await demo.close();

  const answers: ((request: IncomingMessage, response: ServerResponse) => void)[] = [
    (request, response) =>
      response
        .writeHead(401, { 'x-echo': KEY })
        .end(JSON.stringify({ message: `bad key ${request.headers.authorization}` })),
    (request, response) => response.writeHead(400).end(`{"message":${JSON.stringify(request.headers.authorization)}}`),
    (_, response) =>
      response.writeHead(302, { location: `https://elsewhere.example/?key=${encodeURIComponent(KEY)}` }).end(),
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${KEY}</title>`),
    (_, response) => response.writeHead(200, { server: KEY }).end('{"data":"?"}'),
    (request) => request.socket.destroy(),
  ];
  for (const answer of answers) {
    const { base: url, close } = await echo(answer);
    const hostile = { AUDITLOG_BASE_URL: url, AUDITLOG_API_KEY: KEY };
    await run('list --debug --max-wait 1s', { env: hostile, home });
    await run('export -o hostile.csv --max-wait 1s', { env: hostile, home });
    close();
  }

  const written = [...transcript, ...(await everyByte(home))];
  expect(written.length).toBeGreaterThan(60);
  // The runs did what they are here for.
  for (const sign of ['debug: GET /orgs', '(401)', '(302)', 'web page', 'rotate it', '"rows":'])
    expect(written.some((text) => text.includes(sign))).toBe(true);
  for (const form of FORMS) expect(written.filter((text) => text.includes(form))).toEqual([]);
});

/** Variables that others keep their secrets in. */
const SECRETS = {
  AUDITLOG_DEST_SECRET: 'destination-Zq8xW2eR7u',
  AWS_SECRET_ACCESS_KEY: 'aws-Zq8xW2eR7uJ4nB9',
  HTTPS_PROXY: 'http://joe:proxy-Zq8xW2@proxy.example:3128',
  GITHUB_TOKEN: 'ghp_Zq8xW2eR7uJ4nB9kT1',
  SOMEBODYS_OWN: 'own-Zq8xW2eR7uJ4nB9kT1',
};

test('no child of ours is given the key, nor any variable that it has no use for', async () => {
  const demo = await startDemo({ now: NOW, key: KEY });
  const home = await makeHome();
  const env = {
    AUDITLOG_BASE_URL: demo.base.href,
    AUDITLOG_API_KEY: KEY,
    ...SECRETS,
    AUDITLOG_PAGER: 'env > "$HOME/given"; cat > /dev/null',
    PATH: process.env.PATH,
  };
  const { code } = await run('list', { env, home, tty: { columns: 100, rows: 5 } });
  await demo.close();
  expect(code).toBe(0);
  const given = await readFile(join(home, 'given'), 'utf8');
  expect(given).toContain('PATH=');
  expect(given).not.toContain(KEY);
  for (const [name, value] of Object.entries(SECRETS))
    expect({ name, given: given.includes(name) || given.includes(value) }).toEqual({ name, given: false });
});
