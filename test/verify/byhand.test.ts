import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest } from '../../src/manifest/manifest.js';
import { openSite, readManifest, type Site, someEntries } from '../days/site.js';
import { ROOT } from '../helpers/world.js';

const PAGE = await readFile(join(ROOT, 'docs/howto/auditor.md'), 'utf8');
const FILE = 'last-month.ndjson';

let site: Site;
let manifest: Manifest;

beforeAll(async () => {
  site = await openSite({ entries: someEntries(60) });
  await site.run(`export --from 2026-11-01 --to 2026-11-10 -o ${FILE} --manifest`);
  await site.run('export --split day -o days --from 2026-11-01 --to 2026-11-10');
  manifest = await readManifest(site.home, `${FILE}.manifest.json`);
});
afterAll(() => site.close());

/** The command of a row of the page's tables, and the lines of its last block. */
function command(what: RegExp): string {
  const found = PAGE.match(new RegExp(`\`(${what.source}.*)\` \\|`))?.[1];
  if (found === undefined) throw new Error(`no such command: ${what}`);
  return found;
}
const block = (PAGE.match(/```sh\n([\s\S]*?)```/g)?.at(-1) ?? '').split('\n').slice(1, -1);

async function shell(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', line], { cwd: site.home });
  return stdout.trimEnd();
}

test.each([/sha256sum/, /shasum/])(
  'the hashes of both files by %s are those of the manifest and of the last line',
  async (tool) => {
    const printed = (await shell(command(tool))).split('\n').map((line) => `sha256:${line.slice(0, 64)}`);
    expect(printed[0]).toBe(manifest.file?.sha256);
    const { code, stdout } = await site.run(`verify ${FILE} --expect ${printed[1]}`);
    expect(code).toBe(0);
    expect(stdout).toContain(`${printed[1]}: matches ${FILE}.manifest.json\n`);
  },
);

test('the number of lines is that of the manifest', async () => {
  expect(Number(await shell(command(/wc -l/)))).toBe(manifest.file?.rows);
});

test('jq reads the manifest, makes its hash, and follows the chain to its head', async () => {
  expect(block).toHaveLength(4);
  const [facts, own, chain, head] = block as [string, string, string, string];
  expect(await shell(facts)).toBe(`${manifest.file?.sha256}\n${manifest.file?.rows}\nverified`);
  expect(`sha256:${(await shell(own)).slice(0, 64)}`).toBe(manifest.hash);
  expect(await shell(chain)).toBe('');
  const sealed = await shell(head);
  expect((await site.run(`verify days --expect ${sealed}`)).code).toBe(0);
  const path = join(site.home, 'days/2026-11-04.manifest.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"hash": "sha256:./, '"hash": "sha256:x'));
  expect(await shell(chain)).toBe('2026-11-05');
  await writeFile(path, text);
});
