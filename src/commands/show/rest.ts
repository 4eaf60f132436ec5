import { shownValue } from '../../diff/show.js';
import type { Provider } from '../../providers/provider.js';

/** A value of an entry, by its path. */
export interface EntryValue {
  readonly path: string;
  readonly text: string;
}

/** The values of an entry besides its metadata and the texts that are shown already. */
export function restOf(value: unknown, { fields }: Provider, shown: ReadonlySet<string>): readonly EntryValue[] {
  const roots = [fields.metadata ?? []].flat();
  const isMetadata = (path: string) => roots.some((root) => path === root || path.startsWith(`${root}.`));
  return distinct(valuesOf(value).filter(({ path, text }) => !shown.has(text) && !isMetadata(path)));
}

/** Every value of an entry, except null and empty ones. */
function valuesOf(value: unknown, path = '', depth = 0): readonly EntryValue[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 64) {
    const isEmpty = value === null || value === '' || (Array.isArray(value) && value.length === 0);
    return isEmpty ? [] : [{ path, text: shownValue(value) }];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    valuesOf(inner, path === '' ? key : `${path}.${key}`, depth + 1),
  );
}

/** The same person in two places of an entry is shown once. */
function distinct(values: readonly EntryValue[]): readonly EntryValue[] {
  const seen = new Set<string>();
  return values.filter(({ path, text }) => {
    const key = `${path.slice(path.lastIndexOf('.') + 1)}\n${text}`;
    if (path.includes('.') && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
