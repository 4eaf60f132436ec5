import { readFile, realpath } from 'node:fs/promises';

/** How the file system of a file is mounted: `fixed` for read-only, `memory` for a file system in memory. */
export type MountKind = 'fixed' | 'memory' | 'other';

/** Known on Linux only. */
export async function mountOf(path: string): Promise<MountKind> {
  try {
    return mountIn(await readFile('/proc/self/mountinfo', 'utf8'), await realpath(path));
  } catch {
    return 'other';
  }
}

/** The mount of a path in the text of `/proc/self/mountinfo`: the longest mount point above it, and of several there the last. */
export function mountIn(mounts: string, path: string): MountKind {
  let longest = -1;
  let kind: MountKind = 'other';
  for (const line of mounts.split('\n')) {
    // ID PARENT DEVICE ROOT POINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS
    const [own = '', type = ''] = line.split(' - ');
    const [, , , , point, options = ''] = own.split(' ');
    if (point === undefined) continue;
    const at = point.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
    const isAbove = at === '/' || path === at || path.startsWith(`${at}/`);
    if (!isAbove || at.length < longest) continue;
    longest = at.length;
    const [system = '', , whole = ''] = type.split(' ');
    const isFixed = [options, whole].some((list) => list.split(',').includes('ro'));
    kind = isFixed ? 'fixed' : /^(?:tmpfs|ramfs)$/.test(system) ? 'memory' : 'other';
  }
  return kind;
}
