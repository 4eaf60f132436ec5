import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect } from 'vitest';
import { formatFor } from '../../src/formats/index.js';
import { invent } from '../../src/providers/invent.js';
import { openZone } from '../../src/time.js';
import { entryOf, hostileValue } from '../formats/arbitrary.js';
import { readXlsx } from '../formats/readxlsx.js';
import { makeHome, NOW, ROOT, run } from '../helpers/world.js';
import { engine, output, testWith } from './engine.js';
import { comparable, openWorkbook, trimmed } from './sheet.js';

const office = await engine('soffice', '--version');
const painter = await engine('pdftoppm', '-v');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auditlog-engines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

testWith(
  office,
  'LibreOffice opens a workbook of hostile events without a formula, with every cell as it was written',
  async () => {
    const zone = await openZone('Europe/Oslo');
    const values = fc.sample(hostileValue, { numRuns: 1000, seed: 20261120 });
    const options = { provider: invent, colorLevel: 0, isTTY: false, width: 0, zone, now: 0 } as const;
    const format = await formatFor('xlsx', options);
    const parts = [format.open(), format.write({ entries: values.map(entryOf), org: 'c' }), format.close()];
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
    const file = join(folder, 'hostile.xlsx');
    await writeFile(file, bytes);
    const opened = await openWorkbook(file);
    expect(opened.map(({ name }) => name)).toEqual(['Events', 'Changes', 'About']);
    expect(opened.flatMap(({ formulas }) => formulas)).toEqual([]);
    const written = readXlsx(bytes);
    for (const at of [0, 1]) {
      const texts = written[at]!.rows.map((row) =>
        trimmed(row.map((cell) => (typeof cell === 'number' ? shown(cell) : comparable(cell)))),
      );
      expect(opened[at]!.cells.map((row) => trimmed(row.map(comparable)))).toEqual(texts);
    }
  },
);

testWith(office, 'LibreOffice has a date, not a text, for each time', async () => {
  const home = await makeHome();
  await run('export --demo -o demo.xlsx --from 7d --tz Europe/Oslo', { home });
  const [events] = await openWorkbook(join(home, 'demo.xlsx'));
  const kinds = new Set(events!.kinds.slice(1).map(([first]) => first));
  expect([...kinds]).toEqual(['date']);
});

testWith(
  painter,
  'LibreOffice shows a workbook as docs/pictures/workbook.png does (AUDITLOG_WRITE_DOCS=1 writes it)',
  async () => {
    const home = await makeHome();
    const clock = { now: () => NOW, monotonic: () => performance.now(), sleep: async () => undefined };
    await run('export --demo -o demo.xlsx --from 7d --tz Europe/Oslo', { home, clock });
    const parts = unzipSync(await readFile(join(home, 'demo.xlsx')));
    const path = 'xl/worksheets/sheet1.xml';
    // As on a screen: with lines between cells, and the letters and numbers beside them.
    const sheet = Buffer.from(parts[path]!)
      .toString()
      .replace('<pageMargins', '<printOptions headings="1" gridLines="1"/><pageMargins');
    const file = join(folder, 'picture.xlsx');
    await writeFile(file, zipSync({ ...parts, [path]: Buffer.from(sheet) }));
    await output('soffice', [
      `-env:UserInstallation=file://${join(folder, 'profile')}`,
      '--headless',
      '--convert-to',
      'pdf',
      '--outdir',
      folder,
      file,
    ]);
    const picture = join(folder, 'workbook');
    const part = ['-x', '40', '-y', '40', '-W', '1440', '-H', '380'];
    await output('pdftoppm', ['-png', '-singlefile', '-r', '130', ...part, join(folder, 'picture.pdf'), picture]);
    const png = await readFile(`${picture}.png`);
    expect(png.length).toBeGreaterThan(20_000);
    if (process.env.AUDITLOG_WRITE_DOCS === '1') await writeFile(join(ROOT, 'docs/pictures/workbook.png'), png);
  },
);

/** A number as LibreOffice shows it: every number of these sheets is a time. */
function shown(serial: number): string {
  return new Date(Math.round((serial - 25_569) * 86_400) * 1000).toISOString().replace(/T|\.000Z/g, '');
}
