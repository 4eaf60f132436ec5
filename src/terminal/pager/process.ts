import { spawn } from 'node:child_process';

/** A pager that runs. */
export interface PagerProcess {
  write(chunk: string | Uint8Array): Promise<void>;
  end(): Promise<void>;
}

export interface PagerHooks {
  /** Called once when the pager has ended before everything was written. */
  readonly onLeft: () => void;
  /** Where everything goes when the shell finds that there is no such pager. */
  readonly instead: (chunk: string | Uint8Array) => Promise<void>;
}

/** What a shell answers when it cannot run a command. */
const NOT_RUN: readonly (number | null)[] = [126, 127];
/** More than a pager that was never there can have been sent. */
const REMEMBERED = 1024 * 1024;

/** Runs a command line in the shell, on our terminal, with what is written as its input. */
export function openPagerProcess(command: string, env: NodeJS.ProcessEnv, hooks: PagerHooks): PagerProcess {
  const child = spawn(command, { shell: true, env, stdio: ['pipe', 'inherit', 'inherit'] });
  let sent: (string | Uint8Array)[] | undefined = [];
  let size = 0;
  let isEnding = false;
  let hasEnded = false;
  /** Whether it never ran. */
  const over = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true));
    child.once('close', (code) => resolve(NOT_RUN.includes(code)));
  }).then((neverRan) => {
    hasEnded = true;
    const isFallingBack = neverRan && sent !== undefined;
    if (!isFallingBack && !isEnding) hooks.onLeft();
    return isFallingBack;
  });
  // A broken pipe is told to whoever writes next.
  child.stdin.on('error', () => undefined);

  /** After the process has ended: writes instead where it never ran, rejects where it was left. */
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
