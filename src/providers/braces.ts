/** Replaces names in braces, such as `{tenant}`, by their values; keeps names without a value. */
export function fillBraces(text: string, value: (name: string) => string | undefined): string {
  return text.replace(BRACES, (all, name: string) => value(name) ?? all);
}

/** The names in braces of a text. */
export function bracesIn(text: string): readonly string[] {
  return [...text.matchAll(BRACES)].map(([, name = '']) => name);
}

const BRACES = /\{([a-z][a-z0-9_-]*)\}/g;
