import type { Kind } from '../event.js';
import { isGlob, matchesAny, matchesGlob } from './glob.js';
import type { ActionWord, Provider } from './provider.js';

/** How an action is shown. An unknown one gets its words and kind from its own name. */
export function actionWord(provider: Provider, action: string): ActionWord {
  if (Object.hasOwn(provider.actions, action)) return provider.actions[action]!;
  return guessWord(provider, action);
}

/** The known actions that match one of the patterns, in the order of the vocabulary. No pattern: all of them. */
export function matchActions(provider: Provider, patterns: readonly string[]): readonly string[] {
  const all = Object.keys(provider.actions);
  return patterns.length === 0 ? all : all.filter((action) => matchesAny(patterns, action));
}

/** An action and its other spellings: those with the same words in the vocabulary. For a pattern: itself, and all spellings of its matches. */
export function spellings(provider: Provider, action: string): readonly string[] {
  if (isGlob(action)) {
    const matched = matchActions(provider, [action]).flatMap((name) => spellings(provider, name));
    return [action, ...new Set(matched.filter((name) => !matchesGlob(action, name)))];
  }
  if (!Object.hasOwn(provider.actions, action)) return [action];
  const { category, label } = provider.actions[action]!;
  return Object.entries(provider.actions)
    .filter(([, word]) => word.label === label && word.category === category)
    .map(([name]) => name);
}

/** The categories of the vocabulary, in the order in which they are shown. */
export function categoriesOf(provider: Provider): readonly string[] {
  return [...new Set(Object.values(provider.actions).map(({ category }) => category))];
}

/** Whether a category is meant by its whole name, or by words of it: `api-keys` and `apikeys` are `API Keys`, `members` is also `Member Management`. */
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
  return {
    category: neighbour ?? ((dot > 0 && phrase(action.slice(0, action.indexOf('.')))) || 'Other'),
    label: phrase(action) || action || '(no action)',
    kind: kindOf(action.slice(dot + 1)),
  };
}

/** `bot_settings` → `Bot Settings`. */
function phrase(text: string): string {
  const words = text.split(/[._\s-]+/).filter((word) => word !== '');
  return words.map(titled).join(' ');
}

/** The category of a known action with the same prefix, or else with its first part. */
function categoryOf(provider: Provider, prefix: string): string | undefined {
  const first = prefix.slice(0, prefix.indexOf('.') + 1);
  const known = Object.keys(provider.actions);
  const like = known.find((name) => name.startsWith(prefix)) ?? known.find((name) => name.startsWith(first));
  return like === undefined ? undefined : provider.actions[like]!.category;
}

const ABBREVIATIONS = ['API', 'SSO', 'MCP', 'MFA', 'IP', 'URL', 'ID', 'OAuth', 'SAML', 'SCIM', 'AI'];

function titled(word: string): string {
  const lower = word.toLowerCase();
  return ABBREVIATIONS.find((known) => known.toLowerCase() === lower) ?? word.charAt(0).toUpperCase() + word.slice(1);
}

/** The last known verb decides: `two_factor_disabled` is a delete. */
function kindOf(verb: string): Kind {
  const words = verb.toLowerCase().split(/[._\s-]+/);
  return words.map((word) => KIND_OF_VERB.get(word)).findLast((kind) => kind !== undefined) ?? 'other';
}

const VERBS: Readonly<Record<Kind, string>> = {
  create:
    'create created add added invite invited join joined accept accepted enable enabled restore restored activate activated reactivated duplicate duplicated connect connected grant granted assign assigned link linked publish published install installed register registered import imported upload uploaded purchased',
  update:
    'update updated change changed edit edited modify modified rename renamed move moved configured set reset rotate rotated replaced',
  delete:
    'delete deleted destroy destroyed remove removed disable disabled leave left revoke revoked deactivate deactivated pause paused detach detached disconnect disconnected unlink unlinked unassign unassigned uninstall uninstalled unpublish unpublished cancel cancelled canceled archive archived suspend suspended offboard offboarded purge purged released expired',
  other: 'request requested login logout complete completed transfer transferred export exported view viewed',
};

const KIND_OF_VERB: ReadonlyMap<string, Kind> = new Map(
  (Object.entries(VERBS) as [Kind, string][]).flatMap(([kind, verbs]) => verbs.split(' ').map((verb) => [verb, kind])),
);
