import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeEntry } from '../model/makeentries.js';
import { Killed } from './site.js';
import { NOW, openSite } from './smallsite.js';
import { DAY, HOUR } from './world.js';

async function idsIn(root: string): Promise<readonly string[]> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ndjson.gz'));
  const texts = await Promise.all(names.map(async (name) => gunzipSync(await readFile(join(root, name))).toString()));
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line).id as string).sort();
}

async function copy(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, preserveTimestamps: true });
}

test('what came while a restored archive was read again is not lost when it is restored once more, wherever that was cut off', async () => {
  const { model, root, run } = await openSite('archive');
  const [first, second] = [`${root}-first`, `${root}-second`];
  await copy(root, first);
  model.insert(makeEntry(NOW - 3 * DAY, 7, 1), makeEntry(NOW - 6 * DAY, 7, 2));
  model.advance(HOUR);
  await run();
  let cutOff = 0;
  for (const steps of [16, 24, 32, 44]) {
    // What the collector remembers is what the second backup has.
    await copy(root, second);
    await copy(first, root);
    model.insert(
      makeEntry(NOW - 6 * DAY + steps * 1000, 108, steps),
      makeEntry(NOW - 3 * DAY + steps * 1000, 109, steps),
    );
    model.advance(HOUR);
    await run({ steps }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(Killed);
      cutOff += 1;
    });
    await copy(second, root);
    model.advance(HOUR);
    expect(await run(), `after ${steps} steps`).toEqual({ code: 0, gone: 0 });
    const ids = model.truth().map(({ id }) => id as string);
    expect(await idsIn(root), `after ${steps} steps`).toEqual(ids.sort());
  }
  expect(cutOff).toBeGreaterThan(2);
});
