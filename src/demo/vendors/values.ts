import { readAction, readPerson, readResource } from '../../providers/event/normalize.js';
import type { Provider, WireFilter } from '../../providers/provider.js';
import { timeReader } from '../../providers/times.js';
import { isCoded, readScalar, readText } from '../../providers/value.js';
import type { Log } from '../contract.js';

/** Entries as values, numbered from the newest, 0. */
export interface ValueRows {
  readonly size: number;
  /** Epoch ms of the n-th row. */
  time(n: number): number;
  value(n: number): object;
}

/** Any vendor's log, over entries made on demand. */
export function valueLog(provider: Provider, rows: ValueRows): Log<number> {
  const found = new Map<WireFilter, (string | undefined)[]>();
  return {
    rows: Array.from({ length: rows.size }, (_, n) => n),
    view: {
      time: (n) => rows.time(n),
      value: (n, filter) => {
        const known = found.get(filter) ?? [];
        found.set(filter, known);
        // Each filtered page searches the whole log.
        if (!(n in known)) known[n] = filteredBy(provider, rows.value(n), filter);
        return known[n];
      },
      text: (n) => JSON.stringify(rows.value(n)),
    },
  };
}

/** A log of these entries, in any order. */
export function logOf(provider: Provider, values: readonly object[]): Log<number> {
  const read = timeReader(provider.timeFormat, provider.timeZone);
  const timed = values.map((value) => ({ value, time: read(readText(value, provider.fields.time) ?? '') }));
  timed.sort((a, b) => b.time - a.time);
  return valueLog(provider, { size: timed.length, time: (n) => timed[n]!.time, value: (n) => timed[n]!.value });
}

/** The value of an entry that a filter compares. */
export function filteredBy(provider: Provider, value: object, filter: WireFilter): string | undefined {
  const { fields } = provider;
  const action = readAction(provider, value);
  // Servers whose actions are codes know no others.
  if (filter === 'action') return isCoded(fields.action) ? readText(value, fields.action.path) : action;
  if (filter === 'user') return readPerson(fields.actor, value, action)?.id;
  if (filter === 'target') return readPerson(fields.target, value, action)?.id;
  if (filter === 'resourceType') return readResource(fields.resource, value, action)?.type;
  return readScalar(value, fields[filter]);
}
