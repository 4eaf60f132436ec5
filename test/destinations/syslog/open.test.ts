import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { syslogFrame } from '../../../src/destinations/syslog/frame.js';
import { openSyslog } from '../../../src/destinations/syslog/open.js';
import type { Entry } from '../../../src/event.js';
import { openSyslogLine } from '../../../src/http/syslog.js';
import { invent } from '../../../src/providers/invent.js';
import { openSchema } from '../../../src/schemas/index.js';
import { runCli } from '../../helpers/world.js';
import { deliverAll, entries, failure, findings, ORG, world } from '../entries.js';
import { type SyslogServer, startSyslog } from './server.js';

const options = { provider: invent, schema: undefined };

function syslog(server: SyslogServer) {
  return openSyslog(world(), `syslog+tcp://${server.host}`, options);
}

/** The ids that messages tell in their structured data. */
function ids(server: SyslogServer): readonly string[] {
  return server.messages.map((message) => / id="([^"]*)"/.exec(message)?.[1] ?? message);
}

describe('a message', () => {
  const message = {
    org: 'org_1',
    host: 'api.example.com',
    key: 'org_1:e1:0123',
    event: { id: 'e1', time: Date.parse('2026-11-19T10:00:00.250Z'), action: 'member.removed' },
    text: 'CEF:0|x',
  };

  test('a message follows RFC 5424, and its frame begins with its length', () => {
    const text =
      '<110>1 2026-11-19T10:00:00.250Z api.example.com auditlog - member.removed [auditlog@32473 id="e1" org="org_1" key="org_1:e1:0123"] CEF:0|x';
    expect(syslogFrame(message).toString()).toBe(`${text.length} ${text}`);
  });

  test('the length of a frame counts bytes, not characters', () => {
    const frame = syslogFrame({ ...message, text: '語🌻' });
    const blank = frame.indexOf(' ');
    expect(Number(frame.toString('utf8', 0, blank))).toBe(frame.length - blank - 1);
  });

  test('no text of an entry can end the header or the data of a message', () => {
    const event = { id: 'a"]b\\c\nd', time: Number.NaN, action: 'odd action\nété'.repeat(3) };
    const frame = syslogFrame({ ...message, host: 'bad host', event }).toString();
    expect(frame).toBe(
      String.raw`135 <110>1 - bad_host auditlog - odd_action__t_odd_action__t_odd_ [auditlog@32473 id="a\"\]b\\c_d" org="org_1" key="org_1:e1:0123"] CEF:0|x`,
    );
  });
});

describe('entries', () => {
  test('entries arrive as CEF, whole and in order', async () => {
    const server = await startSyslog();
    const all = entries(3000);
    expect(await deliverAll(syslog(server), all)).toBe(0);
    expect(ids(server)).toEqual(all.map(({ id }) => id));
    expect(server.messages[0]).toMatch(
      new RegExp(
        `^<110>1 2026-11-\\S+Z api\\.useinvent\\.com auditlog - \\S+ \\[auditlog@32473 id="${all[0]!.id}" org="${ORG}" key="[^"]+"\\] CEF:0\\|Invent\\|`,
      ),
    );
  });

  test('large entries arrive whole, as do line ends, bars and equals signs', async () => {
    const server = await startSyslog();
    const value = {
      id: 'big',
      created_at: '2026-11-19T10:00:00Z',
      action: 'a|b=c',
      metadata: { text: '|=\n\\ é'.repeat(9000) },
    };
    const entry: Entry = { raw: Buffer.from(JSON.stringify(value)), id: 'big', time: Date.parse(value.created_at) };
    await deliverAll(syslog(server), [entry]);
    expect(server.messages).toHaveLength(1);
    const raw = /rawEvent=(.*)$/s.exec(server.messages[0]!)?.[1] ?? '';
    expect(raw.replace(/\\([\\=])/g, '$1')).toBe(entry.raw.toString());
  });

  test('entries arrive in the schema that was chosen', async () => {
    const server = await startSyslog();
    const schema = await openSchema('ocsf', { provider: invent });
    await deliverAll(openSyslog(world(), `syslog+tcp://${server.host}`, { provider: invent, schema }), entries(1));
    expect(JSON.parse(server.messages[0]!.split('] ')[1]!)).toMatchObject({ class_uid: expect.any(Number) });
  });
});

