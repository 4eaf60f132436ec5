import { describe, expect, test } from 'vitest';
import { changesOf } from '../../../src/diff/read.js';
import { summary } from '../../../src/diff/show.js';
import { toEvent } from '../../../src/providers/event/normalize.js';
import { openEventReader } from '../../../src/providers/event/reader.js';
import { toProviderFile } from '../../../src/providers/file/parse.js';
import type { ChangeWay, Provider } from '../../../src/providers/provider.js';
import { entryOf } from '../reading.js';

function vendor(changes: readonly ChangeWay[] | undefined, metadata?: string): Provider {
  return toProviderFile(
    {
      name: 'acme',
      path: '/v1/audit',
      auth: { header: 'authorization' },
      paging: { style: 'page', page: 'page' },
      fields: {
        time: 'at',
        action: 'what',
        actor: { id: 'who' },
        ...(changes === undefined ? {} : { changes }),
        ...(metadata === undefined ? {} : { metadata }),
      },
    },
    'acme.json',
  ).provider;
}

const LIST: ChangeWay = { list: 'target.0.props', name: 'label', old: 'was', new: ['now', 'is'] };
const MAP: ChangeWay = { map: 'edits', old: '0', new: '1' };
const BESIDE: ChangeWay = { old: 'state.previous', new: 'state.current' };
const NAMED: ChangeWay = { name: 'fieldname', old: 'oldvalue', new: 'newvalue' };

describe('what changed is read where the file says', () => {
  test.each<[what: string, ways: readonly ChangeWay[], entry: object, line: string]>([
    [
      'a list',
      [LIST],
      {
        target: [
          {
            props: [
              { label: 'role', was: 'member', now: 'admin' },
              { label: 'name', is: 'B' },
            ],
          },
        ],
      },
      'role: member → admin; name: (none) → B',
    ],
    ['a list without values', [LIST], { target: [{ props: [{ label: 'role' }, {}, null, 'x'] }] }, 'role'],
    [
      'a map of pairs',
      [MAP],
      { edits: { role: ['member', 'admin'], plan: [null, 'pro'] } },
      'role: member → admin; plan: null → pro',
    ],
    [
      'a map of objects',
      [{ map: 'edits', old: 'from.value', new: 'to.value' }],
      { edits: { role: { from: { value: 1 }, to: { value: 2 } }, x: 7 } },
      'role: 1 → 2',
    ],
    [
      'two objects',
      [BESIDE],
      { state: { previous: { role: 'member', id: 1 }, current: { role: 'admin', id: 1 } } },
      'role: member → admin',
    ],
    ['one object', [BESIDE], { state: { current: { role: 'admin' } } }, 'role: (none) → admin'],
    [
      'two texts that are objects',
      [{ old: 'a', new: 'b' }],
      { a: '{"role":"member"}', b: '{"role":"admin"}' },
      'role: member → admin',
    ],
    ['two values with a name', [NAMED], { fieldname: 'state', oldvalue: '1', newvalue: '2' }, 'state: 1 → 2'],
    [
      'the second way',
      [LIST, MAP, BESIDE],
      { target: [], edits: {}, state: { previous: { a: 1 }, current: { a: 2 } } },
      'a: 1 → 2',
    ],
    ['nothing', [LIST, MAP, BESIDE, NAMED], { target: 'x', edits: [], state: 7 }, ''],
  ])('as %s', (_, ways, entry, line) => {
    const provider = vendor(ways);
    const events = [toEvent(provider, entryOf(entry)), openEventReader(provider)(entryOf(entry))];
    expect(events.map((event) => summary(changesOf(event)))).toEqual([line, line]);
  });

  test('before what its metadata looks like, which tells where the file does not', () => {
    const entry = { details: { old_role: 'a', new_role: 'b' }, edits: { plan: ['free', 'pro'] } };
    const lines = [vendor([MAP], 'details'), vendor([LIST], 'details'), vendor(undefined, 'details')].map((provider) =>
      summary(changesOf(toEvent(provider, entryOf(entry)))),
    );
    expect(lines).toEqual(['plan: free → pro', 'role: a → b', 'role: a → b']);
  });
});
