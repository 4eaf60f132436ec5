import { readFile } from 'node:fs/promises';
import type { Context } from '../context.js';
import type { Checkpoint } from './checkpoint.js';

type Writer = Checkpoint['writer'];

/** This process, in a way that another one with the same id later is told apart from. */
export async function writerOf(ctx: Context): Promise<Writer> {
  return { pid: ctx.pid, started: await startOf(ctx.pid) };
}

export async function isSameWriter(ctx: Context, writer: Writer): Promise<boolean> {
  return writer.pid === ctx.pid && writer.started === (await startOf(ctx.pid));
}

/** Whether that process still runs. Where the platform does not tell when a process started, its id alone decides. */
export async function isWriting(ctx: Context, writer: Writer): Promise<boolean> {
  return ctx.isRunning(writer.pid) && writer.started === (await startOf(writer.pid));
}

/** The kernel's start time of a process, in its own ticks, with the id of the boot; empty where there is no /proc, and for one that has ended but is still listed. */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name of the program, in parentheses, may hold spaces: fields are counted after it. The state is the 3rd, the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}
