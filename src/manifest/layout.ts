import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type DayName, isOfDesktop, numbered, readName, readStem, stemOf } from './names.js';

/** The paths of day files below their directory. Layouts differ only in names. */
export interface Layout {
  /** The folder of a day's files below the directory; '': the directory itself. */
  readonly folderOf: (day: string) => string;
  /** The name in that folder, without its ending. */
  readonly nameOf: (name: DayName) => string;
  /** Parses a path below the directory, without its ending; undefined for other files. */
  readonly readPath: (path: string) => DayName | undefined;
  /** Whether a folder below the directory may hold day files. */
  readonly isFolder: (name: string) => boolean;
}

/** `2026-02-01.ndjson`, `2026-02-01.late-001.ndjson`. */
export const FLAT: Layout = {
  folderOf: () => '',
  nameOf: stemOf,
  readPath: readStem,
  isFolder: () => false,
};

const EVENTS = 'events';

/** `date=2026-02-01/events.ndjson`, `date=2026-02-01/late-001.ndjson`: for engines that read a folder's name as a column. */
export const PARTITIONED: Layout = {
  folderOf: (day) => (day === '' ? '' : `date=${day}`),
  nameOf: ({ kind, number }) => (number === undefined ? EVENTS : numbered(kind, number)),
  readPath: (path) => {
    const [, day, own = ''] = /^(?:date=([^/]+)\/)?([^/]+)$/.exec(path) ?? [];
    return readName(day ?? '', own === EVENTS ? undefined : own);
  },
  isFolder: (name) => name.startsWith('date='),
};

/** The path of a file below the directory, without its ending. */
export function pathOf({ folderOf, nameOf }: Layout, name: DayName): string {
  const folder = folderOf(name.day);
  return folder === '' ? nameOf(name) : `${folder}/${nameOf(name)}`;
}

/** The paths of the files below a directory, sorted. A folder without day files is listed by its name. Files of the desktop are left out. */
export async function listFiles(directory: string, { isFolder }: Layout): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (isOfDesktop(entry.name)) continue;
    if (!entry.isDirectory() || !isFolder(entry.name)) found.push(entry.name);
    else
      for (const name of await readdir(join(directory, entry.name)))
        if (!isOfDesktop(name)) found.push(`${entry.name}/${name}`);
  }
  return found.sort();
}

/** The layout of a directory that is not empty. */
export async function layoutOf(directory: string): Promise<Layout> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.some((entry) => entry.isDirectory() && PARTITIONED.isFolder(entry.name)) ? PARTITIONED : FLAT;
}

/** Like `readPath`, for a file of either layout. */
export function readAnyPath(path: string): DayName | undefined {
  const nested = `${basename(dirname(path))}/${basename(path)}`;
  return PARTITIONED.isFolder(nested) ? PARTITIONED.readPath(nested) : FLAT.readPath(basename(path));
}
