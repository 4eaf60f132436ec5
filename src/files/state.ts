import { createHash } from 'node:crypto';
import type { Is } from '../json/is.js';
import type { Files } from './files.js';
import { replaceFile } from './whole.js';

/** Small files of ours that hold one JSON value and the SHA-256 of its text, so that a truncated or changed file is detected. */

export interface StateKind {
  /** Named first in the file; absent: the value names its own. */
  readonly format?: string;
  /** The key of the value. */
  readonly key: string;
  /** Bytes; a larger file is not read. */
  readonly largest?: number;
}

/** Replaces the file in one durable step. Rejects as the system does. */
export async function saveState(files: Files, path: string, kind: StateKind, value: object): Promise<void> {
  const body = JSON.stringify(value);
  const text = `${startOf(kind)}${hashOf(body)}","${kind.key}":${body}}\n`;
  await replaceFile(path, [Buffer.from(text)], { files, draft: `${path}.new`, settle: true });
}

/** A file whose value passes `is`. */
export interface StateShape<T> extends StateKind {
  readonly is: Is<T>;
}

/** The saved value; undefined if there is no such file, `damaged` if it is not what we wrote. */
export async function loadState<T extends object>(
  files: Files,
  path: string,
  kind: StateShape<T>,
): Promise<T | 'damaged' | undefined> {
  const seen = await files.look(path);
  if (seen === undefined) return undefined;
  if (seen.kind !== 'file' || seen.size > (kind.largest ?? Number.POSITIVE_INFINITY)) return 'damaged';
  const body = bodyOf(await files.readText(path), kind);
  if (body === undefined) return 'damaged';
  const value: unknown = JSON.parse(body);
  return kind.is(value) ? value : 'damaged';
}

/** Whether a file says that it is of a later format: `name-2` where ours is `name-1`. */
export async function isOfLaterFormat(files: Files, path: string, { format = '' }: StateKind): Promise<boolean> {
  const [, name, own] = /^(.*-)(\d+)$/.exec(format) ?? [];
  if (name === undefined || (await files.look(path))?.kind !== 'file') return false;
  const text = await files.readText(path);
  const [, found = '0'] = text.startsWith(`{"format":"${name}`)
    ? (/^(\d{1,6})"/.exec(text.slice(11 + name.length)) ?? [])
    : [];
  return Number(found) > Number(own);
}

/** The text of the value, if its hash matches. */
function bodyOf(text: string, kind: StateKind): string | undefined {
  const start = startOf(kind);
  const middle = `","${kind.key}":`;
  const hashEnd = start.length + 64;
  const isOurs = text.startsWith(start) && text.startsWith(middle, hashEnd) && text.endsWith('}\n');
  if (!isOurs) return undefined;
  const body = text.slice(hashEnd + middle.length, -2);
  return hashOf(body) === text.slice(start.length, hashEnd) ? body : undefined;
}

function startOf({ format }: StateKind): string {
  return format === undefined ? '{"sha256":"' : `{"format":${JSON.stringify(format)},"sha256":"`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
