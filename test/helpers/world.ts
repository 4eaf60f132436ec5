import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll } from 'vitest';
import type { OutputPort } from '../../src/context/ports.js';
import type { Clock, Context } from '../../src/context.js';
import { run as runMain } from '../../src/main.js';

/** A Friday, far from every change of clocks. */
export const NOW = Date.parse('2026-11-20T14:00:00Z');

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands on standard input. */
  readonly stdin?: string | Buffer;
  /** What is typed where an answer is asked, or each of several answers in turn; makes standard input a terminal. */
  readonly typed?: string | readonly string[];
  /** Called with each question: `hidden` or `shown`, and its text. */
  readonly onQuestion?: (how: 'hidden' | 'shown', question: string) => void;
  /** Makes stdout and stderr terminals. */
  readonly tty?: { readonly columns: number; readonly rows?: number };
  readonly now?: number;
  /** A clock of the test's own, such as a `fastClock`; `now` is then not read. */
  readonly clock?: Clock;
  /** A folder made by `makeHome`, to keep what one run saved for the next; else each run has a fresh one. */
  readonly home?: string;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly platform?: NodeJS.Platform;
  /** Called with each chunk that is written; may throw, as a stream whose reader went away would. */
  readonly onStdout?: (chunk: string) => void;
  readonly onStderr?: (chunk: string) => void;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything that any run of this test file wrote to stdout or stderr, for the canary. */
export const transcript: string[] = [];

/** Runs a command line in this process, in a world of its own: `run("list --demo --action 'member.*'")`. */
export async function run(line: string | readonly string[], options: RunOptions = {}): Promise<Ran> {
  const home = options.home ?? (await makeHome());
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const answers = [options.typed ?? []].flat();
  const answer = (how: 'hidden' | 'shown') => async (question: string) => {
    options.onQuestion?.(how, question);
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? '';
  };
  const ctx: Context = {
    env: { AUDITLOG_CONFIG_DIR: join(home, 'config'), HOME: home, TERM: 'xterm-256color', ...options.env },
    cwd: options.cwd ?? home,
    home,
    tmp: home,
    platform: options.platform ?? 'linux',
    pid: process.pid,
    nodeVersion: process.version,
    isRunning: (pid) => pid === process.pid,
    stdin: {
      isTTY: options.typed !== undefined,
      readAll: async () => Buffer.from(options.stdin ?? ''),
      chunks: async function* () {
        yield Buffer.from(options.stdin ?? '');
      },
      readHidden: answer('hidden'),
      readShown: answer('shown'),
    },
    stdout: port(out, options.tty, options.onStdout),
    stderr: port(err, options.tty, options.onStderr),
    clock: options.clock ?? clockFrom(options.now ?? NOW),
    random: Math.random,
    signal: options.signal ?? new AbortController().signal,
  };
  const code = await runMain(typeof line === 'string' ? words(line) : line, ctx);
  const ran = { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  transcript.push(ran.stdout, ran.stderr);
  return ran;
}

function clockFrom(start: number): Clock {
  const started = performance.now();
  return {
    now: () => start + (performance.now() - started),
    monotonic: () => performance.now(),
    sleep: async (ms, signal) => {
      await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {
        throw signal?.reason;
      });
    },
  };
}

function port(chunks: Buffer[], tty: RunOptions['tty'], listen: ((chunk: string) => void) | undefined): OutputPort {
  return {
    isTTY: tty !== undefined,
    columns: () => tty?.columns ?? 0,
    rows: () => tty?.rows ?? (tty === undefined ? 0 : 40),
    write: async (chunk) => {
      const bytes = Buffer.from(chunk);
      listen?.(bytes.toString());
      chunks.push(bytes);
    },
  };
}

/** Splits a line as a shell would, for words with and without quotes. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );
}

const homes: string[] = [];

/** A fresh folder, gone after the tests of the file. */
export async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'auditlog-test-'));
  homes.push(home);
  return home;
}

afterAll(async () => {
  for (const home of homes.splice(0)) await rm(home, { recursive: true, force: true });
});

/** The root of the project. */
export const ROOT = join(import.meta.dirname, '../..');

export interface Spawned {
  readonly child: ChildProcess;
  /** What has been written so far. */
  stdout(): string;
  stderr(): string;
  /** After the process has ended and both streams are closed. */
  readonly ended: Promise<Ran & { readonly signal: NodeJS.Signals | null }>;
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  readonly home?: string;
  readonly cwd?: string;
  /** The node binary; default: the one that runs the tests. */
  readonly node?: string;
  /** A program with arguments that starts it, such as `unshare`. */
  readonly within?: readonly string[];
}

/** Starts the built program as a process of its own, with nothing of our environment but the path. */
export async function spawnCli(args: readonly string[], options: SpawnOptions = {}): Promise<Spawned> {
  const home = options.home ?? (await makeHome());
  const [program = '', ...before] = [...(options.within ?? []), options.node ?? process.execPath];
  const child = spawn(program, [...before, join(ROOT, 'bin/auditlog.js'), ...args], {
    cwd: options.cwd ?? home,
    env: { PATH: process.env.PATH, HOME: home, AUDITLOG_CONFIG_DIR: join(home, 'config'), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const stdout = () => Buffer.concat(out).toString();
  const stderr = () => Buffer.concat(err).toString();
  return {
    child,
    stdout,
    stderr,
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        transcript.push(stdout(), stderr());
        resolve({ code: code ?? -1, signal, stdout: stdout(), stderr: stderr() });
      });
    }),
  };
}

/** As `spawnCli`, and waits for the end. */
export async function runCli(args: readonly string[], options: SpawnOptions = {}): Promise<Ran> {
  const { ended } = await spawnCli(args, options);
  return ended;
}
