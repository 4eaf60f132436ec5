import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { output } from '../engine.js';
import { freePort } from './port.js';

const execute = promisify(execFile);

/** A PostgreSQL of Debian's on loopback, with all its files in a folder of its own. */
export interface Postgres {
  /** For psql. */
  readonly url: string;
  /** What a query answers: rows by lines, columns by tabs. */
  query(statement: string): Promise<string>;
  close(): Promise<void>;
}

/** Rejects when its programs are not there. It runs as `postgres` where we are root, which it refuses to run as. */
export async function startPostgres(): Promise<Postgres> {
  const programs = (await output('pg_config', ['--bindir'])).trim();
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-postgres-'));
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    const [user, group] = [await output('id', ['-u', 'postgres']), await output('id', ['-g', 'postgres'])];
    await chown(folder, Number(user), Number(group));
  }
  await chmod(folder, 0o700);
  const run = (program: string, ...args: string[]) => {
    const line = [join(programs, program), ...args];
    return asRoot
      ? execute('runuser', ['-u', 'postgres', '--', ...line], { cwd: '/' })
      : execute(line[0]!, line.slice(1));
  };
  const port = await freePort();
  const data = join(folder, 'data');
  await run('initdb', '-D', data, '-U', 'tester', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  await run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  const url = `postgresql://tester@127.0.0.1:${port}/postgres`;
  return {
    url,
    query: (statement) => output('psql', [url, '-X', '-A', '-t', '-F', '\t', '-c', statement]),
    async close() {
      await run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
