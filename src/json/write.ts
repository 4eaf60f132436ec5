/** As `JSON.stringify`, for values of any depth. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return deepText(value);
  }
}

/** As `JSON.stringify`, without recursion. */
function deepText(value: unknown): string {
  const parts: string[] = [];
  // A stack of what is left to write: texts and values.
  const open: ({ readonly text: string } | { readonly value: unknown })[] = [{ value }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if ('text' in next) parts.push(next.text);
    else if (typeof next.value !== 'object' || next.value === null) parts.push(JSON.stringify(next.value));
    else {
      const isList = Array.isArray(next.value);
      const inside = Object.entries(next.value).reverse();
      parts.push(isList ? '[' : '{');
      open.push({ text: isList ? ']' : '}' });
      for (const [at, [key, inner]] of inside.entries()) {
        if (at > 0) open.push({ text: ',' });
        open.push({ value: inner });
        if (!isList) open.push({ text: `${JSON.stringify(key)}:` });
      }
    }
  }
  return parts.join('');
}
