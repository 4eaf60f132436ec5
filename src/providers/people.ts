import type { Provider } from './provider.js';

/** What to tell a user who asks a vendor that knows people by name only for an email: it is looked for as a name. */
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
