import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Entry } from '../../src/event.js';
import { makeEntries } from '../model/makeentries.js';
import { engine, testWith } from './engine.js';
import { type Rsyslog, startRsyslog } from './start/rsyslog.js';

const rsyslogd = (await engine('rsyslogd', '-v')) && (await engine('openssl', 'version'));

const DAY = 86_400_000;
const TODAY = Date.parse('2026-11-20T00:00:00Z');

let folder: string;
let program: string;
const open: Rsyslog[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditlog-syslog-'));
  program = join(folder, 'deliver.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'start/deliver.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
});

afterAll(async () => {
  for (const one of open) await one.close();
  await rm(folder, { recursive: true, force: true });
});

async function rsyslog(maxMessageSize = '256k'): Promise<Rsyslog> {
  const started = await startRsyslog({ maxMessageSize });
  open.push(started);
  return started;
}

interface Delivering {
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

async function deliver(to: Rsyslog, entries: readonly Entry[], perFlush = 1000): Promise<Delivering> {
  const file = join(folder, `entries-${open.length}-${entries.length}`);
  await writeFile(file, entries.map(({ id, time, raw }) => `${JSON.stringify([id, time, raw.toString()])}\n`).join(''));
  const child = spawn(process.execPath, [program, `syslog+tls://${to.host}`, file, String(perFlush)], {
    env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: to.ca },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  return {
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr }))),
  };
}

function entriesOf(n: number): readonly Entry[] {
  return makeEntries({ n, from: TODAY - 10 * DAY, to: TODAY, shape: 'full' })
    .map(({ text, id, time }) => ({ raw: Buffer.from(text), id, time }))
    .reverse();
}

/** The entries' own texts, as the messages hold them. */
function originals(messages: readonly string[]): readonly string[] {
  return messages.map((message) => {
    const raw = /^<110>1 .*?\] CEF:0\|Invent\|.* rawEvent=(.*)$/s.exec(message)?.[1];
    return raw === undefined ? `not whole: ${message}` : raw.replace(/\\([\\=])/g, '$1');
  });
}

testWith(rsyslogd, 'rsyslog gets every message whole over TLS, once and in order', async () => {
  const to = await rsyslog();
  const entries = entriesOf(20_000);
  const { ended } = await deliver(to, entries);
  expect(await ended).toEqual({ code: 0, stderr: '' });
  await to.stop();
  expect(originals(await to.messages())).toEqual(entries.map(({ raw }) => raw.toString()));
});

testWith(rsyslogd, 'rsyslog gets line ends, bars, equals signs and 60 kB in one message', async () => {
  const to = await rsyslog();
  const odd = [
    '|=\\',
    '\n\r\n',
    '] ]] "',
    '语 🌻 é',
    '\u2028\u0085',
    'CEF:0|a=b',
    '<110>1 - - - - - -',
    '60000 x',
    '{{%rawmsg%}}',
  ];
  const entries = [...odd, odd.join(' ').repeat(1000), 'a\n|=\\'.repeat(12_000)].map((text, at) => {
    const value = { id: `e${at}`, action: 'member.removed', created_at: '2026-11-19T10:00:00Z', metadata: { text } };
    return { raw: Buffer.from(JSON.stringify(value)), id: value.id, time: Date.parse(value.created_at) };
  });
  expect(entries.at(-1)!.raw.length).toBeGreaterThan(60_000);
  const { ended } = await deliver(to, entries);
  expect(await ended).toEqual({ code: 0, stderr: '' });
  await to.stop();
  expect(originals(await to.messages())).toEqual(entries.map(({ raw }) => raw.toString()));
});

testWith(rsyslogd, 'rsyslog is restarted twice in between, and nothing is missing', async () => {
  const to = await rsyslog();
  const entries = entriesOf(30_000);
  const { ended } = await deliver(to, entries, 15_000);
  for (const until of [2500, 16_000]) {
    while ((await to.size()).messages < until) await delay(5);
    await to.stop();
    // Longer than an address that never answered would be given.
    await delay(4000);
    await to.start();
  }
  expect(await ended).toEqual({ code: 0, stderr: '' });
  await to.stop();
  const got = originals(await to.messages());
  expect(new Set(got)).toEqual(new Set(entries.map(({ raw }) => raw.toString())));
  process.stdout.write(`engine rsyslogd: ${got.length - entries.length} of ${entries.length} messages came twice\n`);
});

testWith(rsyslogd, 'rsyslog with the size that is its default cuts large messages, as the documents say', async () => {
  const to = await rsyslog('8k');
  const value = { id: 'big', action: 'x', created_at: '2026-11-19T10:00:00Z', metadata: { text: 'x'.repeat(20_000) } };
  const entry = { raw: Buffer.from(JSON.stringify(value)), id: 'big', time: Date.parse(value.created_at) };
  const { ended } = await deliver(to, [entry]);
  expect(await ended).toEqual({ code: 0, stderr: '' });
  await to.stop();
  expect(originals(await to.messages())).not.toEqual([entry.raw.toString()]);
});
