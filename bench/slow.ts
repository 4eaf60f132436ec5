import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openServer } from './measure.js';

/** How an export behaves on a slow line to a server that limits requests. */
export interface SlowRun {
  readonly seconds: number;
  /** Processor seconds for each second, %. */
  readonly processor: number;
  readonly requests: number;
  /** The most requests in any 60 s. */
  readonly most: number;
  /** The most in any 60 s once the burst of the beginning was over a minute ago. */
  readonly steady: number;
  readonly connections: number;
  /** The largest error of the time left that was told after the first minute, % of the time that was really left; only while 20 s or more were. */
  readonly worst: number;
}

/** Runs one on a terminal of its own (util-linux's `script`), with the rate that is the default, and watches the line that tells the time left. */
export async function slowLink(entries: number, latency: number, folder: string): Promise<SlowRun> {
  const server = await openServer(entries, latency);
  try {
    const program = `${process.execPath} ${join(process.cwd(), 'bin', 'auditlog.js')} export -o slow.ndjson --force`;
    const { NODE_EXTRA_CA_CERTS: _, CI: __, ...env } = process.env;
    const began = performance.now();
    const child = spawn('script', ['-qfec', `bash -c 'stty cols 120; time ${program}'`, '/dev/null'], {
      cwd: folder,
      env: {
        ...env,
        TERM: 'xterm',
        HOME: folder,
        AUDITLOG_CONFIG_DIR: join(folder, 'config'),
        AUDITLOG_API_KEY: server.key,
        AUDITLOG_BASE_URL: server.base,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told: { readonly at: number; readonly left: number }[] = [];
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      text += data.toString();
      for (const match of data.toString().matchAll(/about (?:(\d+)m )?(\d+)s left/g))
        told.push({ at: performance.now() - began, left: 60 * Number(match[1] ?? 0) + Number(match[2]) });
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    const seconds = (performance.now() - began) / 1000;
    const [, user = Number.NaN] = /user\s+0m([\d.]+)s/.exec(text)?.map(Number) ?? [];
    const [, system = Number.NaN] = /sys\s+0m([\d.]+)s/.exec(text)?.map(Number) ?? [];
    if (code !== 0 || told.length === 0) throw new Error(`ended with ${code}\n${text.slice(-1000)}`);
    const { times, connections } = await server.traffic();
    const judged = told
      .map(({ at, left }) => ({ at, left, real: seconds - at / 1000 }))
      .filter(({ at, real }) => at > 60_000 && real >= 20);
    return {
      seconds,
      processor: (100 * (user + system)) / seconds,
      requests: times.length,
      most: mostInAMinute(times),
      steady: mostInAMinute(times.filter((time) => time - (times[0] as number) > 60_000)),
      connections,
      worst: Math.max(...judged.map(({ left, real }) => (100 * Math.abs(left - real)) / real)),
    };
  } finally {
    server.close();
  }
}

function mostInAMinute(times: readonly number[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] as number) - (times[first] as number) >= 60_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
