import { setMaxListeners } from 'node:events';
import { homedir, tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { wasClosed } from './context/closed.js';

/** Time as the program knows it. A test's clock may run faster than the wall's. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Milliseconds from some fixed point, never going back. */
  monotonic(): number;
  /** Resolves after `ms`; rejects at once with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Where text or bytes go. */
export interface OutputPort {
  readonly isTTY: boolean;
  /** Whether it was closed when the program started, so that nothing that is written arrives anywhere. Told where the platform tells it. */
  readonly wasClosed?: () => boolean;
  /** Current width in cells; 0 when unknown. */
  columns(): number;
  /** Current height in lines; 0 when unknown. */
  rows(): number;
  /** Resolves when the chunk is out of our hands. Rejects with the stream's error, such as EPIPE, from then on; with the signal's reason when the reader does not take it soon after a stop. */
  write(chunk: string | Uint8Array): Promise<void>;
}

export interface InputPort {
  readonly isTTY: boolean;
  /** Everything until the end, at most `maxBytes`. */
  readAll(maxBytes: number): Promise<Buffer>;
  /** Everything, as it comes; to be iterated once. Rejects with the signal's reason when the run is told to stop. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Asks on the terminal without showing what is typed. */
  readHidden(prompt: string): Promise<string>;
}

/** The outside world as one value. `realContext` is the only maker of a real one; tests make their own. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly tmp: string;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  /** Our user id, to tell our files from others'; undefined where there is none. */
  readonly uid?: number | undefined;
  readonly nodeVersion: string;
  /** Where node itself is. */
  readonly execPath?: string;
  /** Whether a process with this id runs now. */
  readonly isRunning: (pid: number) => boolean;
  /**
   * For runs that may be long: the young part of the heap stays small, and so does the process. Where many objects are made it costs
   * time to save memory; where hardly any are, none.
   */
  readonly keepHeapSmall?: () => void;
  /**
   * Before the HTTP client is loaded: its parser is WebAssembly, which V8 would compile a second time, for speed, while it runs. No run is
   * faster for it, and a short one takes a fifth longer, because Node does not end before that is done.
   */
  readonly compileOnce?: () => void;
  readonly stdin: InputPort;
  readonly stdout: OutputPort;
  readonly stderr: OutputPort;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Aborts on Ctrl-C, SIGTERM or SIGHUP; its reason is a `Stopped`. */
  readonly signal: AbortSignal;
  /** From now on this text is never written to stderr, in whatever form. */
  readonly keepSecret?: (secret: string) => void;
  /** Leaves Ctrl-C to another program on our terminal, such as a pager, until the function it gives is called. */
  readonly lendTerminal?: () => () => void;
}

/** Why a run was told to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly by: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
  constructor(by: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`stopped by ${by}`);
    this.by = by;
  }
}

/** The world that `bin/auditlog.js` lives in. A second Ctrl-C ends the process at once. */
export function realContext(): Context {
  // Secrets are taken out of the environment, so that no child process (a pager) gets them.
  const env = { ...process.env };
  delete process.env.AUDITLOG_API_KEY;
  delete process.env.AUDITLOG_DEST_SECRET;
  const { signal, lendTerminal } = stops();
  return {
    env,
    cwd: currentFolder(),
    home: homedir(),
    tmp: tmpdir(),
    platform: process.platform,
    pid: process.pid,
    uid: process.getuid?.(),
    nodeVersion: process.version,
    execPath: process.execPath,
    isRunning,
    compileOnce: () => setFlagsFromString('--liftoff-only'),
    keepHeapSmall: () => setFlagsFromString('--semi-space-growth-factor=1'),
    stdin: inputPort(() => process.stdin, signal),
    stdout: outputPort(1, () => process.stdout, signal),
    stderr: outputPort(2, () => process.stderr, signal),
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms, signal) => sleepUntil(ms, signal),
    },
    random: Math.random,
    signal,
    lendTerminal,
  };
}

/** Where we are; a folder that was removed meanwhile keeps its name, so that what is written there fails as in any folder that is not there. */
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

async function sleepUntil(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

function stops(): { readonly signal: AbortSignal; readonly lendTerminal: () => () => void } {
  const controller = new AbortController();
  // Every request and every wait listens to it; node would warn of the eleventh.
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

/** How long a write that waits for a slow reader may still take after the run was told to stop, ms. */
const GRACE = 1000;

/** `open` makes the stream at its first use: making one costs start-up time. */
function outputPort(descriptor: number, open: () => NodeJS.WriteStream, signal: AbortSignal): OutputPort {
  let stream: NodeJS.WriteStream | undefined;
  let failure: Error | undefined;
  const opened = () => {
    if (stream === undefined) {
      stream = open();
      // Without a listener the error of a write that nobody waits for would end the process.
      stream.on('error', (error: Error) => {
        failure ??= error;
      });
    }
    return stream;
  };
  return {
    get isTTY() {
      return opened().isTTY === true;
    },
    columns: () => opened().columns ?? 0,
    rows: () => opened().rows ?? 0,
    wasClosed: () => wasClosed(descriptor),
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        const giveUp = () => setTimeout(() => reject(signal.reason), GRACE).unref();
        if (signal.aborted) giveUp();
        else signal.addEventListener('abort', giveUp, { once: true });
        opened().write(chunk, (error) => {
          signal.removeEventListener('abort', giveUp);
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}

function inputPort(open: () => NodeJS.ReadStream, signal: AbortSignal): InputPort {
  return {
    get isTTY() {
      return open().isTTY === true;
    },
    readAll: async (maxBytes) => {
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of open()) {
        const bytes = Buffer.from(chunk);
        size += bytes.length;
        if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes on standard input`);
        chunks.push(bytes);
      }
      return Buffer.concat(chunks);
    },
    chunks: async function* () {
      const stream = open();
      const stop = () => stream.destroy(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        for await (const chunk of stream) yield Buffer.from(chunk);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    readHidden: async (prompt) => {
      const { readHidden } = await import('./context/hidden.js');
      return readHidden(prompt, {
        input: open(),
        write: (text) => process.stderr.write(text),
        interrupt: () => process.emit('SIGINT'),
        signal,
      });
    },
  };
}
