import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { output } from './engine.js';

/** What LibreOffice has in the first sheet of a file. */
export interface Sheet {
  readonly formulas: readonly string[];
  readonly cells: readonly (readonly string[])[];
}

/** What LibreOffice makes of a CSV file, by way of its own flat XML, with these settings of its CSV filter. `name` is for what it writes beside the file. */
export async function openSheet(file: string, name: string, filter: string): Promise<Sheet> {
  const folder = dirname(file);
  const into = join(folder, name);
  await output('soffice', [
    `-env:UserInstallation=file://${join(folder, 'profile')}`,
    '--headless',
    `--infilter=CSV:${filter}`,
    '--convert-to',
    'fods:OpenDocument Spreadsheet Flat XML',
    '--outdir',
    into,
    file,
  ]);
  const xml = await readFile(join(into, `${basename(file, '.csv')}.fods`), 'utf8');
  const formulas = [...xml.matchAll(/table:formula="([^"]*)"/g)].map(([, formula = '']) => formula);
  return {
    formulas,
    cells: [...xml.matchAll(/<table:table-row[^>]*>(.*?)<\/table:table-row>/gs)].map(([, row = '']) => cellsOf(row)),
  };
}

/** A sheet of a workbook, and what each of its cells is: `string`, `date`, `float`. */
export interface WorkbookSheet extends Sheet {
  readonly name: string;
  readonly kinds: readonly (readonly string[])[];
}

/** What LibreOffice has in the sheets of a workbook. */
export async function openWorkbook(file: string): Promise<readonly WorkbookSheet[]> {
  const folder = dirname(file);
  const into = join(folder, 'opened');
  await output('soffice', [
    `-env:UserInstallation=file://${join(folder, 'profile')}`,
    '--headless',
    '--convert-to',
    'fods:OpenDocument Spreadsheet Flat XML',
    '--outdir',
    into,
    file,
  ]);
  const xml = await readFile(join(into, `${basename(file, '.xlsx')}.fods`), 'utf8');
  const tables = [...xml.matchAll(/<table:table table:name="([^"]*)"[^>]*>(.*?)<\/table:table>/gs)];
  return tables.map(([, name = '', table = '']) => {
    // It fills the sheet with empty rows.
    const all = [...table.matchAll(/<table:table-row[^>]*>(.*?)<\/table:table-row>/gs)].map(([, row = '']) => row);
    const rows = all.slice(0, all.findLastIndex((row) => row.includes('office:value-type')) + 1);
    const kinds = rows.map((row) => [...row.matchAll(/office:value-type="(\w+)"/g)].map(([, kind = '']) => kind));
    const formulas = [...table.matchAll(/table:formula="([^"]*)"/g)].map(([, formula = '']) => formula);
    return { name, formulas, kinds, cells: rows.map(cellsOf) };
  });
}

function cellsOf(row: string): string[] {
  const found: string[] = [];
  for (const [, attributes = '', body = ''] of row.matchAll(
    /<table:table-cell([^>]*?)(?:\/>|>(.*?)<\/table:table-cell>)/gs,
  )) {
    const times = Number(/number-columns-repeated="(\d+)"/.exec(attributes)?.[1] ?? 1);
    const text = [...body.matchAll(/<text:p[^>]*?(?:\/>|>(.*?)<\/text:p>)/gs)]
      .map(([, part = '']) => unescaped(part))
      .join('\n');
    for (let at = 0; at < Math.min(times, 100); at += 1) found.push(text);
  }
  return trimmed(found);
}

/** The text of an XML element. */
function unescaped(xml: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return xml.replace(/<[^>]*>/g, '').replace(/&(\w+);/g, (all, name: string) => entities[name] ?? all);
}

/** What can be compared: LibreOffice writes white space in its own way, and leaves out what XML cannot hold. */
export function comparable(cell: string): string {
  return cell.replace(/[\s\ufffd\ufffe\uffff]/g, '');
}

export function trimmed(cells: readonly string[]): string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
}
