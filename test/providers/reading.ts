import type { AuditEvent, Entry } from '../../src/event.js';
import { toEvent } from '../../src/providers/event/normalize.js';
import type { Provider } from '../../src/providers/provider.js';

/** An entry as the reader hands it on. */
export function entryOf(value: unknown): Entry {
  const raw = typeof value === 'string' ? value : JSON.stringify(value);
  return { raw: Buffer.from(raw), id: 'entry-1', time: 0 };
}

export function eventOf(provider: Provider, value: unknown): AuditEvent {
  return toEvent(provider, entryOf(value));
}
