import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { beforeEach, expect, test } from 'vitest';
import { runCli } from '../../helpers/world.js';
import { later } from '../../http/asking.js';
import { type FakeClickHouse, startFakeClickHouse } from './server.js';

const PASSWORD = 'Zq9-secret-4711';
const fixture = (name: string) => join(import.meta.dirname, '../../http/fixtures', `${name}.pem`);

let server: FakeClickHouse;
beforeEach(async () => {
  server = await startFakeClickHouse();
  server.account = `joe:${PASSWORD}`;
});

/** The server over TLS, with one of the certificates. */
async function over(name: 'good' | 'expired' | 'othername'): Promise<string> {
  const pem = readFileSync(fixture(name));
  const sockets = new Set<Socket | TLSSocket>();
  const front = createServer({ key: pem, cert: pem }, (socket) => {
    const onward = connect(Number(server.host.split(':')[1]), '127.0.0.1');
    for (const one of [socket, onward]) sockets.add(one.on('error', () => undefined));
    onward.pipe(socket).pipe(onward);
  });
  front.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  later(() => {
    for (const socket of sockets) socket.destroy();
    front.close();
  });
  return `clickhouse://joe@localhost:${(front.address() as { port: number }).port}/default.events`;
}

/** As a process of its own: which certificates are trusted is settled when it starts. */
function check(url: string, ca: string) {
  const env = { NODE_EXTRA_CA_CERTS: ca, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' };
  return runCli(['destination', 'check', url], { env: { ...env, AUDITLOG_DEST_SECRET: PASSWORD, LANG: 'C' } });
}

test('the password is sent over TLS to a server with a trusted certificate', async () => {
  const ran = await check(await over('good'), fixture('ca'));
  expect(ran.stdout).toMatch(
    /^\+ tls +issued by .*, valid 20\d\d-\d\d-\d\d to 2\d\d\d-\d\d-\d\d, TLSv1\.3\n\+ sign-in +joe is let in$/m,
  );
  expect(ran.code).toBe(0);
});

test.each([
  ['good', '', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'If your own authority signed it'],
  ['expired', fixture('ca'), 'CERT_HAS_EXPIRED', "This machine's clock says "],
  ['othername', fixture('ca'), 'ERR_TLS_CERT_ALTNAME_INVALID', 'It is for another name'],
] as const)(
  'a certificate that is not accepted (%s) is reported, whatever NODE_TLS_REJECT_UNAUTHORIZED says, and nothing is sent',
  async (name, ca, code, fix) => {
    const ran = await check(await over(name), ca);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain(`was not accepted (${code}) -> ${fix}`);
    expect(server.requests).toEqual([]);
  },
);

test('a port without TLS is reported', async () => {
  const ran = await check(`clickhouse://joe@${server.host}/default.events`, '');
  expect(ran.code).toBe(5);
  expect(ran.stdout).toMatch(/^x (address|tls) /m);
  expect(server.requests).toEqual([]);
});
