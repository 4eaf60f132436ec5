import { systemCode } from '../errors.js';
import type { Is } from '../json/is.js';
import { openRegular } from './blocks.js';
import { type Chain, isChain } from './chain.js';
import { fileText, isManifest, type Manifest } from './manifest.js';

/** A value, or the reason why we did not write it. */
export type ReadResult<T> = { readonly value: T } | { readonly fault: string };

/** Checks everything but the hash. */
export function parseManifest(bytes: Buffer): ReadResult<Manifest> {
  return parse(bytes, isManifest, 'a manifest of ours');
}

export function parseChain(bytes: Buffer): ReadResult<Chain> {
  return parse(bytes, isChain, 'the record of a chain');
}

/** Like `parseManifest`. An unreadable file is a fault, not an error. */
export function readManifest(path: string): Promise<ReadResult<Manifest>> {
  return readSmall(path, parseManifest);
}

export function readChain(path: string): Promise<ReadResult<Chain>> {
  return readSmall(path, parseChain);
}

/** Bytes; larger files are not ours. */
const LARGEST = 64 * 1024 * 1024;

/** One of our files, of any shape. `code`: the system's, if it could not be read. */
export function readOwn<T extends object>(
  path: string,
  isIt: Is<T>,
  what: string,
): Promise<ReadResult<T> & { readonly code?: string }> {
  return readSmall(path, (bytes) => parse(bytes, isIt, what));
}

/** Like `readOwn`, for the bytes of the file. */
export function parseOwn<T extends object>(bytes: Buffer, isIt: Is<T>, what: string): ReadResult<T> {
  return parse(bytes, isIt, what);
}

async function readSmall<T>(
  path: string,
  parse: (bytes: Buffer) => ReadResult<T>,
): Promise<ReadResult<T> & { readonly code?: string }> {
  try {
    const file = await openRegular(path);
    try {
      const { size } = await file.stat();
      if (size > LARGEST) return { fault: 'it is larger than any manifest of ours' };
      return parse(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (error) {
    return { fault: unreadable(error), code: systemCode(error) };
  }
}

/** Why a file cannot be read, for people. */
export function unreadable(error: unknown): string {
  const code = systemCode(error);
  if (code === '' && error instanceof Error) return error.message;
  return (
    { ELOOP: 'it is a symbolic link', EACCES: 'it may not be read', ENOENT: 'it is not there' }[code] ??
    `it cannot be read (${code})`
  );
}

function parse<T extends object>(bytes: Buffer, isIt: Is<T>, what: string): ReadResult<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { fault: 'it is not valid JSON' };
  }
  if (!isIt(value)) return { fault: `it is not ${what}` };
  // Different texts of a value have the same hash: only one text is accepted.
  return fileText(value) === bytes.toString() ? { value } : { fault: 'it is not written as it was when it was made' };
}
