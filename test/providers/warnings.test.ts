import { expect, test } from 'vitest';
import { chipp } from '../../src/providers/chipp.js';
import { peopleWarnings } from '../../src/providers/warnings.js';
import { yura } from '../../src/providers/yura.js';

test('an email is looked for as a name, with a warning, where the vendor knows names only', () => {
  expect(peopleWarnings(yura, [['--user', 'actor', ['Ann', 'ann@acme.test']]])).toEqual([
    'Yura documents people by name only; looking for --user ann@acme.test as a name',
  ]);
  expect(peopleWarnings(yura, [['--user', 'actor', ['Ann']]])).toEqual([]);
  expect(peopleWarnings(chipp, [['--target', 'target', ['ann@acme.test']]])).toEqual([]);
});
