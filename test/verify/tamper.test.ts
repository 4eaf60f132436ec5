import { copyFile, cp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpool } from '../../src/engine/store/spool.js';
import { verifyPaths } from '../../src/verify/verify.js';
import { openSite, type Site, someEntries } from '../days/site.js';
import { makeHome } from '../helpers/world.js';
import { inventEntry } from '../model/entry.js';
import { MODEL_ORG } from '../model/makeentries.js';

const RUNS = Number(process.env.AUDITLOG_TEST_RUNS ?? 150);

let site: Site;
/** A directory with everything in it: sealed and open days, an empty one, late, gone and undated. */
let whole: string;
let spools = 0;

beforeAll(async () => {
  const entries = someEntries(80).filter(
    ({ time }) => time > Date.parse('2026-11-08') && new Date(time).getUTCDate() !== 12,
  );
  site = await openSite({ entries });
  for (const format of ['ndjson', 'csv.gz']) {
    await site.run(`export --split day -o ${format} --format ${format}`);
    const late = (id: string, created_at?: string) =>
      inventEntry({ id, action: 'chat.deleted', created_at, org: MODEL_ORG }, undefined, Date.parse('2026-11-10'));
    const gone = site.model
      .truth()
      .find(({ time }) => time < Date.parse('2026-11-12') && time > Date.parse('2026-11-09'));
    site.model.remove(gone?.id as string);
    site.model.insert(late(`al_late_${format}`, '2026-11-10T01:00:00Z'), late(`al_undated_${format}`));
    await site.run(`export --split day -o ${format} --format ${format}`);
  }
  whole = join(site.home, 'ndjson');
});
afterAll(() => site.close());

async function differences(directory: string) {
  const world = {
    cwd: '/',
    openSpool: () => {
      spools += 1;
      return openSpool(site.home, `verify-${spools}.spool`);
    },
  };
  return (await verifyPaths(world, [directory])).findings;
}

test.each(['ndjson', 'csv.gz'])(
  'the directory as it was made has everything in it and no difference (%s)',
  async (name) => {
    const names = await readdir(join(site.home, name));
    for (const part of ['late-001', 'gone-001', 'undated', 'chain.json']) expect(names.join(' ')).toContain(part);
    expect(await differences(join(site.home, name))).toEqual([]);
  },
);

/** A way to change one thing in a directory; false: there was nothing to change that way. */
type Tamper = (directory: string, names: readonly string[], pick: (below: number) => number) => Promise<boolean>;

const onBytes =
  (change: (bytes: Buffer, pick: (below: number) => number) => Buffer | undefined): Tamper =>
  async (directory, names, pick) => {
    const path = join(directory, names[pick(names.length)]!);
    const changed = change(await readFile(path), pick);
    if (changed === undefined) return false;
    await writeFile(path, changed);
    return true;
  };

const TAMPERS: Readonly<Record<string, Tamper>> = {
  'a byte is another': onBytes((bytes, pick) => {
    if (bytes.length === 0) return undefined;
    const at = pick(bytes.length);
    bytes[at] = (bytes[at]! + 1 + pick(255)) % 256;
    return bytes;
  }),
  'a byte is gone': onBytes((bytes, pick) => {
    if (bytes.length === 0) return undefined;
    const at = pick(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  }),
  'a byte is added': onBytes((bytes, pick) => {
    const at = pick(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([pick(256)]), bytes.subarray(at)]);
  }),
  'two bytes have changed places': onBytes((bytes, pick) => {
    if (bytes.length < 2) return undefined;
    const [a, b] = [pick(bytes.length), pick(bytes.length)];
    if (bytes[a] === bytes[b]) return undefined;
    [bytes[a], bytes[b]] = [bytes[b]!, bytes[a]!];
    return bytes;
  }),
  'a file is empty': onBytes((bytes) => (bytes.length === 0 ? undefined : Buffer.alloc(0))),
  'a file is gone': async (directory, names, pick) => {
    await rm(join(directory, names[pick(names.length)]!));
    return true;
  },
  'two files have changed places': async (directory, names, pick) => {
    const [a, b] = [pick(names.length), pick(names.length)].map((at) => join(directory, names[at]!));
    const [left, right] = [await readFile(a!), await readFile(b!)];
    if (left.equals(right)) return false;
    await writeFile(a!, right);
    await writeFile(b!, left);
    return true;
  },
  'a file is there under another name too': async (directory, names, pick) => {
    const name = names[pick(names.length)]!;
    const other = name.replace(
      /^[^.]*/,
      ['2026-11-30', '2026-11-10.late-002', 'undated.late-001', 'x', '2026-11-10.gone-009'][pick(5)]!,
    );
    if (names.includes(other)) return false;
    await copyFile(join(directory, name), join(directory, other));
    return true;
  },
  'a file has another name': async (directory, names, pick) => {
    const name = names[pick(names.length)]!;
    await rename(join(directory, name), join(directory, `2026-12-0${1 + pick(9)}${name.slice(name.indexOf('.'))}`));
    return true;
  },
  'a file is added': async (directory, _names, pick) => {
    const name = [
      'a',
      '2026-11-30.ndjson',
      'entries',
      'lock',
      '.hidden',
      'undated.csv',
      'chain.json.partial',
      '2026-11-10.ndjson.gz',
    ][pick(8)]!;
    await writeFile(join(directory, name), '', { flag: 'wx' });
    return true;
  },
};

test.each(Object.keys(TAMPERS))('where %s, it is found', async (how) => {
  const directory = join(await makeHome(), 'days');
  await cp(whole, directory, { recursive: true });
  const names = (await readdir(directory)).sort();
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      const drawn = numbers[Symbol.iterator]();
      const pick = (below: number): number => (drawn.next().value as number) % below;
      const changed = await TAMPERS[how]!(directory, names, pick);
      const found = await differences(directory);
      await rm(directory, { recursive: true });
      await cp(whole, directory, { recursive: true });
      expect(found.length > 0).toBe(changed);
    }),
    { numRuns: Math.ceil(RUNS / 15) },
  );
});

test('verify finds a change of any single byte of a small directory', async () => {
  const small = await openSite({ entries: someEntries(2) });
  const home = await makeHome();
  const directory = join(home, 'days');
  try {
    await small.run('export --split day -o days --from 2026-11-01 --to 2026-11-01');
    await cp(join(small.home, 'days'), directory, { recursive: true });
  } finally {
    await small.close();
  }
  for (const name of await readdir(directory)) {
    const bytes = await readFile(join(directory, name));
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Buffer.from(bytes);
      changed[at] = changed[at]! ^ (1 << (at % 8));
      await writeFile(join(directory, name), changed);
      expect((await differences(directory)).length, `${name} at byte ${at}`).toBeGreaterThan(0);
    }
    await writeFile(join(directory, name), bytes);
  }
  expect(await differences(directory)).toEqual([]);
});

test('verify does not accept a link to a file with the same bytes', async () => {
  const directory = join(await makeHome(), 'days');
  await cp(whole, directory, { recursive: true });
  const path = join(directory, '2026-11-10.ndjson');
  await rename(path, `${directory}-elsewhere`);
  await symlink(`${directory}-elsewhere`, path);
  expect(await differences(directory)).toEqual([{ kind: 'changed', path, why: 'it is a symbolic link' }]);
});
