import { type AuditlogError, usageError } from '../errors.js';
import { nearest } from '../suggest.js';
import { chipp } from './chipp.js';
import { invent } from './invent.js';
import type { Provider } from './provider.js';
import { rpawatch } from './rpawatch.js';
import { yura } from './yura.js';

/** The built-in vendors; the first is the default. */
export const PROVIDERS: readonly Provider[] = [invent, chipp, rpawatch, yura];

/** The built-in provider with this name. Throws a usage error that suggests the nearest. */
export function findProvider(name: string, providers: readonly Provider[] = PROVIDERS): Provider {
  const found = providers.find((provider) => provider.name === name);
  if (found) return found;
  const names = providers.map((provider) => provider.name);
  throw unknownProvider(name, names);
}

/** The usage error for an unknown provider, with the three nearest of `names`. */
export function unknownProvider(name: string, names: readonly string[]): AuditlogError {
  const near = nearest(name, names, 3);
  return usageError(
    `provider "${name}" does not exist`,
    `Did you mean: ${near.join(', ')}\nTo list all: auditlog provider list`,
  );
}
