import { spawn } from 'node:child_process';

/** A running pager. */
export interface PagerProcess {
  write(chunk: string | Uint8Array): Promise<void>;
  end(): Promise<void>;
}

export interface PagerHooks {
  /** Called once when the pager ends before everything was written. */
  readonly onLeft: () => void;
  /** Takes everything if the shell finds no such pager. */
  readonly instead: (chunk: string | Uint8Array) => Promise<void>;
}

/** The exit codes of a shell that cannot run a command. */
const NOT_RUN: readonly (number | null)[] = [126, 127];
/** Bytes; more than can be sent to a pager that never started. */
const REMEMBERED = 1024 * 1024;

/** Runs a command line in the shell, on our terminal. */
export function openPagerProcess(command: string, env: NodeJS.ProcessEnv, hooks: PagerHooks): PagerProcess {
  const child = spawn(command, { shell: true, env, stdio: ['pipe', 'inherit', 'inherit'] });
  let sent: (string | Uint8Array)[] | undefined = [];
  let size = 0;
  let isEnding = false;
  let hasEnded = false;
  /** Resolves at its end to whether it never started, so that everything can be written elsewhere. */
  const over = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true));
    child.once('close', (code) => resolve(NOT_RUN.includes(code)));
  }).then((neverRan) => {
    hasEnded = true;
    const isFallingBack = neverRan && sent !== undefined;
    if (!isFallingBack && !isEnding) hooks.onLeft();
    return isFallingBack;
  });
  // The next write reports a broken pipe.
  child.stdin.on('error', () => undefined);

  /** After its end: writes elsewhere if it never started, else rejects. */
  const afterwards = async (chunk?: string | Uint8Array): Promise<void> => {
    if (!(await over)) throw Object.assign(new Error('the pager was left'), { code: 'EPIPE' });
    const missed = sent ?? [];
    sent = [];
    for (const one of chunk === undefined ? missed : [...missed, chunk]) await hooks.instead(one);
  };

  return {
    write: async (chunk) => {
      if (hasEnded) return afterwards(chunk);
      try {
        await new Promise<void>((resolve, reject) => {
          child.stdin.write(chunk, (error) => (error ? reject(error) : resolve()));
        });
      } catch {
        return afterwards(chunk);
      }
      size += chunk.length;
      if (size > REMEMBERED) sent = undefined;
      sent?.push(chunk);
    },
    end: async () => {
      isEnding = true;
      child.stdin.end();
      if (await over) await afterwards();
    },
  };
}
