import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Context } from '../context.js';
import { type Is, isNumber, isText, objectOf } from '../json/is.js';

/** The parts of the world that locks need. */
export type LockWorld = Pick<Context, 'pid' | 'uid' | 'isRunning' | 'random' | 'clock' | 'signal' | 'every'>;

/** A process, distinguishable from every other on any host, in any container and after any restart. */
export interface Holder {
  readonly pid: number;
  /** The kernel's start time of the process, with the id of the boot; empty where the platform has none. */
  readonly started: string;
  /** The scope of `pid`: the kernel's boot and PID namespace, or the host. Locks of earlier versions have none. */
  readonly space?: string;
  readonly host?: string;
  readonly uid?: number;
  readonly token?: number;
}

const isHolder: Is<Holder> = objectOf(
  { pid: isNumber, started: isText },
  { space: isText, host: isText, uid: isNumber, token: isNumber },
);

/** This process, as the text of a lock. Two calls give different texts. */
export async function writeHolder(ctx: LockWorld): Promise<string> {
  const [started, space] = await Promise.all([startOf(ctx.pid), pidSpace()]);
  const uid = ctx.uid === undefined ? {} : { uid: ctx.uid };
  const holder = { pid: ctx.pid, started, space, host: hostname(), ...uid, token: Math.floor(ctx.random() * 1e15) };
  return JSON.stringify({ ...holder, check: checkOf(holder) });
}

/** Undefined if the text is not a complete lock. */
export function readHolder(text: string): Holder | undefined {
  try {
    const { check, ...holder }: Record<string, unknown> = JSON.parse(text);
    if (!isHolder(holder)) return undefined;
    return holder.space === undefined || check === checkOf(holder) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** A damaged lock must not keep everybody waiting for a process that never existed. */
function checkOf(holder: Holder): string {
  return createHash('sha256').update(JSON.stringify(holder)).digest('hex').slice(0, 16);
}

/** Whether the process still runs; undefined if it is in another container or on another host, where its id means nothing here. */
export async function isAlive(ctx: LockWorld, holder: Holder): Promise<boolean | undefined> {
  if (holder.space !== undefined && holder.space !== (await pidSpace())) return undefined;
  return ctx.isRunning(holder.pid) && holder.started === (await startOf(holder.pid));
}

/** For messages: `process 12`, `process 12 of user 1000`, `process 12 on web-1`. */
export async function nameOf(ctx: LockWorld, { pid, space, host, uid }: Holder): Promise<string> {
  const user = uid === undefined || uid === ctx.uid ? '' : ` of user ${uid}`;
  const isHere = space === undefined || space === (await pidSpace());
  if (isHere) return `process ${pid}${user}`;
  return `process ${pid}${user} ${host === hostname() ? 'in another container' : `on ${host ?? 'another host'}`}`;
}

async function pidSpace(): Promise<string> {
  try {
    const [boot, namespace] = await Promise.all([bootId(), readlink('/proc/self/ns/pid')]);
    return `${boot}/${namespace}`;
  } catch {
    return hostname();
  }
}

async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), bootId()]);
    // The program's name, in parentheses, may contain spaces, so fields are counted after it. The state is the 3rd, the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A process that has ended but is still listed holds no lock.
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot}/${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
