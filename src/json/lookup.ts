/** A step that finds the member of a list by one of its texts: `target[type=User]`, and the path below it. */
export interface LookupStep {
  readonly list: string;
  readonly key: string;
  readonly text: string;
  /** '' for the member itself. */
  readonly rest: string;
}

const LOOKUP = /^([^.[\]]+)\[([^=[\]]+)=([^\]]*)\](?:\.(.+))?$/s;

/** The lookup that a path begins with. */
export function lookupAt(path: string): LookupStep | undefined {
  if (!path.includes('[')) return undefined;
  const [, list, key = '', text = '', rest = ''] = LOOKUP.exec(path) ?? [];
  return list === undefined ? undefined : { list, key, text, rest };
}

/** Whether any step of a path is a lookup. */
export function hasLookup(path: string): boolean {
  return /[^.[\]]\[[^=[\]]+=[^\]]*\](?:\.|$)/.test(path);
}
