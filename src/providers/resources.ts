import { suggest } from '../suggest.js';
import type { Provider } from './provider.js';

/** The types of resources that a provider's entries are known to be about, sorted: `assistant`, `email.domain`. */
export function resourceTypes(provider: Provider): readonly string[] {
  const types = new Set<string>();
  for (const { type } of provider.fields.resource ?? []) if (typeof type === 'string') types.add(type);
  for (const action of Object.keys(provider.actions)) {
    const dot = action.lastIndexOf('.');
    if (dot > 0) types.add(action.slice(0, dot));
  }
  return [...types].sort();
}

/** What to tell a user who asks for resources of a type that nobody has heard of. The vendor may have added it: they are asked for anyway. */
export function resourceWarnings(provider: Provider, types: readonly string[]): readonly string[] {
  const known = resourceTypes(provider);
  const unknown = types.filter((type) => !known.some((name) => name === type || name.startsWith(`${type}.`)));
  return [...new Set(unknown)].map((type) => {
    const near = suggest(type, known);
    const meant = near === undefined ? `Known types: ${known.join(', ')}.` : `Did you mean ${near}?`;
    return `${provider.title} documents no resource type ${type}; looking for it anyway. ${meant}`;
  });
}
