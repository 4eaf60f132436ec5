import type { WireFilter } from '../../src/providers/provider.js';

/** An entry as a server holds it: its text as sent, and what it is found by. */
export interface ModelEntry {
  readonly text: string;
  readonly id: string | undefined;
  /** Epoch ms. */
  readonly time: number;
  readonly values: Readonly<Partial<Record<WireFilter, string>>>;
}

/** An Invent entry from its value. `text` may say the same in other bytes; `time` stands in for a time that the entry tells wrongly or not at all. */
export function inventEntry(
  value: Readonly<Record<string, unknown>>,
  text = JSON.stringify(value),
  time = Date.parse(String(value.created_at)),
): ModelEntry {
  const values: Partial<Record<WireFilter, string>> = {};
  const put = (filter: WireFilter, found: unknown): void => {
    if (typeof found === 'string') values[filter] = found;
  };
  put('action', value.action);
  put('user', idIn(value.actor));
  put('assistant', idIn(value.assistant));
  put('workflow', idIn(value.workflow));
  put('connection', idIn(value.connection));
  return { text, id: typeof value.id === 'string' ? value.id : undefined, time, values };
}

function idIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}
