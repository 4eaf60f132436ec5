import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest ClickHouse that there is as a package, behind its HTTP interface, in a process of its own. */
export interface Chdb {
  /** Such as `clickhouse+http://127.0.0.1:8123`. */
  readonly url: string;
  query(statement: string): Promise<string>;
  close(): Promise<void>;
}

/** Whether the package is where $AUDITLOG_CHDB, a node_modules folder, says. */
export function hasChdb(): boolean {
  const folder = process.env.AUDITLOG_CHDB ?? '';
  return folder !== '' && existsSync(join(folder, 'chdb'));
}

const SERVER = 'test/engines/start/chdbserver.mjs';

export async function startChdb(): Promise<Chdb> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-chdb-'));
  const child = fork(SERVER, [folder], { silent: true });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString())));
    child.once('exit', () => reject(new Error('chdb did not start')));
  });
  return {
    url: `clickhouse+http://127.0.0.1:${port}`,
    async query(statement) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: statement });
      const text = await response.text();
      if (response.status !== 200) throw new Error(text);
      return text;
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
