import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCeph } from '../test/engines/start/ceph.js';
import { measure, openServer, type Run } from './measure.js';

/**
 * `node bench/run.mjs bucket [ENTRIES]`: collects a million entries of 540 days from a server on loopback into a bucket of a real Ceph, beside an archive
 * directory of the same; then asks for what is new once more. Needs Debian's radosgw, ceph-mon, ceph-osd, ceph-base and ceph-common.
 */
const N = Number(process.argv[2] ?? 1_000_000);
const auditlog = `${process.execPath} ${join(process.cwd(), 'bin', 'auditlog.js')}`;
const folder = mkdtempSync(join(tmpdir(), 'auditlog-bench-'));
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

const ceph = await startCeph();
const server = await openServer(N, 0);
try {
  await ceph.makeBucket('lake');
  const keys = Object.entries(ceph.env).map(([name, value]) => `${name}=${value}`);
  const collect = (name: string, rest = '') =>
    measure(`${keys.join(' ')} AUDITLOG_STATE_DIR=state ${auditlog} collect ${name} ${rest}`, server, folder);
  await collect('directory', '--create --rate off --dest archive');
  await collect('bucket', `--create --rate off --dest 's3://lake/audit?endpoint=${ceph.endpoint}'`);
  say(`${N} entries`);
  say();
  say('| to | seconds | events a second | processor seconds | peak memory, MB |');
  say('|---|---:|---:|---:|---:|');
  for (const [name, what] of [
    ['directory', 'a directory'],
    ['bucket', 'a bucket'],
  ] as const) {
    row(`${what}, all`, await collect(name), N);
    row(`${what}, a cycle with nothing new`, await collect(name), 0);
  }
  const objects = await ceph.keys('lake', 'audit/');
  const staged = filesIn(join(folder, 'state', 'collectors', 'bucket', 'destination', 'archive'));
  if (staged.length !== objects.length) throw new Error(`${objects.length} objects of ${staged.length} files`);
  const bytes = staged.reduce((sum, path) => sum + statSync(path).size, 0);
  say();
  say(`${objects.length} objects, ${(bytes / N).toFixed(0)} bytes an event`);
} finally {
  server.close();
  await ceph.close();
  rmSync(folder, { recursive: true, force: true });
}

function row(name: string, { wall, cpu, memory }: Run, events: number): void {
  say(`| ${name} | ${wall.toFixed(1)} | ${Math.round(events / wall)} | ${cpu.toFixed(1)} | ${memory.toFixed(0)} |`);
}

function filesIn(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
