import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/world.js';
import { KEY, later, listen } from './asking.js';

const fixture = (name: string) => join(import.meta.dirname, 'fixtures', `${name}.pem`);

/** An API over TLS with one of the certificates, and the keys that it was sent. */
async function api(name: 'good' | 'expired' | 'othername') {
  const pem = readFileSync(fixture(name));
  const keys: (string | undefined)[] = [];
  const server = createTlsServer({ key: pem, cert: pem }, (request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json', 'pagination-count': '0' }).end('[]');
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  later(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as { port: number }).port, keys };
}

/** A proxy that opens tunnels, wherever they are meant to go, to `port`; `refuse` is the status it answers instead. */
async function proxy(port: number, refuse?: number) {
  const asked: { target: string | undefined; credentials: string | undefined }[] = [];
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => undefined);
    asked.push({ target: request.url, credentials: request.headers['proxy-authorization'] });
    if (refuse !== undefined) return client.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const onward = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => undefined);
  });
  return { url: await listen(server), asked };
}

/** Asks for one entry, as a process of its own: which certificates are trusted is settled when it starts. */
function check(base: string, env: Record<string, string> = {}) {
  return runCli(['auth', 'status', '--base-url', base], {
    env: { AUDITLOG_API_KEY: KEY, NODE_EXTRA_CA_CERTS: fixture('ca'), ...env },
  });
}

test('a certificate of a trusted authority is accepted', async () => {
  const { port, keys } = await api('good');
  const ran = await check(`https://localhost:${port}`);
  expect(ran.stderr).toBe('');
  expect(ran.code).toBe(0);
  expect(keys).toEqual([`Bearer ${KEY}`]);
});

test('a certificate of an unknown authority is refused with the likely reason, even with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
  const { port, keys } = await api('good');
  for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' }]) {
    const ran = await check(`https://localhost:${port}`, { NODE_EXTRA_CA_CERTS: '', ...env });
    expect(ran.code).toBe(5);
    expect(ran.stderr).toBe(
      [
        `error: the certificate of localhost:${port} was not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
        'Is a proxy reading the traffic? Then name its certificate: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
        '',
      ].join('\n'),
    );
  }
  expect(keys).toEqual([]);
});

test('an expired certificate is refused, and the hint shows our clock', async () => {
  const { port, keys } = await api('expired');
  const ran = await check(`https://localhost:${port}`);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(`error: the certificate of localhost:${port} was not accepted (CERT_HAS_EXPIRED)\n`);
  expect(ran.stderr).toMatch(/This machine's clock says \d{4}-\d\d-\d\dT\S+Z: is it right\?/);
  expect(keys).toEqual([]);
});

test('a certificate for another name is refused', async () => {
  const { port, keys } = await api('othername');
  const ran = await check(`https://localhost:${port}`);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('(ERR_TLS_CERT_ALTNAME_INVALID)\nIt is for another name. Check the base URL');
  expect(keys).toEqual([]);
});

test('https to a server of plain http is explained', async () => {
  const { url } = await proxy(0);
  const ran = await check(`https://localhost:${url.port}`);
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(`error: no secure connection to localhost:${url.port} (`);
});

test('through a proxy only the API gets the key, and the proxy gets its own credentials', async () => {
  const { port, keys } = await api('good');
  const { url, asked } = await proxy(port);
  const ran = await check('https://api.test', { HTTPS_PROXY: `http://me:pass%20word@${url.host}` });
  expect(ran.stderr).toBe('');
  expect(ran.code).toBe(0);
  expect(keys).toEqual([`Bearer ${KEY}`]);
  expect(asked).toEqual([
    { target: 'api.test:443', credentials: `Basic ${Buffer.from('me:pass word').toString('base64')}` },
  ]);
});

test('NO_PROXY bypasses the proxy', async () => {
  const { port } = await api('good');
  const { url, asked } = await proxy(port);
  const env = { https_proxy: url.origin, NO_PROXY: 'localhost' };
  expect((await check(`https://localhost:${port}`, env)).code).toBe(0);
  expect(asked).toEqual([]);
});

test('certificates are checked through a proxy as well', async () => {
  const { port, keys } = await api('othername');
  const { url } = await proxy(port);
  const ran = await check('https://api.test', { HTTPS_PROXY: url.origin });
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain('error: the certificate of api.test was not accepted (ERR_TLS_CERT_ALTNAME_INVALID)');
  expect(keys).toEqual([]);
});

test.each([
  [407, 'wants credentials', 'Give it some: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'],
  [403, 'does not connect to the API', 'comes from $HTTPS_PROXY; NO_PROXY names the hosts that need none'],
])('a proxy that answers %i is named without its password', async (status, what, hint) => {
  const { url, asked } = await proxy(0, status);
  const ran = await check('https://api.test', { HTTPS_PROXY: `http://me:hunter22@${url.host}` });
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(`error: the proxy ${url.host} ${what} (${status})\n`);
  expect(ran.stderr).toContain(hint);
  expect(ran.stderr + ran.stdout).not.toContain('hunter22');
  expect(asked).toHaveLength(1);
});

test('a proxy that cannot be connected to is named', async () => {
  const { url } = await proxy(0);
  const gone = await new Promise<string>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(`127.0.0.1:${port}`));
    });
  });
  expect(url.host).not.toBe(gone);
  const ran = await check('https://api.test', { HTTPS_PROXY: `http://${gone}` });
  expect(ran.code).toBe(5);
  expect(ran.stderr).toContain(`error: cannot connect to the proxy ${gone} (ECONNREFUSED)\n`);
});
