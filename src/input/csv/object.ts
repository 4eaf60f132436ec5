import { safeJson } from '../../json/escape.js';
import { members } from '../../json/tokens.js';

/** An immutable JSON object in its vendor's own tokens; adding a member returns a new one. */
export interface JsonObject {
  readonly parts: readonly Part[];
}

interface Part {
  readonly key: string;
  /** With its quotes. */
  readonly keyToken: string;
  /** The tokens of the value; an object once something was added inside it. */
  readonly value: string | JsonObject;
  readonly added?: true;
}

/** `text` must be a compact, valid JSON object, or empty. */
export function toObject(text: string): JsonObject {
  return { parts: members(text).map(({ key, keyToken, token }) => ({ key, keyToken, value: token })) };
}

/** The tokens at a path; undefined without a value. Of repeated keys the last one counts. */
export function tokenOf(object: JsonObject, path: readonly string[]): string | undefined {
  const part = object.parts.findLast(({ key }) => key === path[0]);
  if (part === undefined) return undefined;
  if (path.length === 1) return typeof part.value === 'string' ? part.value : textOfObject(part.value);
  const inside = insideOf(part);
  return inside === undefined ? undefined : tokenOf(inside, path.slice(1));
}

/** Adds tokens at a path, before the vendor's members; undefined if the path has a value, or leads through anything but objects. */
export function withToken(object: JsonObject, path: readonly string[], token: string): JsonObject | undefined {
  const [step = '', ...rest] = path;
  const at = object.parts.findLastIndex(({ key }) => key === step);
  const part = object.parts[at];
  if (part === undefined) {
    const value = rest.length === 0 ? token : withToken({ parts: [] }, rest, token);
    if (value === undefined) return undefined;
    const added = object.parts.filter((one) => one.added === true).length;
    return { parts: object.parts.toSpliced(added, 0, { key: step, keyToken: safeJson(step), value, added: true }) };
  }
  const inside = rest.length === 0 ? undefined : insideOf(part);
  const changed = inside === undefined ? undefined : withToken(inside, rest, token);
  return changed === undefined ? undefined : { parts: object.parts.with(at, { ...part, value: changed }) };
}

export function textOfObject({ parts }: JsonObject): string {
  const texts = parts.map(
    ({ keyToken, value }) => `${keyToken}:${typeof value === 'string' ? value : textOfObject(value)}`,
  );
  return `{${texts.join(',')}}`;
}

function insideOf({ value }: Part): JsonObject | undefined {
  if (typeof value !== 'string') return value;
  return value.startsWith('{') ? toObject(value) : undefined;
}
