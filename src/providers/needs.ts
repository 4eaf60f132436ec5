import type { Provider, ProviderNeeds } from './provider.js';

/** What is needed to read the log, as a sentence. */
export function needsText({ needs }: Pick<Provider, 'needs'>): string {
  if (typeof needs === 'string') return needs;
  return PARTS.flatMap(([name, words]) => (needs[name] === undefined ? [] : [`${words} ${needs[name]}.`])).join(' ');
}

const PARTS: readonly (readonly [name: keyof ProviderNeeds, words: string])[] = [
  ['plan', 'Plan:'],
  ['role', 'Role:'],
  ['scope', 'Scope:'],
  ['key', 'The key is made at'],
];
