import { isOfDesktop } from '../../manifest/names.js';
import type { S3Listed } from './object.js';

/** What is below a prefix, by names relative to it. */
export interface NamedObjects {
  /** Those whose name a file of ours could have. */
  readonly files: ReadonlyMap<string, S3Listed>;
  /** All other names. Untrusted text: no path is ever made of one. */
  readonly odd: readonly string[];
}

/** Sorts what was listed below a prefix. Files of desktops are left out, and empty objects whose key ends with a slash, which consoles make for folders. */
export function nameObjects(listed: Iterable<S3Listed>, prefix: string): NamedObjects {
  const files = new Map<string, S3Listed>();
  const odd: string[] = [];
  for (const object of listed) {
    const name = object.key.slice(prefix.length);
    if ((name === '' || name.endsWith('/')) && object.size === 0) continue;
    if (isOfDesktop(name.slice(name.lastIndexOf('/') + 1))) continue;
    if (isPlain(name)) files.set(name, object);
    else odd.push(name);
  }
  const folders = new Set([...files.keys()].flatMap(foldersOf));
  // No file system has room for a file and a folder of one name.
  for (const name of folders) if (files.delete(name)) odd.push(name);
  return { files, odd };
}

/** Short paths of few segments of letters, digits and some marks; no segment begins with a dot. */
function isPlain(name: string): boolean {
  const steps = name.split('/');
  return steps.length <= 5 && steps.every((step) => /^[A-Za-z0-9_=@-][A-Za-z0-9._=@-]{0,199}$/.test(step));
}

/** `a` and `a/b` for `a/b/c`. */
export function foldersOf(name: string): readonly string[] {
  const steps = name.split('/');
  return steps.slice(1).map((_, at) => steps.slice(0, at + 1).join('/'));
}
