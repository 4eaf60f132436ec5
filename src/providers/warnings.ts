import { usageError } from '../errors.js';
import type { Kind } from '../event.js';
import { suggest } from '../suggest.js';
import { actionWord, categoriesOf, isCategory, knownActions, spellings } from './actions.js';
import { typeOf } from './event/normalize.js';
import { isGlob, matchesGlob } from './glob.js';
import type { Provider } from './provider.js';

/** The warnings for `--category` values: an unknown category may exist, but a similar one is known. Where the vocabulary is complete, an unknown one is a usage error. */
export function checkCategories(provider: Provider, wanted: readonly string[]): readonly string[] {
  const known = categoriesOf(provider);
  const unknown = wanted.filter((name) => !known.some((category) => isCategory(category, name)));
  return unknown.flatMap((name) => {
    const near = suggest(name, known);
    if (provider.actionsComplete) {
      const meant = near === undefined ? '' : `Did you mean ${near}? `;
      throw usageError(`${provider.title} has no category "${name}"`, `${meant}Categories: ${known.join(', ')}`);
    }
    if (near === undefined) return [];
    return [`${provider.title} documents no category ${name}; looking for it anyway: did you mean ${near}?`];
  });
}

/**
 * The patterns of `--action` values, split at commas; none where `all` is among them. An unknown exact action is a usage error where the
 * vocabulary is complete, else a warning. A pattern without a known match is a warning.
 */
export function checkActions(
  provider: Provider,
  values: readonly string[],
  flag = '--action',
): { readonly patterns: readonly string[]; readonly warnings: readonly string[] } {
  const patterns = splitList(values, flag);
  if (patterns.some((pattern) => pattern.toLowerCase() === 'all')) {
    if (flag !== '--action') throw usageError(`${flag} all leaves nothing`, `Name the actions: ${flag} "member.*"`);
    return { patterns: [], warnings: [] };
  }
  const known = knownActions(provider);
  const warnings: string[] = [];
  for (const pattern of patterns) {
    if (isGlob(pattern)) {
      if (!known.some((action) => matchesGlob(pattern, action))) {
        warnings.push(`no known action of ${provider.title} matches ${pattern}; asking anyway`);
      }
    } else if (!spellings(provider, pattern).some((name) => known.includes(name))) {
      const near = nearAction(provider, pattern, known);
      const meant = near === undefined ? '' : `Did you mean ${near}?`;
      if (provider.actionsComplete) throw unknownAction(provider, pattern, flag, meant);
      warnings.push(`${provider.title} documents no action ${pattern}; asking anyway. ${meant}`.trimEnd());
    }
  }
  return { patterns, warnings };
}

/** The values of a repeatable flag, split at commas. */
export function splitList(values: readonly string[], flag: string): readonly string[] {
  const pieces = values.flatMap((value) => value.split(',').map((piece) => piece.trim()));
  if (pieces.includes(''))
    throw usageError(`${flag} has an empty value`, `Separate values by single commas: ${flag} a,b`);
  return [...new Set(pieces)];
}

/** A mistyped action; or one of the same thing and kind, such as member.removed for member.deleted. */
function nearAction(provider: Provider, typed: string, known: readonly string[]): string | undefined {
  const { thing, verb } = partsOf(typed);
  const kind = VERBS.find(([, verbs]) => verbs.includes(verb))?.[0];
  const isAlike = (action: string) => partsOf(action).thing === thing && actionWord(provider, action).kind === kind;
  const alike = kind === undefined || thing === '' ? undefined : known.find(isAlike);
  return alike ?? suggest(typed, known);
}

/** Verbs that mean a kind, whatever a vendor calls it. */
const VERBS: readonly (readonly [Kind, readonly string[]])[] = [
  ['create', ['add', 'added', 'create', 'created', 'made', 'new']],
  ['update', ['change', 'changed', 'edit', 'edited', 'modified', 'update', 'updated']],
  ['delete', ['delete', 'deleted', 'destroyed', 'remove', 'removed']],
];

function partsOf(action: string): { readonly thing: string; readonly verb: string } {
  const at = action.lastIndexOf('.');
  return { thing: action.slice(0, Math.max(at, 0)).toLowerCase(), verb: action.slice(at + 1).toLowerCase() };
}

function unknownAction(provider: Provider, action: string, flag: string, meant: string): Error {
  const pattern = /^[\w.-]+$/.test(action) ? `\nA pattern is not checked: ${flag} '${action}*'` : '';
  const hint = `To list all: auditlog actions${pattern}`;
  return usageError(`${provider.title} has no action "${action}"`, meant === '' ? hint : `${meant}\n${hint}`);
}

/** The warnings for emails where a vendor knows people by name only: an email is looked for as a name. */
export function peopleWarnings(
  provider: Provider,
  asked: readonly (readonly [flag: string, field: 'actor' | 'target', values: readonly string[]])[],
): readonly string[] {
  return asked.flatMap(([flag, field, values]) => {
    const email = values.find((value) => value.includes('@'));
    if (email === undefined || !knowsOnlyNames(provider, field)) return [];
    return [`${provider.title} documents people by name only; looking for ${flag} ${email} as a name`];
  });
}

function knowsOnlyNames({ fields }: Provider, field: 'actor' | 'target'): boolean {
  const places = [fields[field] ?? []].flat();
  return places.length > 0 && places.every(({ id, email }) => id === undefined && email === undefined);
}

/** The known types of resources, sorted, such as `assistant` and `email.domain`. */
export function resourceTypes(provider: Provider): readonly string[] {
  const fixed = (provider.fields.resource ?? []).map(({ type }) => type);
  const types = [...fixed, ...knownActions(provider).map(typeOf)];
  return [...new Set(types.filter((type) => typeof type === 'string'))].sort();
}

/**
 * The warnings for unknown types of resources. They are looked for: the vendor may have added them. Where all actions are known and entries
 * tell no other types, an unknown one is a usage error.
 */
export function resourceWarnings(provider: Provider, types: readonly string[], flag = '--resource'): readonly string[] {
  const known = resourceTypes(provider);
  const isKnown = (type: string): boolean =>
    known.some((name) => name.toLowerCase() === type || name.toLowerCase().startsWith(`${type}.`));
  const unknown = types.filter((type) => !isKnown(type.toLowerCase()));
  const isComplete =
    provider.actionsComplete && (provider.fields.resource ?? []).every(({ type }) => typeof type !== 'object');
  return [...new Set(unknown)].map((type) => {
    const near = suggest(type, known);
    if (isComplete)
      throw usageError(
        `invalid ${flag} "${type}": ${provider.title} has no such type`,
        near === undefined ? `Types: ${known.join(', ')}` : `Did you mean ${near}?`,
      );
    const meant = near === undefined ? `Known types: ${known.join(', ')}.` : `Did you mean ${near}?`;
    return `${provider.title} documents no resource type ${type}; looking for it anyway. ${meant}`;
  });
}
