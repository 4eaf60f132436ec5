import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeHome, ROOT } from '../helpers/world.js';

/** The built program; another copy of it where the environment names one. */
export const PROGRAM = process.env.AUDITLOG_TEST_PROGRAM ?? join(ROOT, 'bin/auditlog.js');

/** Where a server answers, and with which key. */
export interface Answering {
  readonly base: URL;
  readonly key: string;
}

/** A folder of its own with an environment in which the program asks one server, as fast as it can. */
export interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What is in the folder besides the program's own settings, sorted. */
  files(): Promise<readonly string[]>;
}

export async function makePlace(server: Answering, env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const folder = await makeHome();
  return {
    folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AUDITLOG_CONFIG_DIR: join(folder, '.config'),
      AUDITLOG_BASE_URL: server.base.href,
      AUDITLOG_API_KEY: server.key,
      NODE: process.execPath,
      PROGRAM,
      ...env,
    },
    files: async () => (await readdir(folder)).filter((name) => name !== '.config').sort(),
  };
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** What has been written so far. */
  stdout(): Buffer;
  stderr(): string;
  readonly ended: Promise<Ended>;
  /** Resolves once `holds`, which is asked whenever something is written; rejects when the process ends before. */
  until(holds: (so: { readonly stdout: Buffer; readonly stderr: string }) => boolean): Promise<void>;
}

/** Starts the program itself: signals reach it and nothing else. `within`: a program that starts it. */
export function start(
  place: Place,
  args: readonly string[],
  { within = [], ...options }: SpawnOptions & { readonly within?: readonly string[] } = {},
): Running {
  const [program = '', ...before] = [...within, process.execPath, PROGRAM];
  return watch(spawn(program, [...before, ...args], { ...settings(place), ...options }));
}

export function run(place: Place, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  return start(place, args, options).ended;
}

/** Runs a line of bash in which `auditlog` is the program. */
export function shell(place: Place, script: string, options: SpawnOptions = {}): Promise<Ended> {
  const whole = `auditlog() { "$NODE" "$PROGRAM" "$@"; }\n${script}`;
  return watch(spawn('bash', ['-c', whole], { ...settings(place), ...options })).ended;
}

function settings(place: Place): SpawnOptions {
  return { cwd: place.folder, env: place.env, stdio: ['ignore', 'pipe', 'pipe'] };
}

function watch(child: ChildProcess): Running {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  const stdout = () => Buffer.concat(out);
  const stderr = () => Buffer.concat(err).toString();
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout: stdout(), stderr: stderr() }));
  });
  return {
    child,
    stdout,
    stderr,
    ended,
    until: (holds) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (holds({ stdout: stdout(), stderr: stderr() })) resolve();
        };
        child.stdout?.on('data', look);
        child.stderr?.on('data', look);
        child.on('close', () => reject(new Error(`it ended before: ${stderr()}`)));
        look();
      }),
  };
}
