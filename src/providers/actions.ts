import { isGlob, matchesAny, matchesGlob } from './glob.js';
import type { ActionField, ActionWord, Provider } from './provider.js';
import { isCoded, wordOf } from './value.js';
import { groupOf, kindOfAction, labelOf } from './words.js';

/** How an action is shown. Unknown actions get words and kind from their own names. */
export function actionWord(provider: Provider, action: string): ActionWord {
  if (Object.hasOwn(provider.actions, action)) return provider.actions[action]!;
  return guessWord(provider, action);
}

/** The known actions: those of the vocabulary in its order, and the words of codes. */
export function knownActions(provider: Provider): readonly string[] {
  const { action } = provider.fields;
  const coded = isCoded(action) ? [...Object.values(action.words ?? {}), action.otherwise ?? ''] : [];
  return [...new Set([...Object.keys(provider.actions), ...coded.filter((name) => name !== '')])];
}

/** The server's names of an action; none if it cannot be requested. */
export function codesOf({ fields: { action: field } }: Provider, action: string): readonly string[] {
  if (!isCoded(field)) return [action];
  if (action === field.otherwise) return [];
  const codes = Object.entries(field.words ?? {}).flatMap(([code, word]) => (word === action ? [code] : []));
  return codes.length > 0 ? codes : [action];
}

/** The action with this name on the server. */
export function actionOf({ fields: { action: field } }: Provider, code: string): string {
  return isCoded(field) ? wordOf(field, code) : code;
}

/** The known actions that match one of the patterns; all of them without a pattern. */
export function matchActions(provider: Provider, patterns: readonly string[]): readonly string[] {
  const all = knownActions(provider);
  return patterns.length === 0 ? all : all.filter((action) => matchesAny(patterns, action));
}

/** An action and its other spellings: those with the same words in the vocabulary. For a pattern: itself, and all spellings of its matches. */
export function spellings(provider: Provider, action: string): readonly string[] {
  if (isGlob(action)) {
    const matched = matchActions(provider, [action]).flatMap((name) => spellings(provider, name));
    return [action, ...new Set(matched.filter((name) => !matchesGlob(action, name)))];
  }
  const { action: field } = provider.fields;
  if (isCoded(field) && isCode(field, action)) return spellings(provider, field.words![action]!);
  if (!Object.hasOwn(provider.actions, action)) return [action];
  const { category, label } = provider.actions[action]!;
  return Object.entries(provider.actions)
    .filter(([, word]) => word.label === label && word.category === category)
    .map(([name]) => name);
}

/** Whether a text is a code with a word for it: `user.logged_in` requests `1000`. */
function isCode({ words = {} }: ActionField, text: string): boolean {
  return Object.hasOwn(words, text) && !Object.values(words).includes(text);
}

/** The categories of the vocabulary, in the order in which they are shown. */
export function categoriesOf(provider: Provider): readonly string[] {
  return [...new Set(knownActions(provider).map((action) => actionWord(provider, action).category))];
}

/** Whether a category has this name, or words of it: `api-keys` and `apikeys` are `API Keys`, `members` is also `Member Management`. */
export function isCategory(category: string, wanted: string): boolean {
  const [name, asked] = [wordsOf(category), wordsOf(wanted)];
  return name.join('') === asked.join('') || (asked.length > 0 && asked.every((word) => name.includes(word)));
}

/** Lower-case words, each without the s of a plural. */
function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/s$/, ''));
}

function guessWord(provider: Provider, action: string): ActionWord {
  const dot = action.lastIndexOf('.');
  const neighbour = dot < 0 ? undefined : categoryOf(provider, action.slice(0, dot + 1));
  const label = labelOf(action);
  return { category: neighbour ?? (groupOf(action) || 'Other'), label, kind: kindOfAction(action) };
}

/** The category of a known action with the same prefix, or else with its first part. */
function categoryOf(provider: Provider, prefix: string): string | undefined {
  const first = prefix.slice(0, prefix.indexOf('.') + 1);
  const known = Object.keys(provider.actions);
  const like = known.find((name) => name.startsWith(prefix)) ?? known.find((name) => name.startsWith(first));
  return like === undefined ? undefined : provider.actions[like]!.category;
}
