import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../../errors.js';
import { writeFault } from '../../files/faults.js';
import { type Files, type OpenFile, writeAll } from '../../files/files.js';
import { HASH_BYTES, type HashSet, openHashSet } from './hashes.js';

/**
 * Which entries of one organization were delivered: for each UTC day a file of hashes, 16 bytes each, in the order of delivery. Files are
 * only ever appended to. A last hash that was cut off counts for nothing: its entry is delivered once more.
 */
export interface Ledger {
  /**
   * Whether it was not delivered before; from now on it counts as on its way. `day`: UTC, or `undated`. `id`: what earlier versions remembered
   * it by; of the entries of a day with that id, one counts as delivered by them.
   */
  isNew(key: string, day: string, id?: string): Promise<boolean>;
  /** On their way, and not yet committed. */
  readonly pending: number;
  /** Everything on its way has arrived durably. Rejects with a local error for what the system refuses. */
  commit(): Promise<void>;
  /** How many entries of a day were delivered, or are on their way. */
  size(day: string): Promise<number>;
  /** How many entries of all days were delivered. */
  total(): Promise<number>;
  /** Takes away the file of a day whose entries the server can no longer give. */
  forget(day: string): Promise<void>;
}

/** Hashes of days that are held in memory at a time: a day is looked up for as long as its entries come. */
const HELD = 200_000;

interface Day {
  readonly known: HashSet;
  /** Ids that only earlier versions have remembered and that were met in this run, and the entries that they stand for. */
  adopted: HashSet | undefined;
  pending: Buffer[];
}

export function openLedger(files: Files, folder: string): Ledger {
  const days = new Map<string, Day>();
  let pending = 0;

  const dayOf = async (day: string): Promise<Day> => {
    const held = days.get(day);
    if (held !== undefined) {
      // The last used is the last to go.
      days.delete(day);
      days.set(day, held);
      return held;
    }
    const read = { known: await readDay(files, pathOf(folder, day)), adopted: undefined, pending: [] };
    days.set(day, read);
    letGo(days);
    return read;
  };

  return {
    get pending() {
      return pending;
    },
    async isNew(key, day, id) {
      const into = days.get(day) ?? (await dayOf(day));
      const mark = markOf(key, id === undefined ? 0 : HASH_BYTES);
      if (id !== undefined && !into.known.has(mark) && isAdopted(into, mark, markOf(id, 0))) return false;
      if (!into.known.add(mark)) return false;
      into.pending.push(mark);
      pending += 1;
      return true;
    },
    async commit() {
      for (const [day, one] of days) {
        if (one.pending.length === 0) continue;
        await append(files, pathOf(folder, day), Buffer.concat(one.pending));
        pending -= one.pending.length;
        one.pending = [];
      }
      letGo(days);
    },
    size: async (day) => (await dayOf(day)).known.size,
    async total() {
      const seen = await Promise.all((await ledgerFiles(folder)).map((path) => files.look(path)));
      return seen.reduce((sum, file) => sum + Math.floor((file?.size ?? 0) / HASH_BYTES), 0);
    },
    async forget(day) {
      days.delete(day);
      await files.remove(pathOf(folder, day));
    },
  };
}

/** What stands for a text in a ledger. What begins elsewhere in the hash is never taken for what earlier versions wrote. */
function markOf(text: string, from: number): Buffer {
  return hash('sha256', text, 'buffer').subarray(from, from + HASH_BYTES);
}

/** Whether an earlier version has delivered the entry: it remembered the id, and no other entry of this run has been taken for that one. */
function isAdopted(day: Day, mark: Buffer, byId: Buffer): boolean {
  if (!day.known.has(byId)) return false;
  day.adopted ??= openHashSet();
  if (day.adopted.has(mark)) return true;
  if (!day.adopted.add(byId)) return false;
  day.adopted.add(mark);
  return true;
}

/** Takes away all that is remembered; tells whether there was anything. */
export async function forgetLedger(files: Files, folder: string): Promise<boolean> {
  const paths = await ledgerFiles(folder);
  for (const path of paths) await files.remove(path);
  return paths.length > 0;
}

const ENDING = '.ids';

function pathOf(folder: string, day: string): string {
  return join(folder, `${day}${ENDING}`);
}

async function ledgerFiles(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => name.endsWith(ENDING)).map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function letGo(days: Map<string, Day>): void {
  let held = [...days.values()].reduce((sum, { known }) => sum + known.size, 0);
  for (const [day, { known, pending }] of days) {
    if (held <= HELD || days.size < 3) return;
    if (pending.length > 0) continue;
    days.delete(day);
    held -= known.size;
  }
}

const BLOCK = 1 << 20;

async function readDay(files: Files, path: string): Promise<HashSet> {
  const known = openHashSet();
  const file = await reopened(files, path);
  if (file === undefined) return known;
  try {
    const size = await file.size();
    const end = size - (size % HASH_BYTES);
    const block = Buffer.alloc(Math.min(BLOCK, end));
    for (let position = 0; position < end; ) {
      const read = await file.read(block.subarray(0, Math.min(block.length, end - position)), position);
      const whole = read - (read % HASH_BYTES);
      if (whole === 0) break;
      for (let at = 0; at < whole; at += HASH_BYTES) known.add(block.subarray(at, at + HASH_BYTES));
      position += whole;
    }
    return known;
  } finally {
    await file.close();
  }
}

async function append(files: Files, path: string, hashes: Buffer): Promise<void> {
  try {
    const there = await reopened(files, path);
    const file = there ?? (await files.create(path));
    try {
      const size = await file.size();
      const end = size - (size % HASH_BYTES);
      if (end !== size) await file.truncate(end);
      await writeAll(file, hashes, end);
      await file.sync();
    } finally {
      await file.close();
    }
    if (there === undefined) await files.syncDirectory(dirname(path));
  } catch (error) {
    throw writeFault(error, path);
  }
}

async function reopened(files: Files, path: string): Promise<OpenFile | undefined> {
  try {
    return await files.reopen(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
