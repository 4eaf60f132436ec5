import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasChdb, startChdb } from '../test/engines/start/chdb.js';
import { startClickHouse } from '../test/engines/start/clickhouse.js';
import { startRsyslog } from '../test/engines/start/rsyslog.js';
import { makeEntry } from '../test/model/makeentries.js';
import { measure, type Run } from './measure.js';

/**
 * `node bench/run.mjs destinations [ENTRIES]`: hands a million entries of 1.1 KB over to real destinations on this machine, beside what these come with themselves.
 * Needs Debian's clickhouse-server, clickhouse-client, rsyslog and rsyslog-gnutls; $AUDITLOG_CHDB is a node_modules folder with chdb, for the
 * newest engine's size.
 */
const N = Number(process.argv[2] ?? 1_000_000);
const DAY = 86_400_000;
const FROM = Date.parse('2026-10-01T00:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'auditlog-bench-'));
const entries = join(folder, 'entries.ndjson');
const feeder = `${process.execPath} --no-warnings ${join(import.meta.dirname, 'deliver.mjs')}`;

try {
  await writeEntries();
  say(`${grouped(N)} entries, ${(statSync(entries).size / N).toFixed(0)} bytes each as NDJSON`);
  say();
  say('| destination | seconds | events a second | processor seconds | peak memory, MB | bytes an event there |');
  say('|---|---|---|---|---|---|');
  await clickHouse();
  if (hasChdb()) await newestClickHouse();
  await syslog();
  await overHttp('Elasticsearch', 'elastic', '/audit', (lines) => ({
    items: Array(lines / 2).fill({ create: { status: 201 } }),
  }));
  await overHttp('Splunk', 'splunk', '/audit', () => ({ text: 'Success', code: 0 }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function clickHouse(): Promise<void> {
  const server = await startClickHouse();
  try {
    const stored = async (table: string) => {
      const rows = (await server.query(`SELECT count() FROM ${table} FINAL`)).trim();
      if (rows !== String(N)) throw new Error(`${table} holds ${rows} of ${N}`);
      await server.query(`OPTIMIZE TABLE ${table}`);
      const bytes = await server.query(
        `SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = '${table}'`,
      );
      return Number(bytes) / N;
    };
    const ours = await measure(`${feeder} ${server.url}/default.ours ${entries}`, undefined, folder);
    row('ClickHouse 18.16, by auditlog', ours, await stored('ours'));
    await measure(`${feeder} rows ${entries} rows.jsonl`, undefined, folder);
    await server.query('CREATE TABLE theirs AS ours');
    const client = `clickhouse-client --port ${server.tcpPort} --max_insert_block_size 50000 --query 'INSERT INTO theirs FORMAT JSONEachRow' < rows.jsonl`;
    row(
      'ClickHouse 18.16, by clickhouse-client, of rows made before',
      await measure(client, undefined, folder),
      await stored('theirs'),
    );
  } finally {
    await server.close();
  }
}

/** Its engine in a process of JavaScript: what it keeps is what a server would keep, how fast it is says nothing of one. */
async function newestClickHouse(): Promise<void> {
  const server = await startChdb();
  try {
    const ours = await measure(`${feeder} ${server.url}/default.ours ${entries}`, undefined, folder);
    await server.query('OPTIMIZE TABLE ours FINAL');
    const bytes = await server.query(
      "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'ours' FORMAT TSV",
    );
    row(
      `ClickHouse ${(await server.query('SELECT version() FORMAT TSV')).trim()}, by auditlog, through chdb`,
      ours,
      Number(bytes) / N,
    );
    for (const line of (
      await server.query(
        "SELECT name, sum(column_data_compressed_bytes) AS bytes FROM (SELECT column AS name, column_data_compressed_bytes FROM system.parts_columns WHERE active AND table = 'ours') GROUP BY name ORDER BY bytes DESC LIMIT 8 FORMAT TSV",
      )
    )
      .trimEnd()
      .split('\n'))
      process.stderr.write(`  ${line.replace('\t', ': ')} bytes\n`);
  } finally {
    await server.close();
  }
}

async function syslog(): Promise<void> {
  const server = await startRsyslog({ maxMessageSize: '256k' });
  try {
    const ours = await measure(
      `NODE_EXTRA_CA_CERTS=${server.ca} ${feeder} syslog+tls://${server.host} ${entries}`,
      undefined,
      folder,
    );
    await server.stop();
    const { messages, bytes } = await server.size();
    if (messages !== N) throw new Error(`rsyslog holds ${messages} of ${N}`);
    row('rsyslog over TLS, CEF', ours, bytes / N);
  } finally {
    await server.close();
  }
}

/** What it takes to write and send, to a server that says yes to everything and keeps nothing. */
async function overHttp(name: string, scheme: string, path: string, answer: (lines: number) => object): Promise<void> {
  let bytes = 0;
  const server = createServer(async (request, response) => {
    let lines = 0;
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      for (let at = (chunk as Buffer).indexOf(10); at >= 0; at = (chunk as Buffer).indexOf(10, at + 1)) lines += 1;
    }
    response.end(JSON.stringify(answer(lines)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `${scheme}+http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const secret = scheme === 'splunk' ? 'AUDITLOG_DEST_SECRET=any-token ' : '';
    const ours = await measure(`${secret}${feeder} ${url} ${entries}`, undefined, folder);
    row(`${name}, as far as the wire`, ours, bytes / N);
  } finally {
    server.close();
  }
}

function row(name: string, { wall, cpu, memory }: Run, bytes: number): void {
  const numbers = [wall.toFixed(1), grouped(Math.round(N / wall)), cpu.toFixed(1), memory.toFixed(0), bytes.toFixed(0)];
  say(`| ${name} | ${numbers.join(' | ')} |`);
}

function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}

function grouped(number: number): string {
  return number.toLocaleString('en-US');
}

/** Two months of them, oldest first. */
async function writeEntries(): Promise<void> {
  const stream = createWriteStream(entries);
  for (let i = 0; i < N; i += 1000) {
    const texts = Array.from({ length: Math.min(1000, N - i) }, (_, j) => {
      const n = i + j;
      return `${makeEntry(FROM + Math.floor((n * 60 * DAY) / N), 1, n, 'full').text}\n`;
    });
    if (!stream.write(texts.join(''))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
}
