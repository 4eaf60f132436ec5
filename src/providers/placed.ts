import type { ParameterPlace, Provider } from './provider.js';

/** Where the parameters of a request go unless the file says otherwise. */
export function usualPlace(method: Provider['method'] | undefined): ParameterPlace {
  return method === 'POST' ? 'body' : 'query';
}
