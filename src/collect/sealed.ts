import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { writeFault } from '../output/faults.js';
import { type Files, writeAll } from '../output/files.js';

/** Small files of JSON that name their own hash, so that one that is cut or changed is known for it. */

const FORMAT = 'auditlog-collector-1';
const LARGEST = 64 * 1024 * 1024;

/** Replaces the file: its text first, then its name, then the folder, each made durable. Rejects with a local error for what the system refuses. */
export async function saveSealed(files: Files, path: string, value: object): Promise<void> {
  const next = `${path}.new`;
  try {
    await files.remove(next);
    const file = await files.create(next);
    try {
      await writeAll(file, Buffer.from(textOf(value)), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.rename(next, path);
    await files.syncDirectory(dirname(path));
  } catch (error) {
    throw writeFault(error, path);
  }
}

/** What was saved; undefined when there is no such file, `damaged` when it is not as we left it. */
export async function loadSealed<T extends object>(files: Files, path: string): Promise<T | 'damaged' | undefined> {
  const seen = await files.look(path);
  if (seen === undefined) return undefined;
  if (seen.kind !== 'file' || seen.size > LARGEST) return 'damaged';
  const text = await files.readText(path);
  const match = /^\{"format":"([a-z0-9-]+)","sha256":"([0-9a-f]{64})","value":(.*)\}\n$/s.exec(text);
  if (match === null || match[1] !== FORMAT || hashOf(match[3] as string) !== match[2]) return 'damaged';
  return JSON.parse(match[3] as string) as T;
}

function textOf(value: object): string {
  const body = JSON.stringify(value);
  return `{"format":"${FORMAT}","sha256":"${hashOf(body)}","value":${body}}\n`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
