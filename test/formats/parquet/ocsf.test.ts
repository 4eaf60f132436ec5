import { gunzipSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { OCSF_CLASSES, type OcsfEvent, ocsfParquet } from '../../../src/formats/parquet/ocsf.js';
import { openSchema } from '../../../src/schemas/index.js';
import { bareEntry, eventOf, everyVendor, richEntry } from '../../schemas/samples.js';

/** As Parquet gives it back: without what is not there, numbers as numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const members = Object.entries(value).map(([name, member]) => [name, plain(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

test('events of every action of every vendor come back as they were', async () => {
  const events: OcsfEvent[] = [];
  for (const provider of await everyVendor()) {
    const schema = await openSchema('ocsf', { provider });
    for (const action of Object.keys(provider.actions))
      for (const entry of [bareEntry(provider, action), richEntry(provider, action)]) {
        const { unmapped, ...event } = JSON.parse(schema.line(eventOf(provider, entry), 'org_2')) as Record<
          string,
          unknown
        >;
        events.push({ ...event, unmapped: unmapped === undefined ? undefined : JSON.stringify(unmapped) });
      }
  }
  expect(new Set(events.map(({ class_uid }) => class_uid))).toEqual(new Set(OCSF_CLASSES));
  for (const uid of OCSF_CLASSES) {
    const own = events.filter(({ class_uid }) => class_uid === uid);
    const file = await ocsfParquet(uid, own);
    const read = await parquetReadObjects({
      file: new Uint8Array(file).buffer,
      compressors: { GZIP: (block) => gunzipSync(block) },
    });
    expect(read.map(plain)).toEqual(plain(own));
    expect((await ocsfParquet(uid, own)).equals(file)).toBe(true);
  }
});

test('an event with a member that has no column is refused, not cut', async () => {
  await expect(ocsfParquet(3001, [{ user: { name: 'a', surprise: 1 } }])).rejects.toThrow(
    'there is no column for user.surprise of an OCSF event',
  );
  await expect(ocsfParquet(9999, [])).rejects.toThrow('there are no columns for OCSF class 9999');
});
