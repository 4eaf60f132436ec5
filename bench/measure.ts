import { type ChildProcess, fork, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one run of a command took. */
export interface Run {
  /** Seconds from start to end. */
  readonly wall: number;
  /** Processor seconds, user and system, of the command and its children. */
  readonly cpu: number;
  /** Peak resident memory of its largest process, MB; NaN where the platform does not tell. */
  readonly memory: number;
  readonly requests: number;
}

export interface Server {
  readonly base: string;
  readonly key: string;
  requests(): Promise<number>;
  traffic(): Promise<{ readonly times: readonly number[]; readonly connections: number }>;
  close(): void;
}

/** Starts bench/server.ts, bundled beside this program. */
export async function openServer(n: number, latency: number): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'server.mjs'), [String(n), String(latency)]);
  const { base, key } = (await message(child)) as { base: string; key: string };
  const ask = (what: string): Promise<unknown> => {
    const answer = message(child);
    child.send(what);
    return answer;
  };
  return {
    base,
    key,
    requests: async () => ((await ask('requests')) as { requests: number }).requests,
    traffic: async () => (await ask('traffic')) as Awaited<ReturnType<Server['traffic']>>,
    close: () => child.disconnect(),
  };
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error('the server ended')));
  });
}

/** Runs a shell command against a server and measures it. Throws when it fails. */
export async function measure(command: string, server: Server | undefined, folder: string): Promise<Run> {
  const before = (await server?.requests()) ?? 0;
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env;
  const child = spawn('bash', ['-c', `TIMEFORMAT='@%R %U %S'; set -o pipefail; time { ${command}\n}`], {
    cwd: folder,
    env: {
      ...env,
      HOME: folder,
      AUDITLOG_CONFIG_DIR: join(folder, 'config'),
      AUDITLOG_API_KEY: server?.key ?? '',
      AUDITLOG_BASE_URL: server?.base ?? '',
      KEY: server?.key ?? '',
      BASE: server?.base ?? '',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let memory = Number.NaN;
  const watch = setInterval(() => {
    memory = Math.max(Number.isNaN(memory) ? 0 : memory, peakOf(child.pid as number));
  }, 20);
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  clearInterval(watch);
  const times = /@([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(errors);
  if (code !== 0 || times === null) throw new Error(`${command}\nended with ${code}\n${errors.slice(-2000)}`);
  const [wall, user, system] = times.slice(1).map(Number) as [number, number, number];
  return { wall, cpu: user + system, memory, requests: ((await server?.requests()) ?? 0) - before };
}

/** The highest peak among a process's descendants, MB, from the kernel's own high-water mark. */
function peakOf(root: number): number {
  try {
    const parents = new Map<number, number>();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = textOf(`/proc/${name}/stat`);
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    }
    let peak = 0;
    for (const pid of parents.keys()) {
      let up: number | undefined = pid;
      while (up !== undefined && up !== root && up > 1) up = parents.get(up);
      if (up !== root || pid === root) continue;
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1024);
    }
    return peak;
  } catch {
    return Number.NaN;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Runs each of the contenders in turn, `rounds` times over, and gives the medians. */
export async function race<Name extends string>(
  contenders: Readonly<Record<Name, string>>,
  server: Server | undefined,
  folder: string,
  rounds: number,
): Promise<Record<Name, Run>> {
  const runs = new Map<Name, Run[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, command] of Object.entries(contenders) as [Name, string][]) {
      const run = await measure(command, server, folder);
      runs.set(name, [...(runs.get(name) ?? []), run]);
      process.stderr.write(
        `${name.padEnd(44)} ${run.wall.toFixed(2)} s, ${run.cpu.toFixed(2)} s of processor, ${run.memory.toFixed(0)} MB, ${run.requests} requests\n`,
      );
    }
  }
  const medians = [...runs].map(([name, own]) => [
    name,
    {
      wall: median(own.map(({ wall }) => wall)),
      cpu: median(own.map(({ cpu }) => cpu)),
      memory: median(own.map(({ memory }) => memory)),
      requests: median(own.map(({ requests }) => requests)),
    },
  ]);
  return Object.fromEntries(medians) as Record<Name, Run>;
}
