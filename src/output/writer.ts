import { readFile } from 'node:fs/promises';
import type { Context } from '../context.js';
import { isNumber, isText, objectOf } from '../json/is.js';

/** A process that writes. `started` is '' where the platform does not tell when processes start. */
export interface Writer {
  readonly pid: number;
  readonly started: string;
}

export const isWriter = objectOf({ pid: isNumber, started: isText });

/** This process; another one with the same id later is not equal. */
export async function writerOf(ctx: Context): Promise<Writer> {
  return { pid: ctx.pid, started: await startOf(ctx.pid) };
}

export async function isSameWriter(ctx: Context, writer: Writer): Promise<boolean> {
  return writer.pid === ctx.pid && writer.started === (await startOf(ctx.pid));
}

/** Whether that process still runs. Without start times its id decides. */
export async function isWriting(ctx: Context, writer: Writer): Promise<boolean> {
  return ctx.isRunning(writer.pid) && writer.started === (await startOf(writer.pid));
}

/** The start time of a process in the kernel's ticks, with the id of the boot; '' without /proc, and for a zombie. */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The program's name, in parentheses, may have spaces: count after it. The state is the 3rd field, the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}
