import type { EntryReader } from '../engine/page/entries.js';
import { firstText, type ScannedEntry } from '../engine/page/scan/scan.js';
import type { Provider } from '../providers/provider.js';
import { isCoded, isJoined } from '../providers/value.js';

/**
 * Adds the action, which is counted and filtered most, to entries while a file is scanned. Only if the tokens are unambiguous: strings at keys of the
 * entry itself.
 */
export function withActions(provider: Provider, { paths, entryOf }: EntryReader): EntryReader {
  const { action } = provider.fields;
  if (isCoded(action)) return { paths, entryOf };
  const parts = isJoined(action) ? action.join : [action].flat().slice(0, 1);
  if (parts.some((part) => part.includes('.'))) return { paths, entryOf };
  const from = paths.length;
  const textAt = (row: ScannedEntry, slot: number): string | undefined => {
    const at = row.places[row.first + 2 * slot]!;
    return at >= 0 && row.body[at] === QUOTE ? firstText(row, slot, slot + 1) : undefined;
  };
  const actionOf = (row: ScannedEntry): string | undefined => {
    if (!isJoined(action)) return textAt(row, from);
    const words = parts.map((_, part) => textAt(row, from + part));
    return words.includes(undefined) ? undefined : words.join('.').toLowerCase();
  };
  return {
    paths: [...paths, ...parts],
    entryOf: (row) => ({ ...entryOf(row), action: actionOf(row) }),
  };
}

const QUOTE = 0x22;
