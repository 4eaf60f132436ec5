import { usageError } from '../errors.js';
import type { FormatName } from './format.js';

/** What is in a file. */
export interface FileKind {
  readonly format: FormatName;
  readonly gzip: boolean;
}

const ENDINGS: Readonly<Record<string, FormatName>> = {
  '.csv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
};

/** Every ending that tells a format, as help and messages list them. */
export const FILE_ENDINGS: readonly string[] = Object.keys(ENDINGS).flatMap((ending) => [ending, `${ending}.gz`]);

/**
 * The kind of file that a path's ending tells, the case of its letters aside. `asked` is the format that was asked for,
 * if any: it decides where the ending tells none. Throws a usage error where neither tells or they differ.
 */
export function formatOfFile(path: string, asked?: FormatName): FileKind {
  const name = path.toLowerCase();
  const gzip = name.endsWith('.gz');
  const bare = gzip ? name.slice(0, -'.gz'.length) : name;
  const told = Object.entries(ENDINGS).find(([ending]) => bare.endsWith(ending))?.[1];
  if (told !== undefined && asked !== undefined && told !== asked) {
    throw usageError(`the name ${path} says ${told}, but --format says ${asked}`, 'Leave one out, or make them agree.');
  }
  const format = told ?? asked;
  if (format !== undefined) return { format, gzip };
  throw usageError(
    `the ending of ${path} tells no format`,
    `Use one of ${FILE_ENDINGS.join(' ')}, or name the format with --format.`,
  );
}
