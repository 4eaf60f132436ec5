import { createHash } from 'node:crypto';
import { isText, mapOf, objectOf, type TypeOf } from '../json/is.js';
import type { ManifestBody } from '../manifest/manifest.js';
import { UNDATED } from '../manifest/names.js';

/** What a collector remembers about one organization's files, to notice that they were restored, moved or changed. */
export const isHolding = objectOf({
  /** Such as `org=org_1`. */
  folder: isText,
  /** The hash of the chain's record; '' if there is no record. */
  head: isText,
  /** Changes whenever a file is replaced or written to. */
  stamp: isText,
  /** By day, or `undated`: the number of entries in its files, and a hash of those files. */
  days: mapOf(isText),
});
export type Holding = TypeOf<typeof isHolding>;

/** The expected state of the folder before days are added. */
export interface ExpectedFiles {
  /** The head of its chain; undefined: nothing is remembered. */
  readonly head: string | undefined;
  /** Set while lost days are restored: the first remembered day, and whether the chain must be mended first. */
  readonly repair?: Repair | undefined;
}

export interface Repair {
  readonly first: string | undefined;
  readonly mend: boolean;
}

/** The days of these manifests, as `Holding` has them. */
export function dayTexts(bodies: Iterable<Pick<ManifestBody, 'day' | 'file'>>): Readonly<Record<string, string>> {
  const days = new Map<string, { rows: number; readonly hashes: string[] }>();
  for (const { day, file } of bodies) {
    if (file === null) continue;
    const key = day ?? UNDATED;
    const found = days.get(key) ?? { rows: 0, hashes: [] };
    days.set(key, found);
    found.rows += file.rows;
    found.hashes.push(file.sha256);
  }
  const texts = [...days].map(([day, { rows, hashes }]) => {
    const hash = createHash('sha256').update(hashes.sort().join('\n')).digest('hex').slice(0, 16);
    return [day, `${rows} ${hash}`] as const;
  });
  return Object.fromEntries(texts);
}

/** The number of entries in such a text. */
export function rowsOf(text: string | undefined): number {
  return Number.parseInt(text ?? '0', 10);
}
