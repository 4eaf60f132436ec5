import { splitVariables } from '../config/settings.js';
import { usageError } from '../errors.js';
import type { ProviderVariable } from '../providers/auth.js';
import type { Provider } from '../providers/provider.js';
import { checkValue, type VariableValues, variablePlaces } from '../providers/variables.js';
import { suggest } from '../suggest.js';
import { type Choice, choicesOf, type Sources } from './pick.js';

/** A value of a variable as written, and its source. */
interface Given extends Choice {
  readonly name: string;
}

/** The pieces `name=value` of a choice. Throws a usage error for any other text. */
export function parseVariables({ text, from }: Choice): readonly Given[] {
  return splitVariables(text).map((piece) => {
    const [, name, value] = /^([a-z][a-z0-9_-]{0,31})=(.+)$/s.exec(piece) ?? [];
    if (name === undefined || value === undefined)
      throw usageError(
        `${from}: invalid variable: expected name=value`,
        `Example: tenant=acme\nTo list the names: auditlog provider show NAME`,
      );
    return { name, text: value.trim(), from };
  });
}

/**
 * The variables that a user set, each from its first source, and the defaults of the others. Throws a usage error for an unusable value, and for a
 * flag with an unknown name.
 */
export function variablesFrom(sources: Sources, provider: Provider): VariableValues {
  const known = provider.variables ?? {};
  const values = new Map<string, string>();
  for (const { name, text, from } of choicesOf(sources, 'vars').flatMap(parseVariables)) {
    if (!Object.hasOwn(known, name)) {
      // A saved or exported one may belong to another vendor; a flag does not.
      if (from === '--var') throw noSuchVariable(provider, name);
      continue;
    }
    if (values.has(name)) continue;
    const wrong = checkValue(provider, name, text);
    if (wrong !== undefined) throw usageError(`${from}: the value of ${name} is ${wrong}`, aboutOf(known[name]));
    values.set(name, text);
  }
  for (const [name, one] of Object.entries(known))
    if (one.default !== undefined && !values.has(name)) values.set(name, one.default);
  return values;
}

function noSuchVariable({ title, variables = {} }: Provider, name: string): Error {
  const known = Object.keys(variables);
  if (known.length === 0) return usageError(`${title} has no variables: --var ${name} does not apply`, 'Leave it out');
  const near = suggest(name, known);
  const meant = near === undefined ? '' : `Did you mean ${near}? `;
  return usageError(`${title} has no variable ${name}`, `${meant}There are: ${known.join(', ')}`);
}

/** Missing variables that a request needs; those of the base only if no other base is named. */
export function missingVariables(provider: Provider, values: VariableValues, isBaseNamed: boolean): readonly string[] {
  const used = variablePlaces(provider, isBaseNamed ? [] : ['base']).flatMap(({ names }) => names);
  return Object.keys(provider.variables ?? {}).filter((name) => used.includes(name) && !values.has(name));
}

/** The error for missing variables, with the commands that set them. */
export function missingError({ title, variables = {} }: Provider, missing: readonly string[]): Error {
  const written = missing.map((name) => `${name}=${variables[name]?.example ?? 'VALUE'}`);
  const names = missing.map((name) => `${name} (${variables[name]?.about ?? name})`);
  return usageError(
    `${title}'s API needs ${names.join(' and ')}`,
    `With ${written.map((one) => `--var ${one}`).join(' ')}, AUDITLOG_VARS=${written.join(',')}, or to save it: auditlog config set vars ${written.join(',')}`,
  );
}

function aboutOf(variable: ProviderVariable | undefined): string {
  const { about = '', example } = variable ?? {};
  return example === undefined ? `It is: ${about}` : `It is: ${about}, such as ${example}`;
}
