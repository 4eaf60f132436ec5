import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { signS3 } from '../../../src/http/sign.js';

const execute = promisify(execFile);

/** A Ceph of one node on loopback, all in memory and in a folder of its own, with its gateway for the protocol of S3. */
export interface Ceph {
  /** Such as `http://127.0.0.1:7480`. */
  readonly endpoint: string;
  /** What a client needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The same for somebody who may read and not write. */
  readonly reader: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
  /** Sends one signed request of no library's making. */
  ask(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: Buffer): Promise<Buffer>;
  /** The keys of a bucket, in order. */
  keys(bucket: string, prefix: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const KEYS = { accessKeyId: 'AKTEST', secretAccessKey: 'SKTEST-of-the-test', sessionToken: undefined };
const READER = { AWS_ACCESS_KEY_ID: 'AKREADER', AWS_SECRET_ACCESS_KEY: 'SKREADER-of-the-test' };

export async function startCeph(): Promise<Ceph> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-ceph-'));
  for (const name of ['mon', 'osd', 'run', 'log']) await mkdir(join(folder, name));
  const [monitor, gateway] = [await freePort(), await freePort()];
  const fsid = randomUUID();
  await writeFile(join(folder, 'ceph.conf'), configuration(folder, fsid, monitor, gateway));
  const children: ChildProcess[] = [];
  const conf = ['-c', join(folder, 'ceph.conf')];
  const run = (program: string, ...args: string[]) => execute(program, args, { cwd: folder, timeout: 60_000 });
  const start = (program: string, ...args: string[]) => {
    children.push(spawn(program, [...conf, ...args, '-f'], { cwd: folder, stdio: 'ignore' }));
  };
  const close = async () => {
    for (const child of children.reverse()) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || !child.kill('SIGKILL')) continue;
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const map = join(folder, 'mon.map');
    await run('monmaptool', '--create', '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, '--fsid', fsid, map);
    await run('ceph-mon', ...conf, '--mkfs', '-i', 'a', '--monmap', map);
    start('ceph-mon', '-i', 'a');
    await run('ceph', ...conf, 'osd', 'create');
    await run('ceph-osd', ...conf, '-i', '0', '--mkfs');
    start('ceph-osd', '-i', '0');
    await until('the object store', async () => (await run('ceph', ...conf, 'osd', 'stat')).stdout.includes('1 up'));
    start('radosgw', '-n', 'client.rgw.a');
    const endpoint = `http://127.0.0.1:${gateway}`;
    await until(`the gateway at ${endpoint}`, async () => (await fetch(endpoint)).ok);
    const user = (uid: string, access: string, secret: string) =>
      run(
        'radosgw-admin',
        ...conf,
        'user',
        'create',
        '--uid',
        uid,
        '--display-name',
        uid,
        '--access-key',
        access,
        '--secret-key',
        secret,
      );
    await user('owner', KEYS.accessKeyId, KEYS.secretAccessKey);
    await user('reader', READER.AWS_ACCESS_KEY_ID, READER.AWS_SECRET_ACCESS_KEY);
    return { ...client(endpoint), endpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function client(endpoint: string): Omit<Ceph, 'endpoint' | 'close'> {
  const ask = async (method: 'GET' | 'PUT' | 'DELETE', path: string, body?: Buffer): Promise<Buffer> => {
    const url = new URL(path, endpoint);
    const headers = await signS3({ method, url, body }, KEYS, 'us-east-1', Date.now());
    const response = await fetch(url, { method, headers, ...(body && { body: new Uint8Array(body) }) });
    const answer = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.toString()}`);
    return answer;
  };
  return {
    env: { AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey },
    reader: READER,
    ask,
    makeBucket: async (name) => {
      await ask('PUT', `/${name}`);
    },
    keys: async (bucket, prefix) => {
      const keys: string[] = [];
      for (let after = ''; ; after = keys.at(-1) ?? '') {
        const query = `list-type=2&prefix=${encodeURIComponent(prefix)}&start-after=${encodeURIComponent(after)}`;
        const page = (await ask('GET', `/${bucket}?${query}`)).toString();
        keys.push(...[...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key));
        if (!page.includes('<IsTruncated>true')) return keys;
      }
    },
  };
}

async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 90_000; Date.now() < end; await delay(250)) if (await is().catch(() => false)) return;
  throw new Error(`${what} did not start`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function configuration(folder: string, fsid: string, monitor: number, gateway: number): string {
  return `[global]
fsid = ${fsid}
auth cluster required = none
auth service required = none
auth client required = none
mon host = [v1:127.0.0.1:${monitor}]
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon osd min in ratio = 0
mon data avail warn = 1
mon data avail crit = 1
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
log file = ${folder}/log/$name.log
mon data = ${folder}/mon
osd data = ${folder}/osd
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:${gateway}
`;
}
