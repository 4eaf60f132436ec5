import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { childEnv } from '../../context/children.js';
import type { Context } from '../../context.js';
import type { PagerProcess } from './process.js';

/** Standard output, for a result that may be longer than the screen. */
export interface Pager {
  /** Aborts when the user quits the pager: no more output is needed. */
  readonly closed: AbortSignal;
  /** Resolves when more may be written. Rejects with the code EPIPE after the user quit the pager. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Resolves when everything is written and the user has quit the pager, if there is one. Never rejects for that. */
  end(): Promise<void>;
}

/** Lines of a terminal with an unknown height. */
const USUAL_HEIGHT = 24;

/**
 * Writes to standard output if everything fits on the screen, or if it is not a terminal; otherwise to the user's pager: `AUDITLOG_PAGER`, else
 * `PAGER`, else less. No pager is used if that is empty, `cat`, or not found.
 */
export function openPager(ctx: Context): Pager {
  const { stdout } = ctx;
  const closed = new AbortController();
  const screen = (stdout.rows() || USUAL_HEIGHT) - 1;
  let held: (string | Uint8Array)[] = [];
  let lines = 0;
  let paging: PagerProcess | undefined;
  let isFlowing = !stdout.isTTY;
  let giveBack: (() => void) | undefined;
  const takeBack = (): void => {
    giveBack?.();
    giveBack = undefined;
  };

  const send = (chunk: string | Uint8Array) => (paging === undefined ? stdout.write(chunk) : paging.write(chunk));
  const release = async (): Promise<void> => {
    isFlowing = true;
    const chunks = held;
    held = [];
    for (const chunk of chunks) await send(chunk);
  };
  return {
    closed: closed.signal,
    write: async (chunk) => {
      if (isFlowing) return send(chunk);
      held.push(chunk);
      lines += lineEnds(chunk);
      if (lines <= screen) return;
      paging = await startPager(ctx, () => {
        takeBack();
        closed.abort();
      });
      // Ctrl-C is the pager's while it runs.
      if (paging !== undefined && !closed.signal.aborted) giveBack = ctx.lendTerminal?.();
      await release();
    },
    end: async () => {
      if (!isFlowing) await release();
      await paging?.end();
      takeBack();
    },
  };
}

function lineEnds(chunk: string | Uint8Array): number {
  return Buffer.from(chunk).toString('latin1').split('\n').length - 1;
}

async function startPager(ctx: Context, onLeft: () => void): Promise<PagerProcess | undefined> {
  const command = pagerCommand(ctx.env);
  if (command === '' || command === 'cat' || !(await isThere(command, ctx))) return undefined;
  const { openPagerProcess } = await import('./process.js');
  return openPagerProcess(command, pagerEnv(ctx.env), { onLeft, instead: ctx.stdout.write });
}

export function pagerCommand(env: Context['env']): string {
  return (env.AUDITLOG_PAGER ?? env.PAGER ?? 'less').trim();
}

/** The variables of pagers. */
const PAGERS = /^(?:LESS[A-Z_]*|LV|MORE|MOST_[A-Z]+|BAT_[A-Z_]+|DELTA_[A-Z]+|PAGER|MANPAGER)$/;

/** The environment of the pager: the variables that it needs, and options for less and lv to show colours and to quit if one screen is enough. */
export function pagerEnv(env: Context['env']): NodeJS.ProcessEnv {
  return { LESS: 'FRX', LV: '-c', ...childEnv(env, PAGERS) };
}

/** Whether the program of a command line exists. A line of shell syntax is left to the shell. */
async function isThere(command: string, { env, platform }: Context): Promise<boolean> {
  if (/[^\w\s./:\\=,@%+-]/.test(command)) return true;
  const program = command.split(/\s+/)[0] ?? '';
  const endings = platform === 'win32' ? ['', ...(env.PATHEXT ?? '.EXE;.CMD;.BAT;.COM').split(';')] : [''];
  const folders = /[/\\]/.test(program) ? [''] : (env.PATH ?? env.Path ?? '').split(delimiter);
  for (const folder of folders) {
    for (const ending of endings) if (await isExecutable(join(folder, program + ending))) return true;
  }
  return false;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
