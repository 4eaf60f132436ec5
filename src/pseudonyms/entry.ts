import type { Entry } from '../event.js';
import { safeJson } from '../json/escape.js';
import { members, textOf } from '../json/tokens.js';
import { toEvent } from '../providers/event/normalize.js';
import type { Provider } from '../providers/provider.js';
import { isCoded, isJoined, pathList } from '../providers/value.js';
import {
  isDistinct,
  isPersonal,
  isRole,
  kindOfKey,
  type MemberPlace,
  type PersonalPaths,
  personalPaths,
  valuesOf,
} from './find.js';
import type { NameAnew, PersonalKind } from './key.js';
import { openReplace, type ReplaceText } from './text.js';

/** Returns an entry with pseudonyms in place of people's emails, names, ids, addresses and user agents. */
export type Pseudonymize = (entry: Entry) => Entry;

/**
 * Opens what replaces personal values in a vendor's entries: in the fields that its file names, in fields with typical names, and wherever the same
 * values occur in the entry. Emails and addresses are replaced in every text. Everything else keeps its bytes.
 */
export function openPseudonymize(provider: Provider, nameAnew: NameAnew): Pseudonymize {
  const paths = personalPaths(provider);
  const kept = keptPaths(provider);
  const replacers = new Map<string, ReplaceText>();
  const replacerFor = (values: ReadonlyMap<string, PersonalKind>): ReplaceText => {
    const key = JSON.stringify([...values]);
    const known = replacers.get(key);
    if (known !== undefined) return known;
    if (replacers.size >= MOST_KNOWN) replacers.clear();
    const made = openReplace(values, nameAnew);
    replacers.set(key, made);
    return made;
  };
  const general = openReplace(new Map(), nameAnew);

  return (entry) => {
    const raw = entry.raw.toString();
    const found = new Map<string, PersonalKind>();
    const note = (value: string, kind: PersonalKind) => {
      if (isDistinct(value, kind) && !found.has(value)) found.set(value, kind);
    };
    for (const [value, kind] of valuesOf(toEvent(provider, entry))) note(value, kind);
    const deep = entry.odd !== undefined;
    if (!deep) walk(raw, { paths, note });
    const replace = replacerFor(found);
    const world: RewriteWorld = { paths, kept, found, replace, general, nameAnew, isTimed: !Number.isNaN(entry.time) };
    const text = deep ? rewriteTokens(raw, replace) : rewrite(raw, world, ROOT);
    if (text === raw) return entry;
    const { action: _, ...rest } = entry;
    return { ...rest, raw: Buffer.from(text), id: entry.id === undefined ? undefined : replace(entry.id) };
  };
}

const MOST_KNOWN = 2000;

/** Fields without which an entry cannot be read. Names are not searched in single words there, which may mean something else. */
function keptPaths({ fields: { time, action, source, country, org } }: Provider): ReadonlyMap<string, 'time' | 'word'> {
  const words = [isJoined(action) ? action.join : isCoded(action) ? action.path : action, source, country, org?.id];
  return new Map([
    ...words.flatMap(pathList).map((path) => [path, 'word'] as const),
    ...pathList(time).map((path) => [path, 'time'] as const),
  ]);
}

/** Where a value is. */
interface ValuePlace extends MemberPlace {
  readonly path: string;
}
const ROOT: ValuePlace = { path: '', key: '', parent: '', isInPerson: false };

function kindAt(paths: PersonalPaths, place: ValuePlace, text: string): PersonalKind | undefined {
  return paths.get(place.path) ?? (place.path === '' ? undefined : kindOfKey(place, text));
}

function below(place: ValuePlace, key: string, isElement: boolean, isInPerson: boolean): ValuePlace {
  const path = place.path === '' ? key : `${place.path}.${key}`;
  // Elements of a list are called as the list is.
  return isElement ? { ...place, path, isInPerson } : { path, key, parent: place.key, isInPerson };
}

/** Collects every personal value below a token. */
function walk(
  token: string,
  world: { readonly paths: PersonalPaths; readonly note: (value: string, kind: PersonalKind) => void },
  place: ValuePlace = ROOT,
): void {
  if (token.startsWith('{') || token.startsWith('[')) {
    const isInPerson = token.startsWith('{') && place.path !== '' && isPersonal(token);
    for (const one of members(token)) walk(one.token, world, below(place, one.key, token.startsWith('['), isInPerson));
    return;
  }
  const first = token[0];
  // `true`, `false` and `null` are nobody.
  if (first !== '"' && first !== '-' && !(first! >= '0' && first! <= '9')) return;
  const text = textOf(token);
  const kind = kindAt(world.paths, place, text);
  if (kind !== undefined) world.note(text, kind);
}

interface RewriteWorld {
  readonly paths: PersonalPaths;
  readonly kept: ReadonlyMap<string, 'time' | 'word'>;
  readonly found: ReadonlyMap<string, PersonalKind>;
  readonly replace: ReplaceText;
  readonly general: ReplaceText;
  readonly nameAnew: NameAnew;
  /** Whether the time of the entry could be read. */
  readonly isTimed: boolean;
}

function rewrite(token: string, world: RewriteWorld, place: ValuePlace): string {
  const first = token[0];
  if (first === '{' || first === '[') {
    const isInPerson = first === '{' && place.path !== '' && isPersonal(token);
    const parts = members(token).map(({ key, keyToken, token: inner }) => {
      const value = rewrite(inner, world, below(place, key, first === '[', isInPerson));
      return first === '[' ? value : `${rewriteString(keyToken, key, world.replace)}:${value}`;
    });
    return first === '[' ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
  }
  if (first !== '"' && !/^-?\d/.test(token)) return token;
  const keeps = world.kept.get(place.path);
  if (keeps === 'time' && world.isTimed) return token;
  const text = textOf(token);
  const kind = kindAt(world.paths, place, text);
  // The same value has the same pseudonym, whatever the members are called that hold it.
  if (kind !== undefined && text.trim() !== '' && !(kind === 'name' && isRole(text)))
    return safeJson(world.nameAnew(world.found.get(text) ?? kind, text));
  if (first !== '"') return world.replace(token) === token ? token : safeJson(world.replace(token));
  return rewriteString(token, text, keeps === 'word' && !/\s/.test(text) ? world.general : world.replace);
}

/** A string without replacements keeps its bytes. JSON inside it is parsed, because its escapes could hide a value. */
function rewriteString(token: string, text: string, replace: ReplaceText): string {
  const opened = text.includes('\\') ? jsonOf(text) : undefined;
  const replaced = replace(opened ?? text);
  return replaced === (opened ?? text) ? token : safeJson(replaced);
}

function jsonOf(text: string): string | undefined {
  if (!/^\s*["[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Strings and numbers of an entry that is not an object, or nests too deep. */
function rewriteTokens(raw: string, replace: ReplaceText): string {
  return raw.replace(/"(?:[^"\\]|\\.)*"/g, (token) => rewriteString(token, textOf(token), replace));
}
