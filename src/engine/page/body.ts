/** A value of a parameter. `json` is JSON as a server wrote it: numbers in it may be larger than ours. */
export type ParameterValue = string | number | { readonly json: string };

interface BodyParameter {
  /** A path in the body. */
  readonly name: string;
  readonly value: ParameterValue;
}

/** Marks JSON that is inserted unchanged. No provider file and no server uses this text. */
const RAW = '\uE000json\uE000';

/** The JSON body of a request: the fixed one, in which texts that are `{org}` are replaced, with parameters at their paths. */
export function jsonBody(
  fixed: Readonly<Record<string, unknown>>,
  parameters: readonly BodyParameter[],
  { org }: { readonly org: string },
): string {
  const body = copyOf(fixed, org) as Branch;
  const raw: string[] = [];
  for (const { name, value } of parameters) {
    if (typeof value === 'object') raw.push(value.json);
    setPath(body, name, typeof value === 'object' ? `${RAW}${raw.length - 1}` : value);
  }
  const text = JSON.stringify(body);
  return raw.reduce((whole, json, at) => whole.replace(`"${RAW}${at}"`, () => json), text);
}

type Branch = Record<string, unknown>;

/** A copy in which no key means anything to JavaScript. */
function copyOf(value: unknown, org: string): unknown {
  if (value === '{org}') return org;
  if (Array.isArray(value)) return value.map((one) => copyOf(one, org));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.create(null) as Branch;
  for (const [key, inner] of Object.entries(value)) copy[key] = copyOf(inner, org);
  return copy;
}

/** Sets the value at a path as `readPath` (providers/value.ts) would find it; what is missing on the way is made. */
function setPath(branch: Branch, path: string, value: unknown): void {
  const dot = path.indexOf('.');
  if (dot < 0 || Object.hasOwn(branch, path)) {
    branch[path] = value;
    return;
  }
  const step = path.slice(0, dot);
  const below = branch[step];
  const isBranch = typeof below === 'object' && below !== null;
  const next = (isBranch ? below : Object.create(null)) as Branch;
  if (!isBranch) branch[step] = next;
  setPath(next, path.slice(dot + 1), value);
}
