import { unzipSync } from 'fflate';

/** A cell of a workbook: a text, or the number that a spreadsheet computes with. */
export type ReadCell = string | number;

export interface ReadSheet {
  readonly name: string;
  readonly xml: string;
  /** By row, then by column; empty cells are ''. */
  readonly rows: readonly (readonly ReadCell[])[];
}

/** Reads a workbook as a spreadsheet does, and throws for what is not the XML that we write. */
export function readXlsx(bytes: Uint8Array): readonly ReadSheet[] {
  const parts = unzipSync(bytes);
  const text = (path: string) => new TextDecoder('utf-8', { fatal: true }).decode(parts[path]!);
  for (const path of Object.keys(parts)) requireXml(text(path), path);
  const names = [...text('xl/workbook.xml').matchAll(/<sheet name="([^"]*)"/g)].map(([, name = '']) => name);
  return names.map((name, at) => {
    const xml = text(`xl/worksheets/sheet${at + 1}.xml`);
    const rows = [...xml.matchAll(/<row r="(\d+)">(.*?)<\/row>/gs)].map(([, number, row = ''], index) => {
      if (Number(number) !== index + 1) throw new Error(`row ${number} of ${name} is at ${index + 1}`);
      return cellsOf(row);
    });
    return { name, xml, rows };
  });
}

function cellsOf(row: string): ReadCell[] {
  const cells: ReadCell[] = [];
  for (const [, letters = '', type, body = ''] of row.matchAll(
    /<c r="([A-Z]+)\d+" s="\d+"( t="inlineStr")?>(.*?)<\/c>/gs,
  )) {
    let at = 0;
    for (const letter of letters) at = at * 26 + letter.charCodeAt(0) - 64;
    while (cells.length < at - 1) cells.push('');
    const value = /<(?:t xml:space="preserve"|v)>(.*?)<\/(?:t|v)>/s.exec(body)?.[1] ?? '';
    cells.push(type === undefined ? Number(value) : unescaped(value));
  }
  return cells;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

function unescaped(xml: string): string {
  const text = xml.replace(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Checks that tags are balanced, and that there is no character that XML forbids. */
function requireXml(xml: string, path: string): void {
  if (/[\0-\x08\x0b-\x1f\ufffe\uffff\p{Cs}]/u.test(xml)) throw new Error(`${path} has a character that XML forbids`);
  const open: string[] = [];
  const rest = xml.replace(
    /<(\?)?(\/)?([\w:]+)((?:\s+[\w:]+="[^"<&]*(?:&\w+;[^"<&]*)*")*)\s*(\?|\/)?>/g,
    (_, start, end, name, _a, last) => {
      if (end === '/') {
        if (open.pop() !== name) throw new Error(`${path}: </${name}> closes something else`);
      } else if (start === undefined && last === undefined) open.push(name);
      return '';
    },
  );
  if (open.length > 0 || /[<>]|&(?!\w+;)/.test(rest)) throw new Error(`${path} is not XML`);
}
