import fc from 'fast-check';
import type { Entry } from '../../src/event.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { invent } from '../../src/providers/invent.js';
import type { Provider } from '../../src/providers/provider.js';
import { parseTimestamp } from '../../src/time.js';
import { hostileText } from '../formats/arbitrary.js';

/** A vendor that has people in arrays, counts its times, and puts actions together. */
export const LISTED: Provider = {
  ...invent,
  name: 'listed',
  timeFormat: 'epoch-ms',
  fields: {
    ...invent.fields,
    time: ['published', '@timestamp'],
    action: { join: ['category', 'action'] },
    target: [{ id: 'target.0.id', name: ['target.0.name', 'target.0.login'], email: 'target.0.emails.length' }],
    resource: [{ type: { path: 'target.1.type' }, id: 'target.1.id' }, { id: 'a.b.c' }],
    metadata: ['debug.data', 'context'],
  },
};

/** A vendor that writes codes for actions, and joins ids. */
export const CODED: Provider = {
  ...LISTED,
  name: 'coded',
  timeFormat: 'epoch-parts',
  timeZone: 'UTC',
  fields: {
    ...LISTED.fields,
    id: { join: ['id', 'category'] },
    action: { path: ['target.0.type', 'action'], words: { a: 'member.joined', '0': 'zero' }, otherwise: 'nothing' },
  },
};

/** A vendor that has things in lists by their types. */
export const LOOKED: Provider = {
  ...LISTED,
  name: 'looked',
  fields: {
    ...LISTED.fields,
    id: ['target[type=t].id', 'id'],
    actor: { id: 'target[type=t].id', name: 'a.target[id=b].type' },
    source: ['category[type=a,b].id', 'target[id=b]'],
    ip: 'target[type=t].type.x',
  },
};

/** An entry of this text, as the engine gives it. */
export function entryOfText(text: string): Entry {
  const { id, created_at: time } = JSON.parse(text) as Record<string, unknown>;
  return {
    raw: Buffer.from(escapeJsonText(text)),
    id: typeof id === 'string' ? id : typeof id === 'number' ? String(id) : undefined,
    time: typeof time === 'string' ? parseTimestamp(time) : Number.NaN,
  };
}

/** Entries with the keys of a provider's fields in any place, written in any way, now and then twice, and with anything at them. */
export function anyEntry({ fields }: Provider): fc.Arbitrary<Entry> {
  const paths = [...new Set(JSON.stringify(fields).match(/[\w@.]+/g))];
  const steps = [...new Set(paths.flatMap((path) => path.split('.')))].filter((step) => step !== '');
  const key = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...steps).map((name) => JSON.stringify(name)) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...paths), fc.string()).map((name) => JSON.stringify(name)) },
    { weight: 1, arbitrary: fc.constantFrom(...steps).map(escaped) },
  );
  const leaf = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
    { weight: 2, arbitrary: hostileText.map((text) => JSON.stringify(text)) },
    { weight: 2, arbitrary: fc.constantFrom(...OTHERS) },
  );
  const object = (depth: number): fc.Arbitrary<string> => {
    const value =
      depth === 0 ? leaf : fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: object(depth - 1) });
    return fc
      .array(fc.tuple(key, value), { maxLength: 3 + 2 * depth })
      .map((members) => `{${members.map(([name, token]) => `${name}:${token}`).join(',')}}`);
  };
  return object(3).map(entryOfText);
}

const TEXTS = ['"a"', '"b"', '"a,b"', '"\\u0061"', '""', '"member.joined"', '"2026-11-20T13:03:11.5Z"'];
const OTHERS = [
  'null',
  'true',
  '0',
  '-1',
  '-0',
  '1.0',
  '1e400',
  '9007199254740993',
  '1606929874512',
  '[]',
  '{}',
].concat('[{"id":"a","type":"t"},{"id":"b","type":"t"}]', '["a",["b"]]');

function escaped(name: string): string {
  return `"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`;
}
