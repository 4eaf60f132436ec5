import type { ParameterPlace, Provider } from './provider.js';

/** The place of a request's parameters, by default. */
export function usualPlace(method: Provider['method'] | undefined): ParameterPlace {
  return method === 'POST' ? 'body' : 'query';
}
