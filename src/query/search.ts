/** Searches every string, number and boolean of a parsed entry, but not the names of fields. Ignores case and Unicode composition. */
export function textMatcher(text: string): (value: unknown) => boolean {
  const wanted = fold(text);
  return (value) => {
    const open: unknown[] = [value];
    while (open.length > 0) {
      const next = open.pop();
      if (typeof next === 'object' && next !== null) {
        for (const inner of Object.values(next)) open.push(inner);
      } else if (next !== null && next !== undefined && fold(String(next)).includes(wanted)) return true;
    }
    return false;
  };
}

/** Ignores case and Unicode composition. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
