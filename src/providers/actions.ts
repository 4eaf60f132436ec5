import { usageError } from '../errors.js';
import type { Kind } from '../event.js';
import { suggest } from '../suggest.js';
import { isGlob, matchesAny, matchesGlob } from './glob.js';
import type { ActionWord, Provider } from './provider.js';

/** What is shown for an action. One that the vendor added yesterday gets its words and kind from its own name. */
export function actionWord(provider: Provider, action: string): ActionWord {
  if (Object.hasOwn(provider.actions, action)) return provider.actions[action]!;
  return guessWord(provider, action);
}

/** The known actions that match one of the patterns, in the order of the vocabulary. No pattern: all of them. */
export function matchActions(provider: Provider, patterns: readonly string[]): readonly string[] {
  const all = Object.keys(provider.actions);
  return patterns.length === 0 ? all : all.filter((action) => matchesAny(patterns, action));
}

/**
 * An action and every other spelling of it: those that the vocabulary gives the same words. Of a pattern: the pattern itself,
 * and every spelling of the known actions that it matches.
 */
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

/** The groups of the vocabulary, in the order in which they are shown. */
export function categoriesOf(provider: Provider): readonly string[] {
  return [...new Set(Object.values(provider.actions).map(({ category }) => category))];
}

/**
 * Whether a category is one that somebody asked for: by its whole name or by words of it, in any spelling. `api-keys` and
 * `apikeys` are `API Keys`, and `members` are those of `Users & Members` and of `Member Management`.
 */
export function isCategory(category: string, wanted: string): boolean {
  const [name, asked] = [wordsOf(category), wordsOf(wanted)];
  return name.join('') === asked.join('') || (asked.length > 0 && asked.every((word) => name.includes(word)));
}

/** Lower-case words, each without the s of a plural. */
function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/s$/, ''));
}

/**
 * What to tell on the way about `--category` values. A group that the vocabulary does not have is a usage error with a
 * suggestion where the vocabulary is complete; elsewhere it may well exist, and there is a warning where another is near.
 */
export function checkCategories(provider: Provider, wanted: readonly string[]): readonly string[] {
  const known = categoriesOf(provider);
  const unknown = wanted.filter((name) => !known.some((category) => isCategory(category, name)));
  return unknown.flatMap((name) => {
    const near = suggest(name, known);
    if (provider.actionsComplete) {
      const meant = near === undefined ? '' : `Did you mean ${near}? `;
      throw usageError(`${provider.title} has no category "${name}"`, `${meant}Categories: ${known.join(', ')}.`);
    }
    if (near === undefined) return [];
    return [`${provider.title} documents no category ${name}; looking for it anyway. Did you mean ${near}?`];
  });
}

/** What `--action` came to: the patterns without `all`, and what to tell the user on the way. */
export interface CheckedActions {
  readonly patterns: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * The patterns of one or more `--action` values, split at commas; `all` among them asks for everything. An unknown
 * exact action is a usage error where the vocabulary is complete, else a warning; so is a glob that matches no known action.
 */
export function checkActions(provider: Provider, values: readonly string[], flag = '--action'): CheckedActions {
  const patterns = splitList(values, flag);
  if (patterns.some((pattern) => pattern.toLowerCase() === 'all')) {
    if (flag !== '--action') throw usageError(`${flag} all leaves nothing`, `Name the actions: ${flag} 'member.*'`);
    return { patterns: [], warnings: [] };
  }
  const known = Object.keys(provider.actions);
  const warnings: string[] = [];
  for (const pattern of patterns) {
    if (isGlob(pattern)) {
      if (!known.some((action) => matchesGlob(pattern, action))) {
        warnings.push(`no known action of ${provider.title} matches ${pattern}; asking anyway`);
      }
    } else if (!Object.hasOwn(provider.actions, pattern)) {
      const near = suggest(pattern, known);
      const meant = near === undefined ? '' : `Did you mean ${near}?`;
      if (provider.actionsComplete) throw unknownAction(provider, pattern, flag, meant);
      warnings.push(`${provider.title} documents no action ${pattern}; asking anyway. ${meant}`.trimEnd());
    }
  }
  return { patterns, warnings };
}

/** The values of a repeatable flag, each of which may hold several, separated by commas. */
export function splitList(values: readonly string[], flag: string): readonly string[] {
  const pieces = values.flatMap((value) => value.split(',').map((piece) => piece.trim()));
  if (pieces.includes(''))
    throw usageError(`${flag} has an empty value`, `Separate values by single commas: ${flag} a,b`);
  return [...new Set(pieces)];
}

function unknownAction(provider: Provider, action: string, flag: string, meant: string): Error {
  const list = 'auditlog actions shows them all.';
  const anyway = `A pattern is taken as it is: ${flag} '${action}*'`;
  return usageError(
    `${provider.title} has no action "${action}"`,
    [meant, list, anyway].filter((line) => line !== '').join('\n'),
  );
}

function guessWord(provider: Provider, action: string): ActionWord {
  const dot = action.lastIndexOf('.');
  const words = action.split(/[._\s-]+/).filter((word) => word !== '');
  const neighbour = dot < 0 ? undefined : categoryOf(provider, action.slice(0, dot + 1));
  return {
    category: neighbour ?? (dot > 0 ? area(action.slice(0, action.indexOf('.'))) : 'Other'),
    label: words.map(titled).join(' ') || action || '(no action)',
    kind: kindOf(action.slice(dot + 1)),
  };
}

/** `bot settings` → `Bot Settings`. */
function area(text: string): string {
  const words = text.split(/[_\s-]+/).filter((word) => word !== '');
  return words.map(titled).join(' ') || 'Other';
}

/** The category of a known action that begins alike: with the whole prefix, else with its first part. */
function categoryOf(provider: Provider, prefix: string): string | undefined {
  const first = prefix.slice(0, prefix.indexOf('.') + 1);
  const known = Object.keys(provider.actions);
  const like = known.find((name) => name.startsWith(prefix)) ?? known.find((name) => name.startsWith(first));
  return like === undefined ? undefined : provider.actions[like]!.category;
}

const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  ['API', 'SSO', 'MCP', 'MFA', 'IP', 'URL', 'ID', 'OAuth', 'SAML', 'SCIM', 'AI'].map((word) => [
    word.toLowerCase(),
    word,
  ]),
);

function titled(word: string): string {
  return ABBREVIATIONS.get(word.toLowerCase()) ?? word.charAt(0).toUpperCase() + word.slice(1);
}

/** The last of an action's words that says what it does decides: `two_factor_disabled` is a delete. */
function kindOf(verb: string): Kind {
  for (const word of verb
    .toLowerCase()
    .split(/[._\s-]+/)
    .reverse()) {
    const kind = KIND_OF_VERB.get(word);
    if (kind) return kind;
  }
  return 'other';
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