describe('a connection that breaks', () => {
  test.each([
    ['is cut', { cutAfter: 200_000 }],
    ['is closed at once', 'close'],
  ] as const)('because it %s is made again, and every message is sent again', async (_, manner) => {
    const server = await startSyslog();
    server.manner = (at) => (at < 3 ? manner : 'read');
    const all = entries(4000);
    expect(await deliverAll(syslog(server), all, 4000)).toBe(0);
    expect(server.connections()).toBeGreaterThanOrEqual(4);
    expect(new Set(ids(server))).toEqual(new Set(all.map(({ id }) => id)));
    expect(ids(server).slice(-4000)).toEqual(all.map(({ id }) => id));
  });

  test('a connection that always breaks is an error, after a limited time', async () => {
    const server = await startSyslog();
    server.manner = () => 'close';
    expect(await failure(syslog(server), entries(3))).toMatchObject({
      message: `the connection to the syslog receiver at ${server.host} broke off`,
      exitCode: 5,
    });
  });
});

test('a receiver that never closes has not confirmed the delivery', async () => {
  const server = await startSyslog();
  server.manner = () => 'open';
  const line = openSyslogLine(world(), new URL(`syslog+tcp://${server.host}`), { limits: { connect: 1000, idle: 80 } });
  await expect(line.deliver([Buffer.from('1 x')])).rejects.toMatchObject({
    message: expect.stringContaining('did not close the connection after the last message'),
    exitCode: 5,
  });
  line.close();
});

test('a certificate of an unknown authority is rejected, and nothing is sent', async () => {
  const server = await startSyslog(readFileSync(join(import.meta.dirname, '../../http/fixtures/good.pem')));
  const destination = openSyslog(world(), `syslog+tls://${server.host}`, options);
  expect(await failure(destination, entries(1))).toMatchObject({
    message: `the certificate of the syslog receiver at ${server.host} was not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    hint: 'If your own authority signed it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    exitCode: 5,
  });
  expect(server.messages).toEqual([]);
  expect((await findings(destination)).map(({ name, status }) => `${name}: ${status}`)).toEqual([
    'address: ok',
    'tls: failed',
    'end: skipped',
    'messages: skipped',
  ]);
});

test('only certificates of known authorities are accepted, whatever NODE_TLS_REJECT_UNAUTHORIZED says', async () => {
  const fixture = (name: string) => join(import.meta.dirname, `../../http/fixtures/${name}.pem`);
  const server = await startSyslog(readFileSync(fixture('good')));
  // Which authorities are trusted is settled when a process starts.
  const check = (env: Record<string, string>) =>
    runCli(['destination', 'check', `syslog+tls://${server.host}`, '--format', 'json'], { env });
  const accepted = await check({ NODE_EXTRA_CA_CERTS: fixture('ca') });
  expect(accepted.code).toBe(0);
  expect(accepted.stdout).toContain('it closes a connection that is ended');
  const refused = await check({ NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' });
  expect(refused.code).toBe(5);
  expect(refused.stdout).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  expect(server.messages).toEqual([]);
});

test('a check connects and sends nothing', async () => {
  const server = await startSyslog();
  expect((await findings(syslog(server))).map(({ name, status }) => `${name}: ${status}`)).toEqual([
    'address: ok',
    'tls: skipped',
    'end: ok',
    'messages: skipped',
  ]);
  expect(server.messages).toEqual([]);
});

test('an address is a host and a port, and needs TLS unless it is this machine', () => {
  expect(openSyslog(world(), 'syslog+tls://Logs.example.com', options)).toMatchObject({
    shown: 'syslog+tls://logs.example.com:6514',
    idempotent: false,
  });
  expect(openSyslog(world(), 'syslog+tls://[2001:db8::1]:443', options).shown).toBe('syslog+tls://[2001:db8::1]:443');
  const refusals = ['syslog+tcp://logs.example.com', 'syslog+tls://h/path', 'syslog+tls://u@h', 'syslog+tls://h?x=1'];
  for (const url of refusals)
    expect(() => openSyslog(world(), url, options)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
