import { setMaxListeners } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { type InputPort, inputPort, type OutputPort, outputPort } from './context/ports.js';

/** A clock. A test's may run faster than the wall's. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Milliseconds from a fixed point, never going back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects at once with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The outside world as one value. Only `realContext` makes a real one; tests make others. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly tmp: string;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** Our user id; undefined where the system has no user ids. */
  readonly uid?: number | undefined;
  readonly nodeVersion: string;
  /** The path of node. */
  readonly execPath?: string;
  /** Whether a process with this id runs now. */
  readonly isRunning: (pid: number) => boolean;
  /** Keeps the young part of the heap small, for long runs: this saves memory and costs time where many objects are made. */
  readonly keepHeapSmall?: () => void;
  /**
   * Call it before the HTTP client is loaded. V8 would compile its WebAssembly parser a second time for speed. That makes no run faster, and a short
   * one a fifth slower, because Node waits for the compiler before it ends.
   */
  readonly compileOnce?: () => void;
  readonly stdin: InputPort;
  readonly stdout: OutputPort;
  readonly stderr: OutputPort;
  readonly clock: Clock;
  /** Calls `run` every `ms` until the returned function is called. Does not keep the process alive. */
  readonly every?: (ms: number, run: () => void) => () => void;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborts on Ctrl-C, SIGTERM or SIGHUP; its reason is a `Stopped`. */
  readonly signal: AbortSignal;
  /** Hides this text in stderr from now on, in any form. */
  readonly keepSecret?: (secret: string) => void;
  /** Removes all known secrets from a text that is not an event, also for stdout. */
  readonly scrub?: (text: string) => string;
  /** Calls `clean`, which must be synchronous, if the process ends before the returned function is called. */
  readonly atExit?: (clean: () => void) => () => void;
  /** Leaves Ctrl-C to another program on our terminal, such as a pager, until the returned function is called. */
  readonly lendTerminal?: () => () => void;
}

/** The variables whose whole value is a secret. */
export const SECRET_VARIABLES = [
  ...['AUDITLOG_API_KEY', 'AUDITLOG_DEST_SECRET'],
  ...['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
] as const;

/** The reason of a stopped run. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly by: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
  constructor(by: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`stopped by ${by}`);
    this.by = by;
  }
}

/** The world of `bin/auditlog.js`. A second Ctrl-C ends the process at once. */
export function realContext(): Context {
  // Secrets leave the environment of the process, because loaded code does not need them.
  const env = { ...process.env };
  for (const name of SECRET_VARIABLES) delete process.env[name];
  const { signal, lendTerminal } = stops();
  return {
    env,
    cwd: currentFolder(),
    home: homeFolder(),
    tmp: tmpdir(),
    platform: process.platform,
    pid: process.pid,
    uid: process.getuid?.(),
    nodeVersion: process.version,
    execPath: process.execPath,
    isRunning,
    compileOnce: () => setFlagsFromString('--liftoff-only'),
    keepHeapSmall: () => setFlagsFromString('--semi-space-growth-factor=1'),
    stdin: inputPort(() => process.stdin, signal, {
      write: (text) => process.stderr.write(text),
      interrupt: () => process.emit('SIGINT'),
    }),
    stdout: outputPort(1, () => process.stdout, signal),
    stderr: outputPort(2, () => process.stderr, signal),
    clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep },
    every: (ms, run) => {
      const timer = setInterval(run, ms).unref();
      return () => clearInterval(timer);
    },
    random: Math.random,
    atExit: (clean) => {
      process.on('exit', clean);
      return () => process.off('exit', clean);
    },
    signal,
    lendTerminal,
  };
}

/** The root folder if there is no home: no HOME, and no entry for our id, as in containers with ids of their own. */
function homeFolder(): string {
  try {
    const home = homedir();
    if (isAbsolute(home)) return home;
  } catch {
    // No entry.
  }
  // Libraries ask for it, too.
  process.env.HOME = '/';
  return '/';
}

/** A current folder that was deleted keeps its name, so that writing to it fails like writing to any missing folder. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env.PWD || '/';
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

function stops(): { readonly signal: AbortSignal; readonly lendTerminal: () => () => void } {
  const controller = new AbortController();
  // Every request and every wait listens to it; node would warn about the eleventh.
  setMaxListeners(0, controller.signal);
  let interrupts = 0;
  let borrowers = 0;
  process.on('SIGINT', () => {
    if (borrowers > 0) return;
    interrupts += 1;
    if (interrupts > 1) process.exit(130);
    controller.abort(new Stopped('SIGINT'));
  });
  process.on('SIGTERM', () => controller.abort(new Stopped('SIGTERM')));
  process.on('SIGHUP', () => controller.abort(new Stopped('SIGHUP')));
  return {
    signal: controller.signal,
    lendTerminal: () => {
      borrowers += 1;
      return () => {
        borrowers -= 1;
      };
    },
  };
}
