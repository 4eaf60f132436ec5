import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A clickhouse-server of Debian's on loopback, with all its files in a folder of its own. */
export interface ClickHouseServer {
  readonly port: number;
  readonly tcpPort: number;
  /** Such as `clickhouse+http://127.0.0.1:8123`. */
  readonly url: string;
  /** What a query answers; rejects with the server's own words. */
  query(statement: string): Promise<string>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** Gives the user `default` no password, and `loader` the one named. */
export async function startClickHouse({ password = 'pass word ü' } = {}): Promise<ClickHouseServer> {
  const folder = await mkdtemp(join(tmpdir(), 'auditlog-clickhouse-'));
  const [port, tcpPort, interserver] = [await freePort(), await freePort(), await freePort()];
  for (const name of ['log', 'data', 'tmp', 'user_files', 'format_schemas']) await mkdir(join(folder, name));
  await writeFile(join(folder, 'config.xml'), configuration(folder, { port, tcpPort, interserver }));
  await writeFile(join(folder, 'users.xml'), users(password));
  let child: ChildProcess | undefined;

  const query = async (statement: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: statement });
    const text = await response.text();
    if (response.status !== 200) throw new Error(text);
    return text;
  };
  const start = async (): Promise<void> => {
    const args = [`--config-file=${join(folder, 'config.xml')}`];
    child = spawn('clickhouse-server', args, { cwd: folder, stdio: 'ignore' });
    for (let waited = 0; waited < 60_000; waited += 100) {
      if (child.exitCode !== null) break;
      if ((await query('SELECT 1').catch(() => '')) === '1\n') return;
      await delay(100);
    }
    throw new Error(`clickhouse-server did not start: see ${folder}/log`);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  await start();
  return {
    port,
    tcpPort,
    url: `clickhouse+http://127.0.0.1:${port}`,
    query,
    start,
    kill: () => end('SIGKILL'),
    close: async () => {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Ports {
  readonly port: number;
  readonly tcpPort: number;
  readonly interserver: number;
}

/** Two clusters to try what stands in the docs on: one shard, which is this server itself. */
function configuration(folder: string, { port, tcpPort, interserver }: Ports): string {
  return `<yandex>
  <logger><level>warning</level><log>${folder}/log/s.log</log><errorlog>${folder}/log/e.log</errorlog></logger>
  <http_port>${port}</http_port><tcp_port>${tcpPort}</tcp_port><interserver_http_port>${interserver}</interserver_http_port>
  <listen_host>127.0.0.1</listen_host>
  <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path>
  <user_files_path>${folder}/user_files/</user_files_path><format_schema_path>${folder}/format_schemas/</format_schema_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>268435456</mark_cache_size>
  <remote_servers><here><shard><replica><host>127.0.0.1</host><port>${tcpPort}</port></replica></shard></here></remote_servers>
</yandex>`;
}

function users(password: string): string {
  const quota =
    '<interval><duration>3600</duration><queries>0</queries><errors>0</errors><result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time></interval>';
  const user = (name: string, secret: string, profile: string) =>
    `<${name}><password>${secret}</password><networks><ip>127.0.0.1</ip></networks><profile>${profile}</profile><quota>default</quota></${name}>`;
  return `<yandex>
  <profiles>
    <default><max_memory_usage>4000000000</max_memory_usage></default>
    <careless><input_format_allow_errors_num>1000</input_format_allow_errors_num></careless>
    <reader><readonly>1</readonly></reader>
  </profiles>
  <users>${user('default', '', 'default')}${user('loader', password, 'default')}${user('reader', '', 'reader')}${user('careless', '', 'careless')}</users>
  <quotas><default>${quota}</default></quotas>
</yandex>`;
}
