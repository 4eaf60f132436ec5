import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadShipped, SHIPPED } from '../../../src/providers/file/shipped.js';
import { forLog } from '../../../src/providers/logs.js';
import { expected, readAnswer, readFixtures } from './fixture.js';

test('every vendor that comes as a file has a fixture, and no other has', () => {
  const names = readdirSync(join(import.meta.dirname, 'fixtures')).map((name) => name.replace(/\.json$/, ''));
  expect(names.sort()).toEqual([...SHIPPED].sort());
});

describe.each(SHIPPED)('an answer as %s documents it', (name) => {
  for (const [at, fixture] of readFixtures(name).entries()) {
    test(`comes to the events, the next page and the row that it must: ${fixture.log ?? at + 1}`, async () => {
      const { provider } = (await loadShipped(name))!;
      expect(fixture.events.length).toBeGreaterThan(1);
      expect(readAnswer(forLog(provider, fixture.log), fixture)).toEqual(expected(fixture));
    });
  }
});
